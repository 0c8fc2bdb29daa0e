// Compares the answers with the deliveries.
import { parseHit } from '../../../runtime/hit';
import type { Load } from './load';

export interface Account {
  /** Hits sent; of these: answered 2xx, refused with 503, without an answer after a kill, with another answer. */
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  readonly cut: number;
  readonly unexpected: number;
  /** Hits delivered, each counted once by its id, as the ingest stores it. */
  readonly delivered: number;
  /** Deliveries beyond the first of an id: a crash, or a lost answer of the stream. The ingest stores them once. */
  readonly redelivered: number;
  /** Delivered without an answer of 2xx: durable, but the process was killed before the answer. */
  readonly deliveredUnanswered: number;
  /** Hits that arrived under two ids: the ingest would store them twice. */
  readonly duplicated: number;
  /** Answered 2xx and not delivered. */
  readonly lost: number;
  /** Lines that the ingest would reject. */
  readonly invalid: number;
}

export class Deliveries {
  /** Ids under which each hit arrived, by its number. */
  private readonly ids = new Map<number, string | Set<string>>();
  private redelivered = 0;
  private invalid = 0;

  private readonly followed = new Map<number, (received: number) => void>();

  /** Resolves at the delivery of a hit, to its time in milliseconds since 1970. */
  follow(number: number): Promise<number> {
    return new Promise((resolve) => this.followed.set(number, resolve));
  }

  /** Accepts a record in the format of the ingest: JSON lines. */
  readonly take = (record: Buffer): void => {
    for (const line of record.toString().split('\n')) if (line !== '') this.takeLine(line);
  };

  account(load: Load): Account {
    const { outcomes } = load;
    const answered = load.count('answered');
    let [lost, duplicated, deliveredUnanswered] = [0, 0, 0];
    for (const [number, outcome] of outcomes.entries()) {
      const ids = this.ids.get(number);
      if (ids === undefined && outcome === 'answered') lost++;
      if (ids !== undefined && outcome !== 'answered') deliveredUnanswered++;
      if (ids instanceof Set) duplicated++;
    }
    const [refused, cut, unexpected] = (['refused', 'cut', 'unexpected'] as const).map((outcome) => load.count(outcome));
    return {
      ...{ sent: outcomes.length, answered, refused: refused ?? 0, cut: cut ?? 0, unexpected: unexpected ?? 0 },
      ...{ delivered: this.ids.size, redelivered: this.redelivered, deliveredUnanswered, duplicated, lost, invalid: this.invalid },
    };
  }

  private takeLine(line: string): void {
    const parsed = parseHit(Buffer.from(line), new Date());
    if (!('hit' in parsed)) {
      this.invalid++;
      return;
    }
    const number = Number(JSON.parse(parsed.hit.fields ?? '{}').n);
    this.followed.get(number)?.(Date.parse(parsed.hit.received));
    this.followed.delete(number);
    const before = this.ids.get(number);
    const known = before === parsed.hit.id || (before instanceof Set && before.has(parsed.hit.id));
    if (known) this.redelivered++;
    else if (before === undefined) this.ids.set(number, parsed.hit.id);
    else this.ids.set(number, new Set([...(before instanceof Set ? before : [before]), parsed.hit.id]));
  }
}
