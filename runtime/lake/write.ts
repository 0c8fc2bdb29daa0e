// Writes hits as a Parquet file of the lake, in an order in which a reader finds a visitor by a few bytes. (TOM-5.1)
import { createHash } from 'node:crypto';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { type LakeColumnName, type LakeRow, lakeColumnNames, lakeColumns, lakeSchema, rowGroupLimits } from './columns';
import { compress } from './zstd';

export interface LakeFile {
  readonly body: Buffer;
  /** SHA-256 of the body in hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
  /** First and last `received_at`, in microseconds since 1970. */
  readonly firstReceived: bigint;
  readonly lastReceived: bigint;
}

/**
 * A Parquet file with the rows in the order of visitor (null first), received_at and id, compressed by Zstandard, with
 * statistics of each row group. The same rows, in any order, are the same file. Its memory is about that of the rows
 * once more, and that of the file twice.
 *
 * @throws RangeError without rows, or for a text that is not Unicode: a half surrogate pair has no UTF-8
 */
export async function encodeFile(rows: readonly LakeRow[]): Promise<LakeFile> {
  if (rows.length === 0) throw new RangeError('lake file: expected one row or more, got none; remove the object instead');
  const sorted = inOrder(rows);
  const writer = new ByteWriter(2 ** 20);
  const parquet = new ParquetWriter({
    writer,
    schema: encodedSchema,
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    // Whole values of up to 64 bytes: with shorter bounds of `visitor` a reader would open more row groups.
    statisticsTruncateLength: 64,
    createdBy: 'rempart version 1',
  });
  for (let start = 0; start < sorted.length; ) {
    const end = endOfGroup(sorted, start);
    const group = sorted.slice(start, end);
    await parquet.write({ columnData: lakeColumnNames.map((name) => columnOf(name, group)), rowGroupSize: group.length });
    start = end;
  }
  parquet.schema = [...lakeSchema];
  await parquet.finish();
  const body = Buffer.from(writer.buffer, 0, writer.offset);
  return { body, sha256: createHash('sha256').update(body).digest('hex'), rows: rows.length, ...receivedIn(rows) };
}

/** While rows are encoded, JSON is text: as JSON the writer would encode the text as a string once more. */
const encodedSchema = lakeSchema.map((element) =>
  element.converted_type === 'JSON' ? { ...element, converted_type: 'UTF8' as const } : element,
);

function receivedIn(rows: readonly LakeRow[]): Pick<LakeFile, 'firstReceived' | 'lastReceived'> {
  let firstReceived = rows[0]?.received_at ?? 0n;
  let lastReceived = firstReceived;
  for (const { received_at } of rows) {
    if (received_at < firstReceived) firstReceived = received_at;
    if (received_at > lastReceived) lastReceived = received_at;
  }
  return { firstReceived, lastReceived };
}

/** By visitor in the order of their UTF-8, which is that of the statistics. */
function inOrder(rows: readonly LakeRow[]): readonly LakeRow[] {
  const byVisitor = new Map<string | null, LakeRow[]>();
  for (const row of rows) {
    const same = byVisitor.get(row.visitor);
    if (same) same.push(row);
    else byVisitor.set(row.visitor, [row]);
  }
  const visitors = [...byVisitor.keys()]
    .map((visitor) => ({ visitor, bytes: visitor === null ? undefined : Buffer.from(visitor) }))
    .sort((a, b) => (a.bytes && b.bytes ? Buffer.compare(a.bytes, b.bytes) : Number(!!a.bytes) - Number(!!b.bytes)));
  return visitors.flatMap(({ visitor }) => (byVisitor.get(visitor) ?? []).sort(byTime));
}

function byTime(a: LakeRow, b: LakeRow): number {
  if (a.received_at !== b.received_at) return a.received_at < b.received_at ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function endOfGroup(rows: readonly LakeRow[], start: number): number {
  const last = Math.min(rows.length, start + rowGroupLimits.rows);
  let characters = 0;
  for (let at = start; at < last; at++) {
    const row = rows[at];
    for (const name of long) characters += row?.[name]?.length ?? 0;
    if (characters > rowGroupLimits.characters && at > start) return at;
  }
  return last;
}

/** Texts that can be long; the others of a row have less than 1,000 characters together. */
const long = ['url', 'referrer', 'fields'] as const;

function columnOf(name: LakeColumnName, rows: readonly LakeRow[]): ColumnSource {
  const { statistics, encoding } = lakeColumns[name];
  return { name, data: valuesOf(name, rows), statistics, ...(encoding && { encoding }) };
}

function valuesOf(name: LakeColumnName, rows: readonly LakeRow[]): unknown[] {
  if (name === 'id') return rows.map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex'));
  if (name === 'repairs') return rows.map(({ repairs }) => repairs && unicode(name, JSON.stringify(repairs)));
  return rows.map((row) => {
    const value = row[name];
    return typeof value === 'string' ? unicode(name, value) : value;
  });
}

function unicode(name: LakeColumnName, text: string): string {
  if (!halfPair.test(text)) return text;
  throw new RangeError(
    `lake file: ${name}: expected Unicode, got half a surrogate pair; store the row in the window first, which refuses it`,
  );
}

const halfPair = /\p{Surrogate}/u;
