// Zstandard for the pages of a file in the lake, by node:zlib.
import zlib from 'node:zlib';

/**
 * One frame of the default level, 3, with a checksum, by which a reader detects damage.
 * @throws Error where node:zlib has no Zstandard
 */
export function compress(bytes: Uint8Array): Uint8Array {
  expectZstd();
  return zlib.zstdCompressSync(bytes, { params: { [zlib.constants.ZSTD_c_checksumFlag]: 1 } });
}

/**
 * The content of a frame, in memory of its own: views beyond its end are not possible.
 *
 * @param length its expected length in bytes; a frame with more content is not decompressed further
 * @throws Error for bytes that are not one frame of this length
 */
export function decompress(bytes: Uint8Array, length: number): Uint8Array {
  // Zero is no limit to node:zlib.
  const content = zlib.zstdDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) });
  if (content.length !== length) throw new RangeError(`expected ${length} bytes, got ${content.length}`);
  return content.byteLength === content.buffer.byteLength ? new Uint8Array(content.buffer) : new Uint8Array(content);
}

/** @throws Error where node:zlib has no Zstandard: before Node.js 22.15 and 23.8. Functions run on 24. */
export function expectZstd(): void {
  if (typeof zlib.zstdCompressSync === 'function') return;
  throw new Error(
    `zstd: expected Node.js 22.15 or later, got ${process.version}, whose node:zlib has no Zstandard; call provideZstd() of tools/local-database/zstd.ts before`,
  );
}
