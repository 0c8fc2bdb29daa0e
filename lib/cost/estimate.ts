// The cost of a deployment in one month, from its synthesized templates, a load and the assumptions. Nothing is
// measured on an account; tax, support, other environments and commitments are left out.
import { type Assumed, assumed } from './assumptions';
import { freeReason } from './free-types';
import type { Charge, Context, Coster } from './lines/charge';
import { computeLines } from './lines/compute';
import { dataLines } from './lines/data';
import { edgeLines } from './lines/edge';
import { networkLines } from './lines/network';
import { recordLines } from './lines/records';
import { storageLines } from './lines/storage';
import { type AppliedPrice, applied, dollars } from './prices/price';
import { prices } from './prices/prices';
import { type CostedStack, type Resource, resourcesOf } from './resources';
import { type Shape, shapeOf } from './shape';
import { type Load, Traffic } from './traffic';

/** One line of a bill: a quantity at one price. */
export interface CostLine {
  readonly stack: string;
  /** The resource type. */
  readonly type: string;
  readonly item: string;
  readonly quantity: number;
  readonly applied: AppliedPrice;
  /** US dollars of the month. */
  readonly usd: number;
}

/** The replaced values of a what-if. */
export interface Changes {
  readonly shape?: Partial<Shape>;
  readonly load?: Partial<Load>;
  readonly assumed?: Partial<Assumed>;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** US dollars of the month. */
  readonly usd: number;
  /** US dollars of a million hits; undefined without a load. */
  readonly usdPerMillion: number | undefined;
  readonly traffic: Traffic;
  readonly shape: Shape;
}

const costers: Readonly<Record<string, Coster>> = {
  ...networkLines,
  ...edgeLines,
  ...computeLines,
  ...dataLines,
  ...storageLines,
  ...recordLines,
};

/** Resource types with cost lines. */
export const costedTypes: readonly string[] = Object.keys(costers);

/**
 * Estimates one month.
 *
 * @throws Error for a resource type that has neither a cost line nor a reason for having none
 */
export function estimate(stacks: readonly CostedStack[], load: Load, changes: Changes = {}): Estimate {
  const all = resourcesOf(stacks);
  refuseUnpriced(all);
  const shape = { ...shapeOf(all), ...changes.shape };
  const traffic = new Traffic({ ...load, ...changes.load }, shape, assumed(changes.assumed));
  const region = stacks[0]?.region ?? '';
  const lines = groups(all).flatMap(({ stack, type, found }) => {
    const charges = costers[type]?.(found, { traffic, shape, all } satisfies Context) ?? [];
    return charges.map((each) => lineOf(stack, type, each, region)).filter(({ quantity, item }) => quantity > 0 || item.includes('waived'));
  });
  const usd = lines.reduce((sum, line) => sum + line.usd, 0);
  return { lines, usd, usdPerMillion: traffic.hits === 0 ? undefined : usd / (traffic.hits / 1e6), traffic, shape };
}

function refuseUnpriced(all: readonly Resource[]): void {
  const unpriced = [...new Set(all.map(({ type }) => type))].filter(
    (type) => !Object.hasOwn(costers, type) && freeReason(type) === undefined,
  );
  if (unpriced.length === 0) return;
  const remedy = 'add a line to lib/cost/lines, or a reason to lib/cost/free-types.ts';
  throw new Error(`cost: expected a cost line or a reason for each resource type, got none for ${unpriced.sort().join(', ')}; ${remedy}`);
}

function lineOf(stack: string, type: string, { item, price, quantity }: Charge, region: string): CostLine {
  const [name, found] = typeof price === 'string' ? [price, prices[price]] : [price.service, price];
  const at = applied(name, found, region);
  return { stack, type, item, quantity, applied: at, usd: dollars(at.rate, quantity) };
}

interface Group {
  readonly stack: string;
  readonly type: string;
  readonly found: Resource[];
}

/** The resources of each type in each stack, in the order of the templates. */
function groups(all: readonly Resource[]): readonly Group[] {
  const byKey = new Map<string, Group>();
  for (const resource of all) {
    const { stack, type } = resource;
    const key = `${stack} ${type}`;
    const group = byKey.get(key) ?? { stack, type, found: [] };
    group.found.push(resource);
    byKey.set(key, group);
  }
  return [...byKey.values()];
}
