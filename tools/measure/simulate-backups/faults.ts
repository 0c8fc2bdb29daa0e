// The faults of the simulation: what befalls one job, and what befalls the account for hours.

/** What becomes of a backup job or a copy job. */
export type Fate = 'good' | 'failed' | 'partial' | 'slow' | 'dated ahead' | 'under another key' | 'not encrypted' | 'kept for 35 days';

/** What befalls the account, and for how long, in hours. */
export const spells = {
  'all backup jobs fail': [10, 70],
  'all copy jobs fail': [10, 70],
  'jobs of one store fail': [10, 70],
  'a vault denies': [5, 20],
  'buckets deny': [5, 20],
  'calls are throttled': [1, 3],
  'the function is not started': [5, 12],
  'a bucket reports no events': [5, 40],
  'a bucket has no versions': [5, 40],
  'a continuous backup is stopped': [5, 30],
  'a point is deleted early': [12, 12],
  'a point is not deleted': [60, 60],
  'a point expires undeleted': [24, 24],
  'the lock is removed': [5, 20],
  'native backups are shortened': [5, 20],
  'a manual snapshot is left': [24, 24],
  'a restore test leaves a cluster': [36, 36],
  'a restore test leaves a bucket': [150, 150],
  'a store vanishes': [5, 20],
} as const satisfies Readonly<Record<string, readonly [least: number, most: number]>>;
export type SpellKind = keyof typeof spells;

/** Probability of each fate of a job; the rest is good. */
const fates: readonly (readonly [Fate, number])[] = [
  ['failed', 0.02],
  ['partial', 0.01],
  ['slow', 0.03],
  ['dated ahead', 0.01],
  ['under another key', 0.005],
  ['not encrypted', 0.005],
  ['kept for 35 days', 0.005],
];

/** Probability of each spell to begin in a night. */
const spellRate = 0.03;

/** Draws faults; without a rate there are none. */
export class Faults {
  readonly counts: Record<string, number> = {};

  constructor(
    private readonly random: () => number,
    private readonly rate = 1,
  ) {}

  between(least: number, most: number): number {
    return least + this.random() * (most - least);
  }

  one<Item>(items: readonly Item[]): Item {
    const chosen = items[Math.floor(this.random() * items.length)];
    if (chosen === undefined) throw new Error('faults: expected an item to choose, got none');
    return chosen;
  }

  fate(): Fate {
    let drawn = this.random();
    for (const [fate, probability] of fates) {
      drawn -= probability * this.rate;
      if (drawn < 0) return this.count(fate);
    }
    return 'good';
  }

  /** Spells that begin in a night, each with its duration in hours. */
  begun(): (readonly [kind: SpellKind, hours: number])[] {
    const kinds = (Object.keys(spells) as SpellKind[]).filter(() => this.random() < spellRate * this.rate);
    return kinds.map((kind) => {
      const [least, most] = spells[kind];
      return [this.count(kind), this.between(least, most)] as const;
    });
  }

  private count<Kind extends string>(kind: Kind): Kind {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    return kind;
  }
}
