// Bodies as browsers and SDKs encode them, as Latin-1 text of their octets.
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

export type Coding = 'gzip' | 'zlib' | 'raw';

const encoders = { gzip: gzipSync, zlib: deflateSync, raw: deflateRawSync } as const;

/** A compressed body. @param text as Latin-1 */
export const compressed = (text: string, coding: Coding): string => encoders[coding](Buffer.from(text, 'latin1')).toString('latin1');

/** Value of `Content-Encoding`. */
export const contentEncoding = (coding: Coding): string => (coding === 'gzip' ? 'gzip' : 'deflate');

/** A form as multipart/form-data, with one file. */
export function multipart(pairs: readonly (readonly [string, string])[], boundary: string): string {
  const part = (name: string, value: string, more = '') =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  return `${pairs.map(([name, value]) => part(name, value)).join('')}${part('file', 'x', '; filename="a"')}--${boundary}--\r\n`;
}
