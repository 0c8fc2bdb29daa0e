// The columns of a file in the lake: those of `rempart.hits`, except `deleted_at`. (TOM-4.13)
import type { Encoding, SchemaElement } from 'hyparquet';

/** One hit in the lake. Times are microseconds since 1970 in UTC, as PostgreSQL stores them. */
export interface LakeRow {
  readonly visitor: string | null;
  readonly received_at: bigint;
  readonly kind: string;
  readonly site_id: number;
  /** UUID in lower case. */
  readonly id: string;
  readonly occurred_at: bigint;
  readonly client_time: string | null;
  readonly url: string | null;
  readonly referrer: string | null;
  readonly visitor_returned: boolean | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  /** A JSON object as text: its numbers have the digits that were sent. */
  readonly fields: string | null;
  readonly repairs: readonly string[] | null;
  readonly key_version: number;
}

export type LakeColumnName = keyof LakeRow;

export interface LakeColumn {
  readonly element: SchemaElement;
  /** Whether each row group has bounds of it, by which readers leave row groups out. */
  readonly statistics: boolean;
  /** @default a dictionary if it halves the size, otherwise PLAIN */
  readonly encoding?: Encoding;
}

type Type = Omit<SchemaElement, 'name' | 'repetition_type'>;

// Both annotations where there are two: older readers know the converted types only ("Logical Types", Apache Parquet).
const text: Type = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
const json: Type = { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } };
const time: Type = {
  type: 'INT64',
  converted_type: 'TIMESTAMP_MICROS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
};
const uuid: Type = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } };
const whole: Type = { type: 'INT32' };
const truth: Type = { type: 'BOOLEAN' };

function column(name: string, type: Type, kind: 'not null' | 'null', rest: Partial<LakeColumn> = {}): LakeColumn {
  return { element: { name, repetition_type: kind === 'null' ? 'OPTIONAL' : 'REQUIRED', ...type }, statistics: false, ...rest };
}

/**
 * The columns in the order of the file. Those that filters use are first, side by side, so that one request reads
 * them, and one the others.
 */
export const lakeColumns: Readonly<Record<LakeColumnName, LakeColumn>> = {
  visitor: column('visitor', text, 'null', { statistics: true }),
  received_at: column('received_at', time, 'not null', { statistics: true, encoding: 'DELTA_BINARY_PACKED' }),
  kind: column('kind', text, 'not null', { statistics: true }),
  site_id: column('site_id', whole, 'not null', { statistics: true }),
  id: column('id', uuid, 'not null', { encoding: 'PLAIN' }),
  occurred_at: column('occurred_at', time, 'not null', { statistics: true, encoding: 'DELTA_BINARY_PACKED' }),
  client_time: column('client_time', text, 'null'),
  url: column('url', text, 'null'),
  referrer: column('referrer', text, 'null'),
  visitor_returned: column('visitor_returned', truth, 'null'),
  address: column('address', text, 'null'),
  user_agent: column('user_agent', text, 'null'),
  fields: column('fields', json, 'null'),
  // A list as JSON text: one physical column, which every reader has as it is.
  repairs: column('repairs', json, 'null'),
  key_version: column('key_version', whole, 'not null'),
};

export const lakeColumnNames = Object.keys(lakeColumns) as readonly LakeColumnName[];

/** The schema of the file ("Metadata", Apache Parquet): the root and its columns. */
export const lakeSchema: readonly SchemaElement[] = [
  { name: 'hits', num_children: lakeColumnNames.length },
  ...lakeColumnNames.map((name) => lakeColumns[name].element),
];

/**
 * Limits of a row group, and with it of the memory of a reader, which decodes one at a time. A writer ends a row group
 * at the first of `rows` and `characters`; a reader also accepts the larger row groups of other writers. One visitor
 * is in one row group of a file, which is decoded whole. Fewer rows cost more bytes a hit, and with more than 25 row
 * groups of a full object the first read of its end does not have the footer.
 */
export const rowGroupLimits = { rows: 5_000, characters: 16 * 2 ** 20, readRows: 131_072, readBytes: 128 * 2 ** 20 } as const;
