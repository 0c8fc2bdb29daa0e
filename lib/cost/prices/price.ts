// The form of a price: US dollars of a unit by region, and the order in which other regions stand in.

/** Regions of the price table, by letter; `all` is one price for all or most regions. */
export const pricedRegions = {
  P: 'eu-west-3',
  F: 'eu-central-1',
  I: 'eu-west-1',
  L: 'eu-west-2',
  V: 'us-east-1',
  O: 'us-west-2',
  all: 'all regions',
} as const;

export type RegionLetter = keyof typeof pricedRegions;

/**
 * The order in which the price of another region stands in for a missing one: Paris, Frankfurt, London, Virginia, and
 * then the rest. Virginia is usually 10 to 20 % below Paris.
 */
export const fallbackOrder: readonly RegionLetter[] = ['P', 'F', 'L', 'V', 'I', 'O'];

/** One tier of a price: US dollars of a unit, up to this number of units a month in all. */
interface Tier {
  readonly upTo: number;
  readonly usd: number;
}

/** US dollars of a unit, or of each unit by tier. */
export type Rate = number | readonly Tier[];

export interface Price {
  readonly service: string;
  /** The unit as AWS bills it, such as `GB` or `hour`. */
  readonly unit: string;
  readonly by: Partial<Record<RegionLetter, Rate>>;
  /** Numbers in `sources`. */
  readonly sources: readonly number[];
  /** Whether no source is a price list or a page of prices. @default false */
  readonly secondary?: true;
}

/** A price as it applies in one region. */
export interface AppliedPrice {
  readonly price: Price;
  readonly rate: Rate;
  /** The region whose price it is. */
  readonly from: RegionLetter;
  /** Whether it is the price of another region. */
  readonly isFallback: boolean;
}

/** The price that applies in a region. @throws Error if no region has it */
export function applied(name: string, price: Price, region: string): AppliedPrice {
  const own = (Object.keys(pricedRegions) as RegionLetter[]).filter((letter) => pricedRegions[letter] === region || letter === 'all');
  for (const from of [...own, ...fallbackOrder]) {
    const rate = price.by[from];
    if (rate !== undefined) return { price, rate, from, isFallback: !own.includes(from) };
  }
  throw new Error(`${name}: expected a price of one region, got none; add it to lib/cost/prices`);
}

/** US dollars of a quantity. */
export function dollars(rate: Rate, quantity: number): number {
  if (typeof rate === 'number') return rate * quantity;
  let [sum, below] = [0, 0];
  for (const { upTo, usd } of rate) {
    sum += usd * Math.max(0, Math.min(quantity, upTo) - below);
    below = upTo;
  }
  return sum;
}
