// Mocks of the landing bucket and of the bucket of the redacted logs: objects in memory, and a crash before a step.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LandedKey, LandingBucket, LogBucket } from '../../../../lambda/edge/log-redaction/stores';

/** A step of a run at which a test ends it. */
export class Crash extends Error {}

export class MockBuckets implements LandingBucket, LogBucket {
  readonly landed = new Map<string, { content: Buffer; landed: Date }>();
  readonly stored = new Map<string, Buffer>();
  /** Names of the steps so far. */
  readonly steps: string[] = [];
  /** Called before and after each step; throws to end the run there. */
  at: (step: string) => void = () => undefined;

  land(key: string, lines: readonly string[], landed = new Date(0)): void {
    this.landed.set(key, { content: gzipSync(lines.map((line) => `${line}\n`).join('')), landed });
  }

  /** Lines of a stored object. */
  lines(key: string): readonly string[] {
    return gunzipSync(this.stored.get(key) ?? gzipSync(''))
      .toString('latin1')
      .split('\n')
      .slice(0, -1);
  }

  async open(key: string): Promise<Readable | undefined> {
    const found = this.landed.get(key);
    return this.step(`open ${key}`, () => found && Readable.from([found.content.subarray(0, 10), found.content.subarray(10)]));
  }

  async remove(key: string): Promise<void> {
    return this.step(`remove ${key}`, () => void this.landed.delete(key));
  }

  async *list(): AsyncIterable<LandedKey> {
    for (const [key, { landed }] of this.landed) yield { key, landed };
  }

  async store(key: string, content: Buffer): Promise<string> {
    return this.step(`store ${key}`, () => {
      this.stored.set(key, content);
      return createHash('sha256').update(content).digest('base64');
    });
  }

  async verify(key: string, checksum: string): Promise<void> {
    return this.step(`verify ${key}`, () => {
      const found = this.stored.get(key);
      if (!found || createHash('sha256').update(found).digest('base64') !== checksum) throw new Error(`${key}: another checksum`);
    });
  }

  private step<Result>(name: string, act: () => Result): Result {
    this.at(`before ${name}`);
    this.steps.push(name);
    const result = act();
    this.at(`after ${name}`);
    return result;
  }
}
