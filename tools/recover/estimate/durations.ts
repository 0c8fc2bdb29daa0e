// How long the creation of a resource takes: figures of public sources, in minutes, of 2026-11-30.
import { isObject, type Resource } from '../../../lib/tom/template/assembly';

/** Minutes of one task, and where they come from. */
export interface Duration {
  /** What most deployments see. */
  readonly expected: number;
  /** The longest time that a source reports. */
  readonly slow: number;
  /** Title or thread of the source; `assumed` where none was found. */
  readonly source: string;
}

/** Names for the sources that several types have. */
const instances = 'terraform-provider-aws#7031';
const ordinary = 'unbounce/iidy#145: a role takes 20 s; cyberark/cyberark-aws-auto-onboarding#9: functions and tables, 1 to 10 s';
const waiting = 'longest wait of the function that stands behind it';

/**
 * Types that take longer than most. A type has one figure, whatever its properties; the exceptions are `byProperties`.
 */
const byType: Readonly<Record<string, Duration>> = {
  'AWS::CertificateManager::Certificate': { expected: 5, slow: 30, source: 'assumed: validation by DNS' },
  'AWS::EC2::ClientVpnTargetNetworkAssociation': { expected: 14, slow: 17, source: 'terraform-provider-aws#37390' },
  'AWS::EC2::InstanceConnectEndpoint': { expected: 3, slow: 5, source: 'assumed' },
  'AWS::EC2::NatGateway': { expected: 3.5, slow: 5, source: 'terraform-provider-aws#38363' },
  'AWS::EC2::VPCBlockPublicAccessOptions': { expected: 1, slow: 5, source: 'assumed' },
  'AWS::EC2::VPNConnection': { expected: 4, slow: 15, source: 'terraform-provider-aws#19132' },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { expected: 2.9, slow: 5, source: 'DataBiosphere/azul#5780' },
  'AWS::Kinesis::Stream': { expected: 0.7, slow: 2, source: 'assumed' },
  'AWS::KinesisFirehose::DeliveryStream': { expected: 1.5, slow: 3, source: 'assumed' },
  'AWS::NetworkFirewall::Firewall': {
    expected: 6,
    slow: 11,
    source: 'terraform-provider-aws#34888: stack of a firewall; #16277: creation and deletion in 656 s',
  },
  'AWS::RDS::DBInstance': { expected: 10, slow: 15, source: instances },
  'AWS::RDS::DBProxy': { expected: 8, slow: 10, source: 'terraform-provider-aws#23560' },
  'AWS::RDS::DBProxyTargetGroup': { expected: 1, slow: 5, source: 'assumed' },
  'AWS::WAFv2::WebACLAssociation': { expected: 0.5, slow: 5, source: 'assumed' },
  'Custom::Certificate': { expected: 2, slow: 15, source: waiting },
  'Custom::DatabaseMigrations': { expected: 1, slow: 15, source: waiting },
  'Custom::FirstDatapoint': { expected: 3, slow: 13, source: waiting },
  'Custom::FirstServers': { expected: 6, slow: 15, source: `${waiting}; a boot takes five minutes` },
};

const anyOther: Duration = { expected: 0.4, slow: 1, source: ordinary };
const interfaceEndpoint: Duration = { expected: 5, slow: 7, source: 'terraform-provider-aws#19132' };
const newNetworkInterface: Duration = {
  expected: 1.5,
  slow: 3,
  source: 'AWS Compute Blog, "Announcing improved VPC networking for AWS Lambda functions": up to 90 s',
};
const emptyCluster: Duration = { expected: 3, slow: 5, source: 'terraform-provider-aws#7031, #12867, #23560' };

/** Minutes of a restored cluster, by the gigabytes of its snapshot. Between two of them the time grows evenly. */
const restoredCluster: readonly { readonly gigabytes: number; readonly duration: Duration }[] = [
  {
    gigabytes: 10,
    duration: { expected: 19, slow: 30, source: 'recovery log of a team, eu-central-1, 2026: a copied recovery point in 19 min' },
  },
  { gigabytes: 1_000, duration: { expected: 32, slow: 60, source: 'fecgov/openFEC#4643: 32 min; hashicorp/terraform#8051: over 30 min' } },
  {
    gigabytes: 10_000,
    duration: {
      expected: 60,
      slow: 240,
      source:
        'assumed: a restore is "non-linear" in size (re:Post, "Why is my Aurora MySQL-Compatible DB cluster snapshot taking so long")',
    },
  },
];

export interface Measured {
  /** Minutes by resource type, measured in a drill; each stands for both figures. */
  readonly [type: string]: number;
}

/** The time of one resource. `gigabytes` is the size of the restored database. */
export function durationOf(resource: Resource, gigabytes: number, measured: Measured = {}): Duration {
  const own = measured[resource.type];
  if (own !== undefined) return { expected: own, slow: own, source: 'measured in a drill' };
  return byProperties(resource, gigabytes) ?? byType[resource.type] ?? anyOther;
}

function byProperties(resource: Resource, gigabytes: number): Duration | undefined {
  if (resource.type === 'AWS::EC2::VPCEndpoint') return resource.at('VpcEndpointType') === 'Interface' ? interfaceEndpoint : undefined;
  if (resource.type === 'AWS::Lambda::Function') return isObject(resource.at('VpcConfig')) ? newNetworkInterface : undefined;
  if (resource.type !== 'AWS::RDS::DBCluster') return undefined;
  return resource.at('SnapshotIdentifier') === undefined ? emptyCluster : restoreOf(gigabytes);
}

/** @throws RangeError for a size that no figure covers */
export function restoreOf(gigabytes: number): Duration {
  const above = restoredCluster.find((point) => gigabytes <= point.gigabytes);
  const [smallest] = restoredCluster;
  if (above === undefined || smallest === undefined || !(gigabytes >= 0)) {
    throw new RangeError(`size of the database: expected 0 to 10,000 GB, got ${gigabytes}; choose a size with a figure`);
  }
  const below = restoredCluster[restoredCluster.indexOf(above) - 1] ?? { ...smallest, gigabytes: 0 };
  const share = (gigabytes - below.gigabytes) / (above.gigabytes - below.gigabytes);
  const between = (from: number, to: number): number => from + share * (to - from);
  return {
    expected: between(below.duration.expected, above.duration.expected),
    slow: between(below.duration.slow, above.duration.slow),
    source: above.duration.source,
  };
}
