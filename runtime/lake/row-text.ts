// The text of a row of the lake, as PostgreSQL writes the same row of rempart.hits: to_jsonb(row)::text.
import type { LakeRow } from './columns';

/** Microseconds since 1970 as a timestamp with time zone in JSON: UTC, without zeros at the end of the fraction. */
function timeText(microseconds: bigint): string {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((microseconds - fraction) / 1000n)).toISOString().slice(0, 19);
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${seconds}${digits}+00:00`;
}

const quoted = (text: string | null) => (text === null ? 'null' : JSON.stringify(text));

/**
 * Values by column, each as JSON. `fields` is the text of a jsonb value and stays as it is: numbers keep their digits.
 */
const values: Readonly<Record<string, (row: LakeRow) => string>> = {
  site_id: (row) => String(row.site_id),
  received_at: (row) => `"${timeText(row.received_at)}"`,
  id: (row) => quoted(row.id),
  occurred_at: (row) => `"${timeText(row.occurred_at)}"`,
  kind: (row) => quoted(row.kind),
  url: (row) => quoted(row.url),
  referrer: (row) => quoted(row.referrer),
  visitor: (row) => quoted(row.visitor),
  address: (row) => quoted(row.address),
  user_agent: (row) => quoted(row.user_agent),
  fields: (row) => row.fields ?? 'null',
  key_version: (row) => String(row.key_version),
  // A deleted row does not enter the lake.
  deleted_at: () => 'null',
  client_time: (row) => quoted(row.client_time),
  visitor_returned: (row) => String(row.visitor_returned),
  repairs: (row) => (row.repairs === null ? 'null' : `[${row.repairs.map(quoted).join(', ')}]`),
};

/** A jsonb object has its names by length, then by bytes ("JSON Types", PostgreSQL). */
const names = Object.keys(values).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));

export const rowText = (row: LakeRow): string => `{${names.map((name) => `"${name}": ${values[name]?.(row)}`).join(', ')}}`;
