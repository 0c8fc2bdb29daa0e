// Flow records: every connection of the VPC, accepted or refused, in the audit archive.
import { CfnFlowLog } from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { classify, serves } from '../labels/labels';

export interface FlowRecordsProps {
  readonly vpcId: string;
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

export class FlowRecords extends CfnFlowLog {
  constructor(scope: Construct, id: string, { vpcId, archive }: FlowRecordsProps) {
    super(scope, id, {
      resourceType: 'VPC',
      resourceId: vpcId,
      trafficType: 'ALL',
      // Seconds. One minute is the shortest interval; ten is the default.
      maxAggregationInterval: 60,
      logDestinationType: 's3',
      logDestination: archive.arnForObjects(flowRecordPrefix),
      logFormat: flowRecordFields.map((field) => `\${${field}}`).join(' '),
      // The library does not convert these names, so they have the spelling of CloudFormation.
      destinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });
    serves(this, 'TOM-3.6');
    classify(this, 'confidential');
  }
}
