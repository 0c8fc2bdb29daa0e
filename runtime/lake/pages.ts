// Checks the pages of a column before they are decoded: their headers, and the runs of values that they declare.

import type { Encoding, PageHeader, SchemaElement } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { rowGroupLimits } from './columns';
import { LakeFileError } from './file-error';
import { endOfStruct } from './thrift';
import { decompress } from './zstd';

/** Bytes that one row group may decode to; each column takes its part. */
export class DecodeBudget {
  private left: number;

  /** @param bytes those that the footer states for the row group, up to the limit */
  constructor(private readonly bytes: number) {
    this.left = bytes;
  }

  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new LakeFileError(`a row group of at most ${this.bytes} bytes when decompressed`, 'a larger one');
  }
}

/** A page header of our columns has less than 200 bytes, with bounds of long texts some kilobytes. */
const mostHeaderBytes = 65_536;

/** What the writer of the lake and DuckDB's write; the decoders of others would need checks of their own. */
const encodings: readonly (Encoding | undefined)[] = ['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE', 'DELTA_BINARY_PACKED'];

/** The data pages and the dictionary of one column of a row group, by the position of their compressed bytes. */
export class ColumnPages {
  private readonly pages = new Map<number, PageHeader>();

  /** @throws LakeFileError for pages that are damaged, or larger than they may be */
  constructor(
    private readonly element: SchemaElement,
    chunk: ArrayBuffer,
    private readonly rows: number,
    budget: DecodeBudget,
  ) {
    const bytes = new Uint8Array(chunk);
    let values = 0;
    for (let at = 0; at < bytes.length; ) {
      const { header, end } = this.headerAt(bytes, at);
      values += this.valuesOf(header, bytes.length - end);
      budget.take(header.uncompressed_page_size);
      const levels = this.checkLevelsV2(header, bytes.subarray(end));
      this.pages.set(end + levels, header);
      at = end + header.compressed_page_size;
    }
    if (values !== rows) throw this.error(`${rows} values`, `${values}`);
  }

  /** Decompresses a page and checks its runs. @param bytes a view on the chunk */
  readonly decompressed = (bytes: Uint8Array, length: number): Uint8Array => {
    const header = this.pages.get(bytes.byteOffset);
    if (header === undefined) throw this.error('a page that was checked', 'another one');
    const page = decompressPage(bytes, length, (got) => this.error('a page compressed by Zstandard', got));
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    if (v1) {
      const { end, values } = this.isOptional ? this.checkLevelsV1(page, v1.num_values) : { end: 0, values: v1.num_values };
      // For indexes of no bits there are no runs in version 1.
      if (!isDictionary(v1.encoding) || (page[end] ?? 0) > 0) this.checkValues(page, end, values, v1.encoding);
    }
    if (v2) this.checkValues(page, 0, v2.num_values - v2.num_nulls, v2.encoding);
    return page;
  };

  private get isOptional(): boolean {
    return this.element.repetition_type !== 'REQUIRED';
  }

  private error(expected: string, got: string): LakeFileError {
    return new LakeFileError(`${expected} in column ${this.element.name}`, got);
  }

  private headerAt(bytes: Uint8Array, at: number): { readonly header: PageHeader; readonly end: number } {
    try {
      const window = bytes.subarray(at, at + mostHeaderBytes);
      const end = at + endOfStruct(window, 0);
      const header = parquetHeader({ view: new DataView(window.buffer, window.byteOffset, window.byteLength), offset: 0 });
      return { header, end };
    } catch (error) {
      throw this.error('a page header', message(error));
    }
  }

  /** Number of values of a data page, after the checks of its header; 0 for a dictionary. */
  private valuesOf(header: PageHeader, rest: number): number {
    const { compressed_page_size: size, uncompressed_page_size: content, dictionary_page_header: dictionary } = header;
    if (!isCount(size, rest)) throw this.error(`a page of at most ${rest} bytes`, `${size}`);
    if (!isCount(content, rowGroupLimits.readBytes)) throw this.error('a page that fits into memory', `${content} bytes`);
    if (header.type === 'DICTIONARY_PAGE' && dictionary) {
      if (!isCount(dictionary.num_values, this.rows)) throw this.error(`at most ${this.rows} different values`, `${dictionary.num_values}`);
      return 0;
    }
    const v1 = header.type === 'DATA_PAGE' ? header.data_page_header : undefined;
    const v2 = header.type === 'DATA_PAGE_V2' ? header.data_page_header_v2 : undefined;
    const page = v1 ?? v2;
    if (page === undefined) throw this.error('a data page or a dictionary', `${header.type}`);
    if (!isCount(page.num_values, this.rows)) throw this.error(`at most ${this.rows} values`, `${page.num_values}`);
    if (!encodings.includes(page.encoding)) throw this.error('an encoding of the writers of the lake', `${page.encoding}`);
    if (v2) this.checkHeaderV2(v2, size, content);
    return page.num_values;
  }

  private checkHeaderV2(v2: NonNullable<PageHeader['data_page_header_v2']>, size: number, content: number): void {
    const levels = v2.definition_levels_byte_length;
    const fits = isCount(levels, Math.min(size, content)) && v2.repetition_levels_byte_length === 0;
    if (!fits || !isCount(v2.num_nulls, v2.num_values) || v2.num_rows !== v2.num_values || v2.is_compressed === false)
      throw this.error('a compressed page without lists', 'another one');
  }

  /** Checks the definition levels in front of a page of version 2; returns their bytes. */
  private checkLevelsV2({ data_page_header_v2: v2 }: PageHeader, bytes: Uint8Array): number {
    if (!v2) return 0;
    const levels = v2.definition_levels_byte_length;
    const values = this.isOptional ? this.checkRuns(bytes.subarray(0, levels), 1, v2.num_values) : v2.num_values;
    if (values !== v2.num_values - v2.num_nulls) throw this.error(`${v2.num_nulls} nulls`, `${v2.num_values - values}`);
    return levels;
  }

  /** Checks the definition levels at the start of a page of version 1: where they end, and how many are no nulls. */
  private checkLevelsV1(page: Uint8Array, values: number): { readonly end: number; readonly values: number } {
    if (page.length < 4) throw this.error('definition levels', 'none');
    const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
    if (length > page.length - 4) throw this.error(`definition levels of at most ${page.length - 4} bytes`, `${length}`);
    return { end: 4 + length, values: this.checkRuns(page.subarray(4, 4 + length), 1, values) };
  }

  private checkValues(page: Uint8Array, start: number, values: number, encoding: Encoding): void {
    if (encoding === 'DELTA_BINARY_PACKED') this.checkDeltas(page, start);
    if (isDictionary(encoding)) this.checkRuns(page.subarray(start + 1), page[start] ?? 0, values);
    if (encoding === 'RLE') this.checkRuns(page.subarray(start + 4), 1, values);
  }

  /** Blocks of these deltas declare the size of their parts, for which the decoder allocates memory. */
  private checkDeltas(page: Uint8Array, start: number): void {
    const block = unsigned(page, start);
    const parts = unsigned(page, block.end);
    if (!isCount(block.value, 65_536) || !isCount(parts.value, 256) || parts.value === 0)
      throw this.error('blocks of at most 65,536 deltas in 256 parts', `${block.value} in ${parts.value}`);
  }

  /**
   * The hybrid of run lengths and bit packing ("Encodings", Apache Parquet). The decoder writes whole runs, also
   * beyond the number of values. Returns the number of ones, which has a meaning for values of one bit.
   */
  private checkRuns(runs: Uint8Array, width: number, values: number): number {
    if (width > 32) throw this.error('values of at most 32 bits', `${width}`);
    let seen = 0;
    let ones = 0;
    for (let at = 0; seen < values; ) {
      const { value, end } = unsigned(runs, at);
      const isPacked = value % 2 === 1;
      const count = Math.floor(value / 2) * (isPacked ? 8 : 1);
      // The decoder ignores what a packed run has beyond the values: writers fill their last one up, DuckDB to 256.
      if (count === 0 || seen + count > values + (isPacked ? mostFilling : 0))
        throw this.error(`runs of ${values} values`, `${seen + count}`);
      const most = Math.min(count, values - seen);
      if (isPacked) for (let bit = 0; bit < most; bit++) ones += ((runs[end + (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
      else if (runs[end] === 1) ones += count;
      seen += count;
      at = end + (isPacked ? (count / 8) * width : Math.ceil(width / 8));
    }
    return ones;
  }
}

const mostFilling = 512;

const isDictionary = (encoding: Encoding): boolean => encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY';

/** A number in groups of 7 bits, up to 5 of them; missing bytes are 0. */
function unsigned(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let group = 0; group < 5; group++) {
    const byte = bytes[start + group] ?? 0;
    value += (byte & 0x7f) * 128 ** group;
    if (byte < 0x80) return { value, end: start + group + 1 };
  }
  return { value: Number.POSITIVE_INFINITY, end: start + 5 };
}

function decompressPage(bytes: Uint8Array, length: number, refuse: (got: string) => Error): Uint8Array {
  try {
    return decompress(bytes, length);
  } catch (error) {
    throw refuse(message(error));
  }
}

const isCount = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
