// The values of a file as rows have them: texts and times are exact.
import type { ParquetParsers } from 'hyparquet';

/** Fatal: bytes that are no UTF-8 are damage. A byte order mark is part of a text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const text = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Times stay microseconds, JSON stays text. */
export const parsers: Partial<ParquetParsers> = {
  timestampFromMicroseconds: (micros) => micros,
  stringFromBytes: text,
  jsonFromBytes: text,
  uuidFromBytes: (bytes) => {
    const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};
