// The format of a segment file: frames of hits, each with a checksum, so that interrupted writes and changed bytes are
// detected.
import { crc32 } from 'node:zlib';

/**
 * A segment is `segmentMark` followed by frames. A frame holds the lines of one commit: the mark, the CRC-32 of all
 * bytes that follow it (zlib), the length of the lines in bytes, the number of lines, each in 32 bits little-endian,
 * then the lines. No byte of a mark occurs in UTF-8 text, so the next frame after a damaged one is found.
 */
export const segmentMark = Buffer.from('fe52454d50415254f5fe3031', 'hex');
const frameMark = Buffer.from('fef5fdfe', 'hex');
export const frameHeaderBytes = 16;
/** More than the size of any written frame; a greater length is damage. */
const mostBytes = 64 * 2 ** 20;

/** Writes the header of a frame whose lines are at `start + frameHeaderBytes` to `end` of the buffer. */
export function sealFrame(buffer: Buffer, start: number, end: number, lines: number): void {
  frameMark.copy(buffer, start);
  buffer.writeUInt32LE(end - start - frameHeaderBytes, start + 8);
  buffer.writeUInt32LE(lines, start + 12);
  buffer.writeUInt32LE(crc32(buffer.subarray(start + 8, end)), start + 4);
}

/** Content of a segment. */
export interface SegmentContent {
  /** The lines of each valid frame. */
  readonly lines: readonly Buffer[];
  readonly hits: number;
  /**
   * Bytes at the end that are zeros or the start of a frame: an interrupted write, whose hits were never answered 2xx.
   */
  readonly tornBytes: number;
  /** All other bytes: damage. */
  readonly damagedBytes: number;
}

/** Reads a segment, with the valid frames before and after damage. Never throws. */
export function readSegment(bytes: Buffer): SegmentContent {
  const lines: Buffer[] = [];
  const content = { hits: 0, tornBytes: 0, damagedBytes: 0 };
  const marked = bytes.subarray(0, segmentMark.length).equals(segmentMark);
  let position = marked ? segmentMark.length : 0;
  while (position < bytes.length) {
    const end = frameEnd(bytes, position);
    if (end !== undefined) {
      lines.push(bytes.subarray(position + frameHeaderBytes, end));
      content.hits += bytes.readUInt32LE(position + 12);
      position = end;
      continue;
    }
    const next = nextFrame(bytes, position + 1);
    if (next === bytes.length && isTorn(bytes.subarray(position), position === 0)) content.tornBytes = next - position;
    else content.damagedBytes += next - position;
    position = next;
  }
  return { lines, ...content };
}

/** Concatenates the lines of a segment within its own memory, which is overwritten. */
export function joinFrames(bytes: Buffer, lines: readonly Buffer[]): Buffer {
  let end = 0;
  for (const line of lines) end += line.copy(bytes, end);
  return bytes.subarray(0, end);
}

/** End of the frame at `position`; undefined without a complete and unchanged frame. */
function frameEnd(bytes: Buffer, position: number): number | undefined {
  if (bytes.length - position < frameHeaderBytes || bytes.compare(frameMark, 0, 4, position, position + 4) !== 0) return undefined;
  const end = position + frameHeaderBytes + bytes.readUInt32LE(position + 8);
  if (end > bytes.length) return undefined;
  return crc32(bytes.subarray(position + 8, end)) === bytes.readUInt32LE(position + 4) ? end : undefined;
}

function nextFrame(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(frameMark, from); at !== -1; at = bytes.indexOf(frameMark, at + 1)) {
    if (frameEnd(bytes, at) !== undefined) return at;
  }
  return bytes.length;
}

/**
 * Whether the end of a segment is the result of an interrupted write. A frame of full length with a wrong checksum may
 * be one too, or an answered frame that changed on the disk: it counts as damage, which is retained.
 */
function isTorn(rest: Buffer, atStart: boolean): boolean {
  if (rest.every((byte) => byte === 0)) return true;
  const mark = atStart ? segmentMark : frameMark;
  const compared = Math.min(rest.length, mark.length);
  if (rest.compare(mark, 0, compared, 0, compared) !== 0) return false;
  if (atStart || rest.length < frameHeaderBytes) return rest.length < (atStart ? segmentMark.length : frameHeaderBytes);
  const length = rest.readUInt32LE(8);
  return length <= mostBytes && rest.length < frameHeaderBytes + length;
}
