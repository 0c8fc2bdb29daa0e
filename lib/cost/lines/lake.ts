// Costs of the objects of the lake for `keepMonths`: one of each site and day at least, in S3 Intelligent-Tiering. The
// lifecycle rule moves objects of 128 kB and more, and leaves smaller ones in S3 Standard. Nothing reads the lake in
// this model: an object that is read costs as a new one for 90 days. A hit is in the lake from its arrival here, ten
// days early.
import { daysInMonth } from '../prices/prices';
import { at, type Resource, refersTo } from '../resources';
import { lakeExportOf } from '../shape';
import { type Charge, type Context, charge } from './charge';

/** Whether the lake is in this bucket: the one that the environment of the export names. */
export function isLakeStore(bucket: Resource, { all }: Context): boolean {
  const properties = lakeExportOf(all)?.properties;
  return refersTo(at(properties, 'Environment', 'Variables', 'ARCHIVE_BUCKET'), bucket);
}

/** Storage of the lake, in the archive or in its replica, which has the same lifecycle. */
export const lakeStored = (context: Context): readonly Charge[] =>
  isTiered(context) ? tieredCharges(context) : [charge('lake, small objects', 'storageGb', monthsIn(context) * context.traffic.lakeGb)];

export const lakeCharges = (context: Context): readonly Charge[] => [
  ...lakeStored(context),
  charge('lake, objects written', 'puts', context.traffic.lakeObjects / 1000),
  // Before a day leaves the window, its objects are listed, and the digest of each is read.
  charge('lake, days examined', 'puts', context.traffic.lakeDays / 1000),
  charge('lake, digests read', 'gets', context.traffic.lakeObjects / 10_000),
];

const monthsIn = ({ traffic, shape }: Context): number => traffic.monthsKept(shape.keepMonths + 0.5);

/** The least size of an object that Intelligent-Tiering monitors and moves. ("How S3 Intelligent-Tiering works") */
const leastTiered = 128 * 1024;

const isTiered = ({ traffic }: Context): boolean => (traffic.lakeGb * 1e9) / traffic.lakeObjects >= leastTiered;

/** Months after which an object that nobody reads is in the tiers of infrequent and of archive instant access. */
const [infrequent, archive] = [30 / daysInMonth, 90 / daysInMonth];

function tieredCharges(context: Context): readonly Charge[] {
  const { traffic } = context;
  const kept = monthsIn(context);
  const [frequent, warm] = [Math.min(kept, infrequent), Math.min(kept, archive)];
  return [
    charge('lake', 'storageGb', traffic.lakeGb * frequent),
    charge('lake, unread for 30 days', 'infrequentGb', traffic.lakeGb * (warm - frequent)),
    charge('lake, unread for 90 days', 'archiveInstantGb', traffic.lakeGb * (kept - warm)),
    charge('lake, monitored objects', 'monitoredObjects', (traffic.lakeObjects * kept) / 1000),
    charge('lake, transitions', 'transitions', traffic.lakeObjects / 1000),
  ];
}
