// Costs of delivery to S3 and of the objects there: raw hits, the lake, flow records, access logs.

import { type Kept, keptIn } from '../kept';
import { daysInMonth, secondsInMonth } from '../prices/prices';
import { at, listAt, type Resource, refersTo } from '../resources';
import { type Charge, type Context, type Coster, charge, ofType } from './charge';
import { landingOf } from './compute';
import { isLakeStore, lakeCharges, lakeStored } from './lake';

/** Objects of the delivery a month: one for each interval, of each site if it writes by site, or each full file. */
export function deliveredObjects({ traffic, shape }: Context): number {
  const { deliverySeconds, deliveryMb } = traffic.assumed;
  if (traffic.hits === 0) return 0;
  const partitions = shape.deliveryBySite ? traffic.load.sites : 1;
  return Math.max((partitions * secondsInMonth) / deliverySeconds, (traffic.hitGb * 1000) / deliveryMb);
}

const delivery: Coster = (_found, context) => {
  const { traffic, shape } = context;
  return [
    charge('delivery', 'deliveryGb', traffic.hitGb),
    charge('partitioning', 'deliveryPartitionGb', shape.deliveryBySite ? traffic.hitGb : 0),
    charge('partitioning, objects', 'deliveryObjects', shape.deliveryBySite ? deliveredObjects(context) / 1000 : 0),
  ];
};

/** Storage of a flow of GB a month: warm until its transition, cold until its end, then versions of that class. */
function storedCharges(
  item: string,
  gbMonth: number,
  { days, coldDays = days, versionDays }: Kept,
  { traffic }: Context,
): readonly Charge[] {
  const [warm, kept, versions] = [Math.min(coldDays, days), days, days + versionDays].map((end) =>
    traffic.monthsKept(end / daysInMonth),
  ) as [number, number, number];
  return [
    charge(item, 'storageGb', gbMonth * warm),
    charge(`${item}, cold`, 'coldGb', gbMonth * (kept - warm)),
    charge(`${item}, versions`, coldDays < days ? 'coldGb' : 'storageGb', gbMonth * (versions - kept)),
  ];
}

/** Buckets without a flow of the load, such as uploads and dead letters, have no charge in this model. */
const buckets: Coster = (found, context) => found.flatMap((bucket) => bucketCharges(bucket, context));

function bucketCharges(bucket: Resource, context: Context): readonly Charge[] {
  const { traffic, shape } = context;
  const { flowCompression, quietFlowGb, textCompression } = traffic.assumed;
  const receives = (type: string): boolean => ofType(context, type).some(({ properties }) => refersTo(properties, bucket));
  const charges: Charge[] = [];
  if (receives('AWS::EC2::FlowLog')) {
    charges.push(...storedCharges('flow records', (traffic.flowGb + quietFlowGb) / flowCompression, keptIn(bucket), context));
  }
  if (isAccessLogs(bucket, context)) {
    charges.push(...storedCharges('access logs', traffic.accessLogGb / textCompression, keptIn(bucket), context));
  }
  if (receives('AWS::KinesisFirehose::DeliveryStream')) {
    charges.push(...storedCharges('raw hits', traffic.hitGb / textCompression, shape.rawHits, context));
  }
  if (shape.hitsLiveIn === 'lake' && isLakeStore(bucket, context)) charges.push(...lakeCharges(context));
  const rules = listAt(bucket.properties, 'ReplicationConfiguration', 'Rules');
  if (rules.length > 0) charges.push(...replicationCharges(rules.length, context));
  if (isReplica(bucket, context)) charges.push(...replicaCharges(context));
  return charges;
}

/** Metrics that S3 publishes for each rule of a replication. ("Using S3 Replication metrics") */
const replicationMetrics = 4;

/** GB of raw hits and of the lake that are written a month. */
const archivedGb = ({ traffic, shape }: Context): number =>
  traffic.hitGb / traffic.assumed.textCompression + (shape.hitsLiveIn === 'lake' ? traffic.lakeGb : 0);

/** Each object is written to the other region: a request, its transfer and its time control. */
function replicationCharges(rules: number, context: Context): readonly Charge[] {
  const objects = deliveredObjects(context) + (context.shape.hitsLiveIn === 'lake' ? context.traffic.lakeObjects : 0);
  return [
    charge('replication, time control', 'replicationGb', archivedGb(context)),
    charge('replication, transfer', 'vaultCopyGb', archivedGb(context)),
    charge('replication, objects written', 'puts', objects / 1000),
    charge('replication, metrics', 'metricMonth', rules * replicationMetrics),
  ];
}

/** Whether a bucket is the one to which the archive is replicated, by its name. */
const isReplica = ({ properties }: Resource, context: Context): boolean => {
  const name = JSON.stringify(at(properties, 'BucketName') ?? '');
  return (
    name.includes('-replica-') && ofType(context, 'AWS::S3::Bucket').some((bucket) => at(bucket.properties, 'ReplicationConfiguration'))
  );
};

const replicaCharges = (context: Context): readonly Charge[] => [
  ...storedCharges('replica of raw hits', context.traffic.hitGb / context.traffic.assumed.textCompression, context.shape.rawHits, context),
  ...(context.shape.hitsLiveIn === 'lake' ? lakeStored(context).map((each) => ({ ...each, item: `replica of the ${each.item}` })) : []),
];

/** The bucket that the redaction of access logs writes: the one beside the landing bucket in its environment. */
function isAccessLogs(bucket: Resource, context: Context): boolean {
  const landing = landingOf(context);
  if (landing === undefined || bucket === landing) return false;
  return ofType(context, 'AWS::Lambda::Function').some(
    ({ properties }) => refersTo(at(properties, 'Environment'), landing) && refersTo(at(properties, 'Environment'), bucket),
  );
}

export const storageLines: Readonly<Record<string, Coster>> = {
  'AWS::KinesisFirehose::DeliveryStream': delivery,
  'AWS::S3::Bucket': buckets,
};
