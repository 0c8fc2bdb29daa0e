// Costs of the lake: column files for `keepMonths`, their compaction, and the queries of sites.
import { daysInMonth, secondsInMonth } from '../prices/prices';
import { type Resource, refersTo } from '../resources';
import { type Charge, type Context, charge, ofType } from './charge';

const tableBucketType = 'AWS::S3Tables::TableBucket';

/** Whether the lake is in this resource: the first table bucket, or else the bucket of the delivery. */
export function isLakeStore(resource: Resource, context: Context): boolean {
  const tables = ofType(context, tableBucketType);
  if (tables.length > 0) return resource === tables[0];
  return ofType(context, 'AWS::KinesisFirehose::DeliveryStream').some(({ properties }) => refersTo(properties, resource));
}

export const lakeCharges = (context: Context): readonly Charge[] => [
  ...(context.shape.lakeStore === 'tables' ? tableStorage(context) : bucketStorage(context)),
  charge('lake, files written', 'puts', filesWritten(context) / 1000),
  charge('lake, reads', 'gets', queryReads(context) / 10_000),
  ...queries(context),
];

/** GB in the lake on average in this month. */
const lakeGb = ({ traffic, shape }: Context): number => traffic.lakeGb * traffic.monthsKept(shape.keepMonths + 0.5);

/** Data files that the delivery writes before compaction: one for each partition of sites and interval. */
export function filesWritten({ traffic }: Context): number {
  const { lakeBuckets, deliverySeconds, deliveryMb } = traffic.assumed;
  if (traffic.hits === 0) return 0;
  const partitions = Math.min(lakeBuckets, traffic.load.sites);
  return Math.max((partitions * secondsInMonth) / deliverySeconds, (traffic.lakeGb * 1000) / deliveryMb);
}

const bucketStorage = (context: Context): readonly Charge[] => {
  const { traffic, shape } = context;
  const kept = lakeGb(context);
  const warmMonths = shape.lakeColdDays === undefined ? Number.POSITIVE_INFINITY : shape.lakeColdDays / daysInMonth;
  const warm = Math.min(kept, traffic.lakeGb * warmMonths);
  return [
    charge('lake', 'storageGb', warm),
    charge('lake, cold', 'coldGb', kept - warm),
    charge('lake, compaction', 'glueDpuHour', traffic.lakeGb * traffic.assumed.compactionDpuHours),
  ];
};

const tableStorage = (context: Context): readonly Charge[] => [
  charge('lake', 'tableGb', lakeGb(context)),
  charge('lake, monitored objects', 'tableObjects', lakeGb(context) / context.traffic.assumed.lakeFileMb),
  charge('lake, compaction', 'tableCompactedGb', context.traffic.lakeGb),
  charge('lake, compacted objects', 'tableCompactedObjects', filesWritten(context) / 1000),
];

/** Reads of objects by the queries of sites in a month. */
export function queryReads({ traffic, shape }: Context): number {
  const { siteQueries, queriedDays, fileReads } = traffic.assumed;
  if (shape.hitsLiveIn === 'database' || traffic.hits === 0) return 0;
  return traffic.load.sites * siteQueries * daysInMonth * queriedDays * fileReads;
}

/** The least that Athena bills of a query is 10 MB. (Athena pricing) */
const leastScanned = 0.01;

const queries = ({ traffic }: Context): readonly Charge[] => {
  const { siteQueries, queriedDays, queriedShare } = traffic.assumed;
  if (traffic.hits === 0) return [];
  const siteGbDay = traffic.lakeGb / daysInMonth / traffic.load.sites;
  const scanned = Math.max(leastScanned, siteGbDay * queriedDays * queriedShare);
  return [charge('lake, queries', 'queryTb', (traffic.load.sites * siteQueries * daysInMonth * scanned) / 1000)];
};
