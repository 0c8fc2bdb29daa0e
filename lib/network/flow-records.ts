// Flow records: every connection of each subnet, accepted or refused, in the audit archive.
import { CfnFlowLog, type ISubnet } from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { classify, serves } from '../labels/labels';
import type { Tier } from './address-plan';

export interface FlowRecordsProps {
  /** The subnets of each tier, in the order of the zones: every subnet of the VPC. */
  readonly subnets: Readonly<Partial<Record<Tier, readonly ISubnet[]>>>;
  /** Receives the records under `flow-logs/`. Changing it replaces the flow log; the records stay. (TOM-3.6) */
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
 * One flow log for each subnet, and none for the VPC, whose records would have the fields of one format in all subnets.
 * At the proxies one end is a visitor, so their records have no addresses. Those of other subnets begin at the load
 * balancer, whose private addresses they have. (TOM-3.6, TOM-4.13)
 */
export class FlowRecords extends Construct {
  constructor(scope: Construct, id: string, { subnets, archive }: FlowRecordsProps) {
    super(scope, id);
    serves(this, 'TOM-3.6', 'TOM-4.13');
    classify(this, 'confidential');
    for (const [tier, ofTier] of Object.entries(subnets)) {
      const fields = flowRecordFields.filter((field) => tier !== 'public' || !addressFields.includes(field));
      for (const [index, { subnetId }] of ofTier.entries()) this.addLog(`${tier}${index + 1}`, subnetId, fields, archive);
    }
  }

  private addLog(id: string, resourceId: string, fields: readonly string[], archive: IBucket): void {
    new CfnFlowLog(this, id, {
      resourceType: 'Subnet',
      resourceId,
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
