// The fleet: its instance types in every zone of both regions, and its warm pool beside the mixed instances policy.
import { DescribeWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource } from '../templates';

/** Zones that a deployment spans (TOM-6.3). */
const zoneCount = 3;

/** A type that a zone lacks can fail the whole request of a fleet, at home or in a recovery. (TOM-6.1, TOM-6.10) */
export function offeringCheck({ account, site: { settings } }: Deployment): Check {
  const { instanceTypes } = settings.collection;
  const run = async (): Promise<readonly Line[]> => {
    const regions = [settings.region, settings.recoveryRegion];
    return (await Promise.all(regions.map((region) => offeringLines(account.ec2In(region), region, instanceTypes)))).flat();
  };
  return { name: 'instance types in each zone', run };
}

async function offeringLines(ec2: EC2Client, region: string, types: readonly string[]): Promise<readonly Line[]> {
  const zones = await zonesOf(ec2);
  const { InstanceTypeOfferings: offerings = [] } = await ec2.send(
    new DescribeInstanceTypeOfferingsCommand({
      LocationType: 'availability-zone',
      Filters: [{ Name: 'instance-type', Values: [...types] }],
    }),
  );
  return types.map((type): Line => {
    const offered = offerings.filter(({ InstanceType }) => InstanceType === type).map(({ Location }) => Location ?? '');
    const missing = zones.filter((zone) => !offered.includes(zone));
    const ready = zones.length === zoneCount && missing.length === 0;
    return {
      check: `${type} in ${region}`,
      verdict: ready ? 'ready' : 'change',
      found: missing.length > 0 ? `not offered in ${missing.join(', ')}` : `offered in ${zones.join(', ') || 'no zone'}`,
      wanted: 'offered in each of the three zones; choose other collection.instanceTypes otherwise',
      command: `aws ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=${type} --region ${region}`,
    };
  });
}

/**
 * The zones that the templates choose: the first three with a default subnet, or of all where none has one
 * ("Fn::GetAZs").
 */
async function zonesOf(ec2: EC2Client): Promise<readonly string[]> {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] }));
  const { AvailabilityZones = [] } = await ec2.send(
    new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }] }),
  );
  const own = Subnets.map(({ AvailabilityZone = '' }) => AvailabilityZone);
  const all = AvailabilityZones.map(({ ZoneName = '' }) => ZoneName);
  return [...new Set(own.length > 0 ? own.filter((zone) => all.includes(zone)) : all)].sort().slice(0, zoneCount);
}

/** Where `collection.warmPool` is set, the fleet has a warm pool beside its mixed instances policy. (TOM-6.9) */
export function warmPoolCheck({ account: { autoScaling, region }, resources, deployed }: Deployment): Check {
  const lineOf = async ({ stack, logicalId, properties }: Resource): Promise<Line> => {
    const group = (properties.AutoScalingGroupName as { readonly Ref?: string } | undefined)?.Ref ?? '';
    const check = `warm pool ${logicalId} of ${stack}`;
    const wanted = `at least ${properties.MinSize ?? 0} servers, stopped`;
    const AutoScalingGroupName = await deployed.find({ stack, logicalId: group });
    if (AutoScalingGroupName === undefined) return laterLine(check, wanted);
    const { WarmPoolConfiguration: pool } = await autoScaling.send(new DescribeWarmPoolCommand({ AutoScalingGroupName }));
    const ready = pool !== undefined && pool.Status === undefined && (pool.MinSize ?? 0) >= Number(properties.MinSize ?? 0);
    return {
      check,
      verdict: ready ? 'ready' : 'change',
      found: pool === undefined ? 'no warm pool' : `at least ${pool.MinSize ?? 0} servers${pool.Status ? `, ${pool.Status}` : ''}`,
      wanted,
      command: `aws autoscaling describe-warm-pool --auto-scaling-group-name ${AutoScalingGroupName} --region ${region}`,
    };
  };
  return { name: 'warm pool', run: () => Promise.all(ofType(resources, 'AWS::AutoScaling::WarmPool').map(lineOf)) };
}
