// The power cut of a disk: what the server wrote is noted by qemu in the order in which it was done (driver
// blklogwrites), and what came after the last flush is taken away. ("dm-log-writes", Linux kernel documentation, for
// the form of the log)
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const magic = 0x6a736677736872n;
const flags = { flush: 1n, fua: 2n, discard: 4n } as const;
const headerBytes = 32;

export interface Cut {
  /** Writes that a flush made durable, and those that the power cut took. */
  readonly kept: number;
  readonly lost: number;
}

interface Entry {
  readonly sector: number;
  readonly sectors: number;
  readonly flags: bigint;
  /** Place of its data in the log. */
  readonly at: number;
}

/**
 * Carries out the writes of a log up to its last flush on the disk as it was when the log began.
 *
 * @throws Error if the file is no such log
 */
export function cutPower(log: string, disk: string): Cut {
  const from = openSync(log, 'r');
  const to = openSync(disk, 'r+');
  try {
    const { entries, counted, sectorBytes } = entriesOf(from);
    // The log is counted at each flush before the server receives the answer: a flush beyond the count was not
    // answered.
    const last = entries.slice(0, counted).findLastIndex((entry) => (entry.flags & (flags.flush | flags.fua)) !== 0n);
    const kept = entries.slice(0, last + 1);
    for (const { sector, sectors, flags: kind, at } of kept) {
      if ((kind & flags.discard) === 0n) copy(from, at, to, sector * sectorBytes, sectors * sectorBytes);
    }
    const writes = (some: readonly Entry[]) => some.filter(({ sectors }) => sectors > 0).length;
    return { kept: writes(kept), lost: writes(entries) - writes(kept) };
  } finally {
    closeSync(from);
    closeSync(to);
  }
}

interface Log {
  readonly entries: readonly Entry[];
  /** How many of them the head of the log counts. */
  readonly counted: number;
  readonly sectorBytes: number;
}

/** All entries up to the end of the file, or to the first that was still being written. */
function entriesOf(file: number): Log {
  const head = Buffer.alloc(headerBytes);
  readSync(file, head, 0, headerBytes, 0);
  if (head.readBigUInt64LE(0) !== magic) throw new Error('write log: expected the log of blklogwrites, got another file');
  const counted = Number(head.readBigUInt64LE(16));
  const sectorBytes = head.readUInt32LE(24);
  const { size } = fstatSync(file);
  const entries: Entry[] = [];
  for (let at = sectorBytes; at + sectorBytes <= size; ) {
    readSync(file, head, 0, headerBytes, at);
    const [sector, sectors] = [Number(head.readBigUInt64LE(0)), Number(head.readBigUInt64LE(8))];
    const kind = head.readBigUInt64LE(16);
    if (sectors === 0 && kind === 0n) break;
    entries.push({ sector, sectors, flags: kind, at: at + sectorBytes });
    at += sectorBytes + ((kind & flags.discard) === 0n ? sectors * sectorBytes : 0);
  }
  return { entries, counted, sectorBytes };
}

function copy(from: number, source: number, to: number, target: number, bytes: number): void {
  const buffer = Buffer.alloc(bytes);
  readSync(from, buffer, 0, bytes, source);
  writeSync(to, buffer, 0, bytes, target);
}
