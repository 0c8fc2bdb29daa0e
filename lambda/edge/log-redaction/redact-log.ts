// The lines of one log file, redacted as a stream: the file is never whole in memory, the compressed results are.
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { type Log, redactLine } from './redact-line';
import { type Kind, kinds, type RedactedLine } from './redacted-line';

/** Lines of a file by what was done. */
export interface LineCounts {
  readonly pseudonymous: number;
  readonly whole: number;
  /** Lines of an unknown form, of which the time remains; they are among the pseudonymous ones. */
  readonly unreadable: number;
  /** Lines with fields that this version does not know; the fields have no value. */
  readonly unknownFields: number;
}

/** Lines of which something was not kept because its form is unknown. */
export const faultyLines = ({ unreadable, unknownFields }: LineCounts): number => unreadable + unknownFields;

export interface RedactedLog {
  /** Compressed lines by folder, in the order of the file. The same lines have the same bytes. */
  readonly files: Readonly<Record<Kind, Buffer>>;
  readonly counts: LineCounts;
}

/**
 * Characters that are compressed at once. Blocks follow from the lines alone, or the same lines would compress
 * differently.
 */
const blockSize = 65_536;

/**
 * Redacts a compressed log file. A file without lines has two empty results.
 *
 * @throws Error of zlib for a file that is not gzip, or ends before its end
 */
export async function redactLog(log: Log, raw: Readable, paths: readonly string[]): Promise<RedactedLog> {
  const outputs = { pseudonymous: new Output(), whole: new Output() };
  const counts = { pseudonymous: 0, whole: 0, unreadable: 0, unknownFields: 0 };
  try {
    await pipeline(raw, createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const line of linesOf(source)) {
        const redacted: RedactedLine = redactLine(log, line, paths);
        counts[redacted.kind] += 1;
        if (redacted.fault) counts[redacted.fault] += 1;
        await outputs[redacted.kind].add(`${redacted.text}\n`);
      }
    });
    const [pseudonymous, whole] = await Promise.all(kinds.map((kind) => outputs[kind].end()));
    return { files: { pseudonymous, whole } as Record<Kind, Buffer>, counts };
  } catch (error) {
    for (const kind of kinds) outputs[kind].abandon();
    throw error;
  }
}

/** Each octet as one character, so that every octet is stored as it was. Only a line feed ends a line. */
async function* linesOf(source: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** Compressed lines. */
class Output {
  private readonly gzip: Gzip = createGzip();
  private readonly content = buffer(this.gzip);
  private block = '';

  constructor() {
    // `end` reports the failure; an output that is abandoned has no reader.
    this.content.catch(() => undefined);
  }

  async add(text: string): Promise<void> {
    this.block += text;
    if (this.block.length >= blockSize) await this.flush();
  }

  async end(): Promise<Buffer> {
    await this.flush();
    this.gzip.end();
    return this.content;
  }

  abandon(): void {
    this.gzip.destroy();
  }

  private async flush(): Promise<void> {
    const block = Buffer.from(this.block, 'latin1');
    this.block = '';
    if (block.length > 0 && !this.gzip.write(block)) await once(this.gzip, 'drain');
  }
}
