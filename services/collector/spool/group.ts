// A group of hits that are made durable together: one buffer, one write, one promise.
import { frameHeaderBytes, sealFrame, segmentMark } from './frame';

/** Size of a usual group's buffer in bytes; a longer append gets its own buffer. */
const groupBytes = 2 ** 20;
/** Maximum number of buffers kept for reuse. */
const spareBuffers = 4;

/** Start of the lines, with room for both headers before them. */
const linesStart = segmentMark.length + frameHeaderBytes;

export class Group {
  hits = 0;
  length = linesStart;
  readonly promise: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (reason: Error) => void = () => undefined;

  constructor(private readonly buffer: Buffer) {
    this.promise = new Promise<void>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Without a waiting connection, an unhandled rejection must not end the process.
    this.promise.catch(() => undefined);
  }

  /** Length of the lines in bytes. */
  get bytes(): number {
    return this.length - linesStart;
  }

  /** Adds lines if they fit at their maximum length, three bytes for a UTF-16 unit. Returns the added bytes, or -1. */
  add(lines: Buffer | string, hits: number): number {
    const before = this.length;
    if (typeof lines === 'string') {
      if (before + lines.length * 3 > this.buffer.length) return -1;
      this.length += this.buffer.write(lines, before);
    } else {
      if (before + lines.length > this.buffer.length) return -1;
      this.length += lines.copy(this.buffer, before);
    }
    this.hits += hits;
    return this.length - before;
  }

  /** The frame, preceded by the segment's mark if it is the first. */
  frame(first: boolean): Buffer {
    sealFrame(this.buffer, segmentMark.length, this.length, this.hits);
    if (!first) return this.buffer.subarray(segmentMark.length, this.length);
    segmentMark.copy(this.buffer);
    return this.buffer.subarray(0, this.length);
  }

  /** Returns the buffer for reuse; call it after the write. */
  release(): void {
    if (this.buffer.length === groupBytes && spares.length < spareBuffers) spares.push(this.buffer);
  }
}

const spares: Buffer[] = [];

/** A group with room for `lines`. */
export function newGroup(lines: Buffer | string): Group {
  const room = linesStart + lines.length * (typeof lines === 'string' ? 3 : 1);
  if (room > groupBytes) return new Group(Buffer.allocUnsafeSlow(room));
  return new Group(spares.pop() ?? Buffer.allocUnsafeSlow(groupBytes));
}
