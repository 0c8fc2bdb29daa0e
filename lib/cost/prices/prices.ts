// The price table: on demand, US dollars, without tax, credits, commitments or support. Collected 2026-11-28; those of
// S3 Intelligent-Tiering 2026-11-30. A month has 730 hours.
import { computePrices } from './compute';
import { dataPrices } from './data';
import { networkPrices } from './network';
import { recordPrices } from './records';

export const prices = { ...networkPrices, ...computePrices, ...dataPrices, ...recordPrices } as const;

export type PriceName = keyof typeof prices;

export const hoursInMonth = 730;
export const daysInMonth = hoursInMonth / 24;
export const secondsInMonth = hoursInMonth * 3600;
