// The estimate as JSON, for the review of changes and for other tools.
import type { Estimate } from '../../lib/cost/estimate';
import type { Saving } from '../../lib/cost/levers';
import { isPossible } from '../../lib/cost/limits';
import { pricedRegions } from '../../lib/cost/prices/price';

export const estimateValue = (estimate: Estimate) => ({
  load: estimate.traffic.load,
  shape: estimate.shape,
  possible: isPossible(estimate),
  usd: cents(estimate.usd),
  usdPerMillion: estimate.usdPerMillion === undefined ? undefined : cents(estimate.usdPerMillion),
  lines: estimate.lines.map(({ stack, type, item, quantity, usd, applied: { price, from, isFallback } }) => ({
    stack,
    type,
    item,
    quantity,
    unit: price.unit,
    usd: cents(usd),
    service: price.service,
    region: pricedRegions[from],
    fallback: isFallback,
    secondary: price.secondary === true,
    sources: price.sources,
  })),
});

export const savingsValue = (saved: readonly Saving[]) =>
  saved.map(({ lever: { name, title, setting, givesUp, clauses }, usd }) => ({ name, title, setting, usd: cents(usd), givesUp, clauses }));

const cents = (usd: number): number => Math.round(usd * 100) / 100;
