// The key of an object of the lake, as errors and alarms have it.
import { UsageError } from '../command-line';

export const keyOption = { key: { type: 'string' } } as const;

/** Its line in the usage of a command. */
export const keyUsage =
  '  --key KEY          required: key of the object, as the error has it: lake/site=7/day=2026-11-01/0123456789abcdef.parquet';

const form = /^lake\/site=[1-9]\d{0,9}\/day=\d{4}-\d{2}-\d{2}\/[0-9a-f]{16}\.parquet$/;

/** @throws UsageError for a key of another form */
export function expectKey(key: string): void {
  if (!form.test(key))
    throw new UsageError(`--key: expected lake/site=ID/day=DAY/DIGEST.parquet, got ${key === '' ? 'none' : key}; copy it from the error`);
}
