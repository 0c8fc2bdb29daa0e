// How hits lie in a segment file: frames, each with a checksum, so that what was cut short or changed is recognised.
import { crc32 } from 'node:zlib';

/**
 * A segment is `segmentMark` and then frames. A frame is what was made durable at once: the mark, CRC-32 of all that follows (zlib),
 * length of the lines in bytes, number of lines, all 32 bits little-endian, then the lines. No byte of a mark is in UTF-8 text, so
 * a frame is found again behind a damaged one.
 */
export const segmentMark = Buffer.from('fe52454d50415254f5fe3031', 'hex');
const frameMark = Buffer.from('fef5fdfe', 'hex');
export const frameHeaderBytes = 16;
/** More than any frame that is written; a greater length is damage. */
const mostBytes = 64 * 2 ** 20;

/** Writes the header of a frame whose lines are at `start + frameHeaderBytes` to `end` of the buffer. */
export function sealFrame(buffer: Buffer, start: number, end: number, lines: number): void {
  frameMark.copy(buffer, start);
  buffer.writeUInt32LE(end - start - frameHeaderBytes, start + 8);
  buffer.writeUInt32LE(lines, start + 12);
  buffer.writeUInt32LE(crc32(buffer.subarray(start + 8, end)), start + 4);
}

/** What is in a segment. */
export interface SegmentContent {
  /** The lines of each good frame. */
  readonly lines: readonly Buffer[];
  readonly hits: number;
  /** Bytes at the end that are the beginning of a frame, or zeros: a group whose write was cut short, which was never answered 2xx. */
  readonly tornBytes: number;
  /** Bytes that are neither: damage. */
  readonly damagedBytes: number;
}

/** Reads a segment, good frames before and behind bad ones. Never throws, whatever the bytes are. */
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

/** The lines of a segment behind each other, moved within the segment's own memory, which is no segment any more. */
export function joinFrames(bytes: Buffer, lines: readonly Buffer[]): Buffer {
  let end = 0;
  for (const line of lines) end += line.copy(bytes, end);
  return bytes.subarray(0, end);
}

/** Where the frame at `position` ends; undefined if there is no whole, unchanged one. */
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
 * Whether the end of a segment is what a write leaves that was cut short. A frame of full length with a wrong checksum may be that too,
 * or an answered one that changed on the disk: it counts as damage, which is kept.
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
