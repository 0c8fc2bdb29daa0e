// What has become of every hit that was sent: a byte a hit, so that a long run fits in memory and no hit is only part of a sum.

/** How a hit fared, as its sender knows it. */
export const fate = {
  /** Not sent, or on its way. */
  open: 0,
  /** Answered as taken: it must arrive. */
  answered: 1,
  /** Answered as not taken: it must not be missed. */
  refused: 2,
  /** The connection broke before the answer: it may arrive or not. */
  unknown: 3,
} as const;
type Fate = (typeof fate)[keyof typeof fate];

/** What a comparison with the database gave. */
export interface Reconciled {
  readonly answered: number;
  /** Answered and in the database. */
  readonly stored: number;
  /** Answered and not in the database. */
  readonly lost: number;
  /** In the database though their sender got no answer: the connection broke between the two. */
  readonly unanswered: number;
  /** In the database though they were refused; none may be. */
  readonly refused: number;
  /** In the database more than once; none may be. */
  readonly doubled: number;
}

export class Ledger {
  private fates = new Uint8Array(1 << 16);
  /** How often each hit is in the database; more than 255 times counts as 255. */
  private found = new Uint8Array(1 << 16);
  private last = -1;
  answered = 0;

  note(hits: readonly number[], became: Fate): void {
    for (const hit of hits) {
      this.makeRoom(hit);
      this.fates[hit] = became;
      if (became === fate.answered) this.answered++;
    }
  }

  /** A hit was found in the database. */
  find(hit: number): void {
    this.makeRoom(hit);
    this.found[hit] = Math.min(255, (this.found[hit] ?? 0) + 1);
  }

  /** Before the database is searched again. */
  forgetFound(): void {
    this.found.fill(0);
  }

  compare(): Reconciled {
    const sum = { answered: 0, stored: 0, lost: 0, unanswered: 0, refused: 0, doubled: 0 };
    for (let hit = 0; hit <= this.last; hit++) {
      const times = this.found[hit] ?? 0;
      if (times > 1) sum.doubled++;
      if (this.fates[hit] === fate.answered) {
        sum.answered++;
        if (times > 0) sum.stored++;
        else sum.lost++;
      } else if (times > 0) {
        if (this.fates[hit] === fate.refused) sum.refused++;
        else sum.unanswered++;
      }
    }
    return sum;
  }

  private makeRoom(hit: number): void {
    this.last = Math.max(this.last, hit);
    if (hit < this.fates.length) return;
    this.fates = grow(this.fates, hit);
    this.found = grow(this.found, hit);
  }
}

function grow(from: Uint8Array<ArrayBuffer>, hit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(hit + 1, from.length * 2));
  larger.set(from);
  return larger;
}
