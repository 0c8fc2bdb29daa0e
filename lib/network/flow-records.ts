// Flow records: every connection of the VPC, accepted or refused, in the audit archive.
import { CfnFlowLog, type CfnFlowLogProps, type ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { classify, serves } from '../labels/labels';
import type { Tier } from './address-plan';

export interface FlowRecordsProps {
  readonly vpcId: string;
  /** The subnets of each tier other than the proxies, in the order of the zones. */
  readonly subnets: Readonly<Partial<Record<Exclude<Tier, 'public'>, readonly ISubnet[]>>>;
  /** Receives the records under `flow-logs/`. Changing it replaces the flow logs; the records stay. (TOM-3.6) */
  readonly archive: IBucket;
}

/** Prefix of the flow records in the audit archive. */
const flowRecordPrefix = 'flow-logs/';

/**
 * The fields, in their order (Amazon VPC User Guide, "Flow log records", versions 2 to 10). The fields of ECS tasks
 * and of Outposts, Local Zones and Wavelength are left out: the deployment has none. Changing the fields replaces the
 * flow log.
 */
const flowRecordFields = [
  'version',
  'account-id',
  'region',
  'az-id',
  'vpc-id',
  'subnet-id',
  'instance-id',
  'interface-id',
  'resource-id',
  'start',
  'end',
  'action',
  'reject-reason',
  'flow-direction',
  'traffic-path',
  'type',
  'protocol',
  'tcp-flags',
  'srcaddr',
  'srcport',
  'dstaddr',
  'dstport',
  // The first and the last address of a connection that passes a NAT gateway or a load balancer, and the AWS service
  // that owns it.
  'pkt-srcaddr',
  'pkt-dstaddr',
  'pkt-src-aws-service',
  'pkt-dst-aws-service',
  'packets',
  'bytes',
  'encryption-status',
  'log-status',
] as const;

/** Fields with the addresses of both ends. */
const addressFields: readonly string[] = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/**
 * A flow log of the VPC without addresses, and one of each subnet with them, except those of the proxies: there one
 * end is a visitor. The connections of other subnets begin at the load balancer, whose private addresses they have.
 * The log of the VPC would have the fields of one format in all subnets, and is the one that shows that nothing is
 * left out. (TOM-3.6, TOM-4.13)
 */
export class FlowRecords extends Construct {
  constructor(scope: Construct, id: string, { vpcId, subnets, archive }: FlowRecordsProps) {
    super(scope, id);
    serves(this, 'TOM-3.6', 'TOM-4.13');
    classify(this, 'confidential');
    const withoutAddresses = flowRecordFields.filter((field) => !addressFields.includes(field));
    this.addLog('Vpc', { resourceType: 'VPC', resourceId: vpcId }, withoutAddresses, archive);
    for (const [tier, ofTier] of Object.entries(subnets)) {
      for (const [index, { subnetId: resourceId }] of ofTier.entries()) {
        this.addLog(`${tier}${index + 1}`, { resourceType: 'Subnet', resourceId }, flowRecordFields, archive);
      }
    }
  }

  private addLog(
    id: string,
    recorded: Pick<CfnFlowLogProps, 'resourceType' | 'resourceId'>,
    fields: readonly string[],
    archive: IBucket,
  ): void {
    new CfnFlowLog(this, id, {
      ...recorded,
      trafficType: 'ALL',
      // Seconds. One minute is the shortest interval; ten is the default.
      maxAggregationInterval: 60,
      logDestinationType: 's3',
      logDestination: archive.arnForObjects(flowRecordPrefix),
      logFormat: fields.map((field) => `\${${field}}`).join(' '),
      // The library does not convert these names, so they have the spelling of CloudFormation.
      destinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });
  }
}
