// Costs of delivery to S3 and of the objects there: raw hits, the lake, flow records, access logs.

import { type Kept, keptIn } from '../kept';
import { daysInMonth, secondsInMonth } from '../prices/prices';
import { at, type Resource, refersTo } from '../resources';
import { type Charge, type Context, type Coster, charge, ofType } from './charge';
import { landingOf } from './compute';
import { isLakeStore, lakeCharges } from './lake';

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

export const storageLines: Readonly<Record<string, Coster>> = {
  'AWS::KinesisFirehose::DeliveryStream': delivery,
  'AWS::S3::Bucket': buckets,
};
