// Prices of servers, disks and functions (../shared/data/prices.md, "Compute").
import type { Price } from './price';

const serverPrices = {
  'm8g.large': { P: 0.10472, F: 0.1075 },
  'm8g.xlarge': { P: 0.20944, F: 0.2151 },
  'm8g.2xlarge': { P: 0.41888, F: 0.4302 },
  'm7g.large': { P: 0.0952, F: 0.0978 },
  'm7g.xlarge': { P: 0.1904, F: 0.1955 },
  'm7g.2xlarge': { P: 0.3808, F: 0.391 },
  'c8g.large': { P: 0.09444, F: 0.0907 },
  'c8g.xlarge': { P: 0.18888, F: 0.1814 },
  'c8g.2xlarge': { P: 0.37776, F: 0.3628 },
  'c7g.large': { P: 0.0859, F: 0.0825 },
  'c7g.xlarge': { P: 0.1717, F: 0.1649 },
  'c7g.2xlarge': { P: 0.3434, F: 0.3298 },
} as const;

/** The price of a server type. @throws Error for a type without one */
export function serverPrice(type: string): Price {
  const by = Object.hasOwn(serverPrices, type) ? serverPrices[type as keyof typeof serverPrices] : undefined;
  if (by === undefined) {
    const known = Object.keys(serverPrices).join(', ');
    throw new Error(`server type: expected one of ${known}, got ${type}; add its price to lib/cost/prices/compute.ts`);
  }
  return { service: `EC2 ${type}`, unit: 'hour', by, sources: [2, 3] };
}

export const computePrices = {
  volumeGb: { service: 'EBS gp3', unit: 'GB-month', by: { P: 0.0928, F: 0.0952, V: 0.08 }, sources: [1, 5, 6, 9, 18] },
  volumeIops: { service: 'EBS gp3 above 3,000 IOPS', unit: 'IOPS-month', by: { F: 0.006, V: 0.005 }, sources: [18, 5], secondary: true },
  volumeThroughput: {
    service: 'EBS gp3 above 125 MiB/s',
    unit: 'MiB/s-month',
    by: { F: 0.0476, V: 0.04 },
    sources: [18, 5],
    secondary: true,
  },
  functionGbSecond: {
    service: 'Lambda arm64, first tier',
    unit: 'GB-second',
    by: { P: 0.0000133334, F: 0.0000133334 },
    sources: [1, 6, 8],
  },
  functionRequests: { service: 'Lambda requests', unit: 'million', by: { P: 0.2 }, sources: [1] },
} as const satisfies Readonly<Record<string, Price>>;
