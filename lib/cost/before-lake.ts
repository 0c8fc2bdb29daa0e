// The what-if of a deployment before the lake. (ADR 22)
import type { Changes } from './estimate';

/** Days of the longest month, by which the lifecycle of raw hits counted. */
const monthDays = 31;

/** Every hit in the database for `keepMonths`, and raw hits as long, delivered by site and cold after 90 days. */
export const beforeLake = (keepMonths: number): Changes => ({
  shape: {
    hitsLiveIn: 'database',
    deliveryBySite: true,
    rawHits: { days: (keepMonths + 1) * monthDays, coldDays: 90, versionDays: 30 },
  },
});
