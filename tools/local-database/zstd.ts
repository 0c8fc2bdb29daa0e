// A stand-in for node:zlib's Zstandard where Node.js has none, before 22.15: the same library as WebAssembly.
import zlib from 'node:zlib';

/**
 * Adds `zstdCompressSync` and `zstdDecompressSync` to node:zlib of this process, if it has none. The stand-in ignores
 * parameters: its frames have the default level and no checksum.
 */
export async function provideZstd(): Promise<void> {
  if (typeof zlib.zstdCompressSync === 'function') return;
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const zstd = await Zstd.load();
  Object.assign(zlib, {
    zstdCompressSync: (bytes: Uint8Array) => Buffer.from(zstd.compress(bytes)),
    zstdDecompressSync: (bytes: Uint8Array, { maxOutputLength = 2 ** 31 }: zlib.ZstdOptions = {}) => {
      // The library allocates what the frame declares.
      const length = contentSize(bytes);
      if (length === undefined || length > maxOutputLength)
        throw new RangeError(`expected a frame of at most ${maxOutputLength} bytes, got one of ${length ?? 'an unknown number'}`);
      return length === 0 ? Buffer.alloc(0) : Buffer.from(zstd.decompress(bytes));
    },
  });
}

/** Size of the content that a frame declares (RFC 8878, section 3.1.1.1). */
function contentSize(bytes: Uint8Array): number | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 6 || view.readUInt32LE(0) !== 0xfd2fb528) return undefined;
  const descriptor = view.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (size === 0 || at + size > view.length) return undefined;
  if (size === 8) return Number(view.readBigUInt64LE(at));
  return view.readUIntLE(at, size) + (size === 2 ? 256 : 0);
}
