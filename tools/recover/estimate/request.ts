// The command line of the estimate.
import { readFileSync } from 'node:fs';
import { ToolError, UsageError } from '../../command-line';
import type { Measured } from './durations';
import type { Circumstances } from './tasks';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

export const options = {
  estimate: flag,
  deployment: text,
  gigabytes: text,
  'hits-per-second': text,
  'decision-minutes': text,
  'recovery-point-hours': text,
  concurrency: text,
  slow: flag,
  measured: text,
  svg: text,
  json: flag,
} as const;

export type Values = {
  readonly [name in keyof typeof options]?: ((typeof options)[name] extends typeof flag ? boolean : string) | undefined;
};

/** @throws UsageError for a value that is not allowed */
export function readCircumstances(values: Values): Circumstances {
  return {
    gigabytes: readNumber(values, 'gigabytes', 1000, 0, 10_000),
    decisionMinutes: readNumber(values, 'decision-minutes', 15, 0, 10_080),
    hitsPerSecond: readNumber(values, 'hits-per-second', 2000, 0, 1_000_000),
    recoveryPointHours: readNumber(values, 'recovery-point-hours', 24, 0, 720),
    concurrency: readNumber(values, 'concurrency', 6, 1, 100),
    pace: values.slow === true ? 'slow' : 'expected',
    measured: values.measured === undefined ? {} : readMeasured(values.measured),
  };
}

type Numbers = 'gigabytes' | 'decision-minutes' | 'hits-per-second' | 'recovery-point-hours' | 'concurrency';

function readNumber(values: Values, name: Numbers, otherwise: number, least: number, most: number): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (/^\d+(\.\d+)?$/.test(given) && number >= least && number <= most) return number;
  throw new UsageError(`--${name}: expected a number from ${least} to ${most.toLocaleString('en-US')}, got ${given}; write one`);
}

/** Minutes by resource type, as a drill writes them. @throws ToolError for a file that is something else */
export function readMeasured(file: string): Measured {
  const content = contentOf(file);
  const isMinutes = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value);
  const wrong =
    typeof content !== 'object' || content === null || Array.isArray(content)
      ? content
      : Object.entries(content).find(([type, minutes]) => !/^(?:AWS|Custom)::/.test(type) || !isMinutes(minutes));
  if (wrong === undefined) return content as Measured;
  throw new ToolError(
    `${file}: expected an object of minutes by resource type, as in {"AWS::RDS::DBCluster": 21}, got ${JSON.stringify(wrong)}; correct it`,
  );
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ToolError(`${file}: expected a file with JSON, got ${(error as Error).message}; write it, or leave --measured out`);
  }
}
