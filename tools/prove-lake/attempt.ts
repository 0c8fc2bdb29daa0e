// One attempt to see or change what another site has.

export interface Attempt {
  readonly family: string;
  /** The attempt in a line, for the report of a find. */
  readonly what: string;
  /** Texts that the attacker has typed: they are no find when an error repeats them. */
  readonly typed?: string;
  /** Returns what the attacker sees. An error is seen, too. */
  readonly run: () => Promise<unknown>;
}

/** A source of random choices, the same for the same seed. */
export interface Chance {
  pick<T>(from: readonly T[]): T;
  /** Whether it happens, with a probability. */
  happens(probability: number): boolean;
}

export function chanceOf(random: () => number): Chance {
  return {
    pick: <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T,
    happens: (probability) => random() < probability,
  };
}
