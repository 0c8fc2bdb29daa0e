// Costs of delivery to S3 and of the objects there: hits as JSON Lines or in the lake, flow records, access logs.
import { daysInMonth, secondsInMonth } from '../prices/prices';
import { at, listAt, type Resource, refersTo } from '../resources';
import { type Charge, type Context, type Coster, charge, ofType } from './charge';
import { landingOf } from './compute';
import { isLakeStore, lakeCharges } from './lake';

/** Objects a month that the delivery writes: one for each site and interval, or for each full file. */
export function deliveredObjects({ traffic }: Context): number {
  const { deliverySeconds, deliveryMb } = traffic.assumed;
  if (traffic.hits === 0) return 0;
  return Math.max((traffic.load.sites * secondsInMonth) / deliverySeconds, (traffic.hitGb * 1000) / deliveryMb);
}

const delivery: Coster = (_found, context) => {
  const { traffic, shape } = context;
  const form = shape.hitsLiveIn === 'database' ? 'json' : shape.lakeDelivery;
  if (form === 'ingest') return [charge('delivery by the ingest', 'deliveryGb', 0)];
  if (form === 'iceberg') return [charge('delivery', 'deliveryIcebergGb', traffic.hitGb)];
  return [
    charge('delivery', 'deliveryGb', traffic.hitGb),
    charge('partitioning', 'deliveryPartitionGb', traffic.hitGb),
    charge('partitioning, objects', 'deliveryObjects', deliveredObjects(context) / 1000),
    charge('conversion to Parquet', 'deliveryParquetGb', form === 'parquet' ? traffic.hitGb : 0),
  ];
};

interface LifecycleRule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly Transitions?: readonly { readonly TransitionInDays?: number }[];
}

/** The lifecycle rule of a prefix, or that of the whole bucket. */
function lifecycle(bucket: Resource, prefix?: string): LifecycleRule | undefined {
  const rules = listAt(bucket.properties, 'LifecycleConfiguration', 'Rules') as readonly LifecycleRule[];
  const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
  return expiring.find(({ Prefix }) => Prefix !== undefined && Prefix === prefix) ?? expiring.find(({ Prefix }) => Prefix === undefined);
}

/** Storage of a flow of GB a month, warm until its transition and cold until its end. */
function storedCharges(item: string, gbMonth: number, rule: LifecycleRule | undefined, { traffic }: Context): readonly Charge[] {
  const days = rule?.ExpirationInDays ?? Number.POSITIVE_INFINITY;
  const transition = rule?.Transitions?.[0]?.TransitionInDays ?? days;
  const kept = traffic.monthsKept(days / daysInMonth);
  const warm = traffic.monthsKept(transition / daysInMonth);
  return [charge(item, 'storageGb', gbMonth * warm), charge(`${item}, cold`, 'coldGb', gbMonth * (kept - warm))];
}

/** Buckets without a flow of the load, such as uploads and dead letters, have no charge in this model. */
const buckets: Coster = (found, context) => found.flatMap((bucket) => bucketCharges(bucket, context));

function bucketCharges(bucket: Resource, context: Context): readonly Charge[] {
  const { traffic, shape } = context;
  const { flowCompression, quietFlowGb, textCompression } = traffic.assumed;
  const receives = (type: string): boolean => ofType(context, type).some(({ properties }) => refersTo(properties, bucket));
  const charges: Charge[] = [];
  if (receives('AWS::EC2::FlowLog')) {
    charges.push(...storedCharges('flow records', (traffic.flowGb + quietFlowGb) / flowCompression, lifecycle(bucket), context));
  }
  if (isAccessLogs(bucket, context)) {
    charges.push(...storedCharges('access logs', traffic.accessLogGb / textCompression, lifecycle(bucket), context));
  }
  if (shape.hitsLiveIn === 'database' && receives('AWS::KinesisFirehose::DeliveryStream')) {
    charges.push(...storedCharges('archived hits', traffic.hitGb / textCompression, lifecycle(bucket, 'hits/'), context));
  }
  if (shape.hitsLiveIn === 'lake' && isLakeStore(bucket, context)) charges.push(...lakeCharges(context));
  return charges;
}

/** The bucket that the redaction of access logs writes: the one beside the landing bucket in its environment. */
function isAccessLogs(bucket: Resource, context: Context): boolean {
  const landing = landingOf(context);
  if (landing === undefined || bucket === landing) return false;
  return ofType(context, 'AWS::Lambda::Function').some(
    ({ properties }) => refersTo(at(properties, 'Environment'), landing) && refersTo(at(properties, 'Environment'), bucket),
  );
}

const tableBuckets: Coster = (found, context) =>
  found.flatMap((bucket) => (context.shape.hitsLiveIn === 'lake' && isLakeStore(bucket, context) ? lakeCharges(context) : []));

export const storageLines: Readonly<Record<string, Coster>> = {
  'AWS::KinesisFirehose::DeliveryStream': delivery,
  'AWS::S3::Bucket': buckets,
  'AWS::S3Tables::TableBucket': tableBuckets,
};
