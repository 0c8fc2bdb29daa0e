// Hits that are made durable together: gathered in one buffer, written with one write, answered with one promise.
import { frameHeaderBytes, sealFrame, segmentMark } from './frame';

/** Bytes of a usual group's buffer; a longer append gets one of its own. */
const groupBytes = 2 ** 20;
/** Buffers that are kept for the next groups. */
const spareBuffers = 4;

/** Lines begin here, so that both headers fit before them. */
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
    // Whoever waits is told; that nobody waits any more (a closed connection) is no reason to end the process.
    this.promise.catch(() => undefined);
  }

  /** Bytes of the lines. */
  get bytes(): number {
    return this.length - linesStart;
  }

  /** Adds lines if there is room for them at their longest, three bytes for a UTF-16 unit. Gives the bytes added, or -1. */
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

  /** The frame, with the segment's mark before it if it is the first. */
  frame(first: boolean): Buffer {
    sealFrame(this.buffer, segmentMark.length, this.length, this.hits);
    if (!first) return this.buffer.subarray(segmentMark.length, this.length);
    segmentMark.copy(this.buffer);
    return this.buffer.subarray(0, this.length);
  }

  /** Gives the buffer back, once nothing is written from it any more. */
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
