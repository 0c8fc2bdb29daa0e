// Opens a file of the lake: its footer, checked before anything is decoded, and its row groups.
import { type FileMetaData, parquetMetadata, parquetScan, type RowGroup, type SchemaElement } from 'hyparquet';
import { type LakeColumnName, lakeColumnNames, lakeSchema, rowGroupLimits } from './columns';
import { LakeFileError } from './file-error';
import { LakeLimitError, type ReadLimits } from './limits';
import { ColumnPages, type DecodeBudget } from './pages';
import { endOfStruct } from './thrift';
import { parsers } from './values';
import { expectZstd } from './zstd';

/** One object of the store, of which parts can be read. */
export interface RangeSource {
  /** Key of the object, for errors. */
  readonly key?: string;
  /** Size of the object. */
  readonly bytes: number;
  /** The bytes from `start` to before `end`. */
  read(start: number, end: number): Promise<ArrayBuffer>;
}

/** First read from the end: the footer of 25 row groups, or a whole small file. */
const tailBytes = 65_536;
/** Limit of the footer; ours has about 2 kB for each row group. */
const mostFooterBytes = 2 ** 20;
const magic = 0x31524150;

/** Decoded values of one column of a row group; null for none. */
export type Values = ArrayLike<unknown>;

export class LakeFileReader {
  private constructor(
    readonly metadata: FileMetaData,
    private readonly ranges: Ranges,
    private readonly key: string | undefined,
  ) {}

  /**
   * Reads and checks the footer.
   * @throws LakeFileError for a file that is not one of the lake
   * @throws LakeLimitError
   */
  static async open(source: RangeSource, limits: ReadLimits): Promise<LakeFileReader> {
    expectZstd();
    const ranges = new Ranges(source, limits);
    return named(source.key, async () => {
      const metadata = await readFooter(ranges);
      checkSchema(metadata);
      checkGroups(metadata, ranges.bytes);
      return new LakeFileReader(metadata, ranges, source.key);
    });
  }

  /** The row groups: number of the group, and its statistics. */
  get groups(): readonly RowGroup[] {
    return this.metadata.row_groups;
  }

  /**
   * Bytes that columns of a row group have when they are decompressed, as the footer states, up to the limit. What has
   * more is refused when it is decoded.
   */
  decodedBytes({ columns }: RowGroup, names: readonly LakeColumnName[]): number {
    const bytes = columns
      .filter(({ meta_data: column }) => names.some((name) => column?.path_in_schema[0] === name))
      .reduce((sum, { meta_data: column }) => sum + Number(column?.total_uncompressed_size), 0);
    return bytes >= 0 ? Math.min(bytes, rowGroupLimits.readBytes) : rowGroupLimits.readBytes;
  }

  /**
   * Decodes columns of one row group, by one request at most: for all bytes from the first of these columns to the
   * last.
   */
  columns(group: RowGroup, names: readonly LakeColumnName[], budget: DecodeBudget): Promise<ReadonlyMap<LakeColumnName, Values>> {
    return named(this.key, async () => {
      const parts = names.map((name) => partOf(group, name));
      await this.ranges.hold(Math.min(...parts.map(({ start }) => start)), Math.max(...parts.map(({ end }) => end)));
      const decoded = new Map<LakeColumnName, Values>();
      for (const name of names) decoded.set(name, await this.decode(group, name, budget));
      this.ranges.drop();
      return decoded;
    });
  }

  private async decode(group: RowGroup, name: LakeColumnName, budget: DecodeBudget): Promise<Values> {
    const rows = Number(group.num_rows);
    const { start, end } = partOf(group, name);
    const chunk = this.ranges.held(start, end);
    const pages = new ColumnPages(elementOf(this.metadata, name), chunk, rows, budget);
    const scan = await parquetScan({
      // The chunk alone, which was checked: nothing else can be read.
      file: { byteLength: this.ranges.bytes, slice: () => chunk },
      metadata: { ...this.metadata, num_rows: group.num_rows, row_groups: [group] },
      columns: [name],
      compressors: { ZSTD: pages.decompressed },
      parsers,
      useOffsetIndex: false,
    });
    const values = await scan.readColumn({ column: name, rowStart: 0, rowEnd: rows });
    if (values.length !== rows) throw new LakeFileError(`${rows} values in column ${name}`, `${values.length}`);
    return values;
  }
}

/** Reads ranges of a source, within limits; holds the tail, and one other range until it is dropped. */
class Ranges {
  private tail: Held | undefined;
  private last: Held | undefined;

  constructor(
    private readonly source: RangeSource,
    private readonly limits: ReadLimits,
  ) {}

  get bytes(): number {
    return this.source.bytes;
  }

  async readTail(bytes: number): Promise<ArrayBuffer> {
    const start = Math.max(0, this.bytes - bytes);
    this.tail = { start, content: await this.read(start, this.bytes) };
    return this.tail.content;
  }

  async hold(start: number, end: number): Promise<void> {
    if (this.find(start, end) === undefined) this.last = { start, content: await this.read(start, end) };
  }

  /** Gives the memory of the last range back; the tail is small. */
  drop(): void {
    this.last = undefined;
  }

  /** A copy of a range that is held. */
  held(start: number, end: number): ArrayBuffer {
    const held = this.find(start, end);
    if (held === undefined) throw new Error(`lake file: expected bytes ${start} to ${end} to be held, got none; hold() them before`);
    return held.content.slice(start - held.start, end - held.start);
  }

  private find(start: number, end: number): Held | undefined {
    return [this.tail, this.last].find((held) => held !== undefined && held.start <= start && end <= held.start + held.content.byteLength);
  }

  private async read(start: number, end: number): Promise<ArrayBuffer> {
    this.limits.request(end - start);
    const content = await this.source.read(start, end).catch((error: unknown) => {
      throw new SourceError('read', { cause: error });
    });
    if (content.byteLength !== end - start) throw new LakeFileError(`${end - start} bytes from ${start}`, `${content.byteLength}`);
    return content;
  }
}

interface Held {
  readonly start: number;
  readonly content: ArrayBuffer;
}

async function readFooter(ranges: Ranges): Promise<FileMetaData> {
  if (ranges.bytes < 12) throw new LakeFileError('a Parquet file of 12 bytes or more', `${ranges.bytes} bytes`);
  const tail = await ranges.readTail(Math.min(tailBytes, ranges.bytes));
  const view = new DataView(tail);
  if (view.getUint32(tail.byteLength - 4, true) !== magic) throw new LakeFileError('a Parquet file, which ends in PAR1', 'another end');
  const length = view.getUint32(tail.byteLength - 8, true);
  if (length > Math.min(mostFooterBytes, ranges.bytes - 12))
    throw new LakeFileError(`a footer of at most ${Math.min(mostFooterBytes, ranges.bytes - 12)} bytes`, `${length}`);
  const whole = length + 8 <= tail.byteLength ? tail : await ranges.readTail(length + 8);
  const footer = new Uint8Array(whole, whole.byteLength - length - 8);
  if (endOfStruct(footer.subarray(0, length), 0) !== length) throw new LakeFileError(`a footer of ${length} bytes`, 'a shorter one');
  // Bounds of texts stay bytes, in whose order they are bounds; they may be cut within a character.
  return parquetMetadata(footer, { parsers: { ...parsers, stringFromBytes: (bytes) => bytes }, geoparquet: false });
}

function elementOf({ schema }: FileMetaData, name: LakeColumnName): SchemaElement {
  const element = schema.slice(1).find((one) => one.name === name);
  if (element === undefined) throw new LakeFileError(`column ${name}`, 'none');
  return element;
}

function checkSchema({ schema }: FileMetaData): void {
  const columns = schema.slice(1);
  if (columns.length !== lakeColumnNames.length || schema[0]?.num_children !== columns.length)
    throw new LakeFileError(`the ${lakeColumnNames.length} columns of the lake`, `${columns.length}`);
  for (const expected of lakeSchema.slice(1)) {
    const found = columns.find(({ name }) => name === expected.name);
    if (found === undefined) throw new LakeFileError(`column ${expected.name}`, 'none');
    if (typeOf(found) !== typeOf(expected) || found.repetition_type === 'REPEATED' || found.num_children)
      throw new LakeFileError(`column ${expected.name} of type ${typeOf(expected)}`, `${found.repetition_type} ${typeOf(found)}`);
  }
}

/** The type by its newer annotation, or what the older one means. */
function typeOf({ type, type_length, converted_type, logical_type }: SchemaElement): string {
  const isMicros = logical_type?.type === 'TIMESTAMP' ? logical_type.unit === 'MICROS' : converted_type === 'TIMESTAMP_MICROS';
  if (type === 'INT64') return isMicros ? 'INT64 TIMESTAMP_MICROS' : 'INT64';
  // Text and JSON are the same bytes.
  if (type === 'BYTE_ARRAY') return ['UTF8', 'JSON'].includes(converted_type ?? '') || logical_type ? 'BYTE_ARRAY of text' : 'BYTE_ARRAY';
  return type === 'FIXED_LEN_BYTE_ARRAY' ? `${type} of ${type_length}` : `${type}`;
}

function checkGroups({ schema, row_groups, num_rows }: FileMetaData, bytes: number): void {
  let rows = 0n;
  for (const group of row_groups) {
    if (typeof group.num_rows !== 'bigint' || group.num_rows < 1n || group.num_rows > BigInt(rowGroupLimits.readRows))
      throw new LakeFileError(`row groups of 1 to ${rowGroupLimits.readRows} rows`, `${group.num_rows}`);
    rows += group.num_rows;
    if (group.columns.length !== lakeColumnNames.length)
      throw new LakeFileError(`${lakeColumnNames.length} columns`, `${group.columns.length}`);
    for (const [index, { meta_data: column }] of group.columns.entries()) {
      const element = schema[index + 1];
      if (column?.path_in_schema.length !== 1 || column.path_in_schema[0] !== element?.name || column.type !== element?.type)
        throw new LakeFileError(`column ${element?.name} in each row group`, `${column?.path_in_schema.join('.')}`);
      if (column.codec !== 'ZSTD') throw new LakeFileError(`${element?.name} compressed by ZSTD`, `${column.codec}`);
      if (column.num_values !== group.num_rows)
        throw new LakeFileError(`${group.num_rows} values of ${element?.name}`, `${column.num_values}`);
    }
    const parts = lakeColumnNames.map((name) => partOf(group, name));
    for (const { start, end } of parts) {
      if (!(start >= 4 && end > start && end <= bytes - 8))
        throw new LakeFileError(`columns within ${bytes} bytes`, `bytes ${start} to ${end}`);
    }
    const [first, last] = [Math.min(...parts.map(({ start }) => start)), Math.max(...parts.map(({ end }) => end))];
    if (last - first > rowGroupLimits.readBytes)
      throw new LakeFileError(`row groups of at most ${rowGroupLimits.readBytes} bytes`, `${last - first}`);
  }
  if (rows !== num_rows) throw new LakeFileError(`${num_rows} rows`, `${rows}`);
}

/** Where a column of a row group is in the file. */
function partOf({ columns }: RowGroup, name: LakeColumnName): { readonly start: number; readonly end: number } {
  const column = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  if (column === undefined) throw new LakeFileError(`column ${name}`, 'none');
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  return { start, end: start + Number(column.total_compressed_size) };
}

/**
 * Whatever a check or the decoder throws is an error of the file, with the key of the object. Errors of the source and
 * of limits pass as they are.
 */
async function named<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SourceError) throw error.cause;
    if (error instanceof LakeLimitError) throw error;
    if (error instanceof LakeFileError) throw new LakeFileError(error.expected, error.got, { key });
    const reason = error instanceof Error ? error.message : String(error);
    throw new LakeFileError('a Parquet file', `one that cannot be decoded: ${reason}`, { key, cause: error });
  }
}

/** An error of the source, on its way through {@link named}. */
class SourceError extends Error {}
