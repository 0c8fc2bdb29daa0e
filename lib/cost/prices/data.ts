// Prices of database, stream, delivery and storage (../shared/data/prices.md, "Data"), and of the lake.
import type { Price } from './price';

/** Virtual processors and US dollars an hour by class. */
const classes = {
  'db.t4g.medium': { processors: 2, usd: 0.073 },
  'db.r7g.large': { processors: 2, usd: 0.276 },
  'db.r7g.xlarge': { processors: 4, usd: 0.553 },
  'db.r7g.2xlarge': { processors: 8, usd: 1.106 },
  'db.r7g.4xlarge': { processors: 16, usd: 2.211 },
} as const;

/** A class of database instance other than `db.serverless`. @throws Error for a class without a price */
export function databaseClass(name: string): { readonly price: Price; readonly processors: number } {
  if (!Object.hasOwn(classes, name)) {
    const known = Object.keys(classes).join(', ');
    throw new Error(`database class: expected db.serverless or one of ${known}, got ${name}; add its price to lib/cost/prices/data.ts`);
  }
  const { processors, usd } = classes[name as keyof typeof classes];
  return { processors, price: { service: `Aurora ${name}`, unit: 'hour', by: { V: usd }, sources: [21], secondary: true } };
}

export const dataPrices = {
  acuHour: { service: 'Aurora Serverless v2', unit: 'ACU-hour', by: { F: 0.14, V: 0.12 }, sources: [5, 7, 8] },
  databaseGb: { service: 'Aurora storage', unit: 'GB-month', by: { F: 0.119, V: 0.1 }, sources: [5, 7, 8] },
  databaseBackupGb: { service: 'Aurora backup beyond the size of the cluster', unit: 'GB-month', by: { V: 0.021 }, sources: [5] },
  // Of us-west-1, the one region with a figure.
  vaultDatabaseGb: { service: 'AWS Backup of Aurora', unit: 'GB-month', by: { V: 0.024 }, sources: [5] },
  // No fee for the copy was found; transfer between regions.
  vaultCopyGb: { service: 'Transfer of copies to another region', unit: 'GB', by: { P: 0.02 }, sources: [1] },
  databaseIo: { service: 'Aurora I/O', unit: 'million', by: { F: 0.22, V: 0.2 }, sources: [5, 7, 8] },
  proxyAcuHour: { service: 'RDS Proxy', unit: 'ACU-hour or vCPU-hour', by: { F: 0.018 }, sources: [7, 22] },
  streamHour: { service: 'Kinesis on demand', unit: 'hour', by: { V: 0.04 }, sources: [5, 11] },
  streamInGb: { service: 'Kinesis on demand, in', unit: 'GB', by: { V: 0.08 }, sources: [5, 11] },
  streamOutGb: { service: 'Kinesis on demand, out', unit: 'GB', by: { V: 0.04 }, sources: [5, 11] },
  streamFanOutGb: { service: 'Kinesis on demand, fan-out', unit: 'GB', by: { V: 0.05 }, sources: [5] },
  streamKeptGb: { service: 'Kinesis, 24 hours to 7 days', unit: 'GB-month', by: { V: 0.1 }, sources: [5] },
  advantageInGb: { service: 'Kinesis advantage, in', unit: 'GB, 25 MB/s at least', by: { V: 0.032 }, sources: [11] },
  advantageOutGb: { service: 'Kinesis advantage, out', unit: 'GB', by: { V: 0.016 }, sources: [11] },
  shardHour: { service: 'Kinesis provisioned', unit: 'shard-hour', by: { F: 0.018, V: 0.015 }, sources: [5, 10] },
  shardPuts: { service: 'Kinesis PUT units of 25 kB', unit: 'million', by: { F: 0.0175, V: 0.014 }, sources: [5, 10] },
  shardKeptHour: { service: 'Kinesis provisioned, to 7 days', unit: 'shard-hour', by: { V: 0.02 }, sources: [5] },
  fanOutHour: { service: 'Kinesis fan-out', unit: 'consumer-shard-hour', by: { V: 0.015 }, sources: [5] },
  fanOutGb: { service: 'Kinesis provisioned, fan-out', unit: 'GB', by: { V: 0.013 }, sources: [5] },
  deliveryGb: { service: 'Firehose', unit: 'GB', by: { L: 0.035, V: 0.029 }, sources: [5, 23] },
  deliveryPartitionGb: { service: 'Firehose partitioning', unit: 'GB', by: { V: 0.02 }, sources: [23], secondary: true },
  deliveryObjects: { service: 'Firehose partitioning', unit: '1,000 objects', by: { V: 0.005 }, sources: [23], secondary: true },
  storageGb: { service: 'S3 Standard', unit: 'GB-month', by: { P: 0.024, F: 0.0245 }, sources: [1, 7, 8] },
  coldGb: { service: 'S3 Glacier Instant Retrieval', unit: 'GB-month', by: { V: 0.004 }, sources: [25], secondary: true },
  // Archive instant access costs as Glacier Instant Retrieval.
  infrequentGb: { service: 'S3 Intelligent-Tiering, after 30 days', unit: 'GB-month', by: { V: 0.0125 }, sources: [5] },
  archiveInstantGb: {
    service: 'S3 Intelligent-Tiering, after 90 days',
    unit: 'GB-month',
    by: { V: 0.004 },
    sources: [24],
    secondary: true,
  },
  monitoredObjects: {
    service: 'S3 Intelligent-Tiering, objects of 128 kB',
    unit: '1,000 objects-month',
    by: { V: 0.0025 },
    sources: [5],
  },
  transitions: { service: 'S3 lifecycle transitions', unit: '1,000', by: { V: 0.01 }, sources: [5] },
  replicationGb: { service: 'S3 replication with time control', unit: 'GB', by: { P: 0.015 }, sources: [24], secondary: true },
  puts: { service: 'S3 PUT', unit: '1,000', by: { P: 0.0053, F: 0.0054 }, sources: [1, 8] },
  gets: { service: 'S3 GET', unit: '10,000', by: { P: 0.0042, F: 0.0043 }, sources: [1, 8] },
} as const satisfies Readonly<Record<string, Price>>;
