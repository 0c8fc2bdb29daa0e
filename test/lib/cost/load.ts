// Loads and templates that the tests of the cost share.
import { beforeLake } from '../../../lib/cost/before-lake';
import type { Changes, CostLine, Estimate } from '../../../lib/cost/estimate';
import type { CostedStack } from '../../../lib/cost/resources';
import type { Load } from '../../../lib/cost/traffic';
import { synthesized } from '../../synthesized/synthesized';

export const load = (hitsPerSecond: number, month = 1, changes: Partial<Load> = {}): Load => ({
  hitsPerSecond,
  sites: 100,
  hitsPerRequest: 1,
  month,
  ...changes,
});

/** The settings of the figures in ../shared/data/prices.md and of those by hand; the defaults are cheaper since. */
export const asPriced = { idleSeconds: 60, ingestSeconds: 1, loneReaders: 0 } as const;

/** These settings, and every hit in the database for 25 months. */
export const asPricedBefore: Changes = { ...beforeLake(25), shape: { ...beforeLake(25).shape, ...asPriced } };

export const production = (): readonly CostedStack[] => synthesized('production').stacks;

/** US dollars of the lines of a type whose items match. */
export const sum = ({ lines }: Estimate, type: string, item = /./): number =>
  lines.filter((line: CostLine) => line.type === `AWS::${type}` && item.test(line.item)).reduce((total, { usd }) => total + usd, 0);

/** A stack with these resources, in Paris. */
export const stackOf = (Resources: Record<string, { Type: string; Properties?: object }>, name = 'production-data'): CostedStack => ({
  name,
  region: 'eu-west-3',
  template: { Resources },
});
