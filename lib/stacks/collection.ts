// The way of a hit: collectors behind the load balancer, from the stream into the database and the archive, and what is known of sites.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Collectors } from '../collection/collectors';
import type { Site } from '../config/site';
import type { FirstDatapoints } from '../functions/first-datapoint';
import type { FunctionDatabase } from '../functions/function-database';
import { serviceProgram } from '../functions/service-bundle';
import { HitArchive } from '../ingest/hit-archive';
import { HitIngest } from '../ingest/hit-ingest';
import { SiteSnapshot } from '../ingest/site-snapshot';

export interface CollectionStackProps extends StackProps {
  readonly site: Site;
  /** Encrypts what functions and topics keep besides customers' data. (TOM-5.5) */
  readonly key: IKey;
  /** Waits for the first datapoints of alarms on silence. (TOM-3.4) */
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Encrypts customers' data. (TOM-5.5) */
  readonly dataKey: IKey;
  /** How functions reach the database. (TOM-4.2) */
  readonly databaseAccess: FunctionDatabase;
  readonly vpc: IVpc;
  /** Subnets of servers. (DSS-5.6.2) */
  readonly servers: SubnetSelection;
  /** Listener of the load balancer on 443. (TOM-5.1) */
  readonly listener: IApplicationListener;
  /** Group of the load balancer, which alone reaches the collectors. (DSS-5.6.3) */
  readonly proxySecurityGroup: ISecurityGroup;
  /** Where collectors find the address of the visitor. */
  readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip';
  /** ARN of the role by which EC2 Auto Scaling starts servers whose disks the data key encrypts. (TOM-5.5) */
  readonly fleetServiceRoleArn: string;
  /** Takes hits from the collectors. */
  readonly stream: IStream;
  /** Takes hits for good. */
  readonly archive: IBucket;
  /** Keeps hits that could not be stored. */
  readonly deadLetters: IBucket;
  /** Holds what collectors read. */
  readonly settings: IBucket;
}

export class CollectionStack extends Stack {
  /** Reads the stream from where it is when it is made: whatever writes to the stream waits for it. */
  readonly hitArchive: HitArchive;

  constructor(scope: Construct, id: string, props: CollectionStackProps) {
    super(scope, id, props);
    const { site, key, alarmTopic, dataKey, databaseAccess: database, stream, archive, deadLetters, settings } = props;

    const common = { site, key, dataKey, alarmTopic };
    this.hitArchive = new HitArchive(this, 'HitArchive', { ...common, stream, archive });
    new HitIngest(this, 'HitIngest', { ...common, stream, database, deadLetters });
    new SiteSnapshot(this, 'SiteSnapshot', { ...common, firstDatapoints: props.firstDatapoints, database, settings });
    this.collect(props);
  }
  /** The stream is read before anything writes to it. */
  private collect({ settings: settingsBucket, stream: hitStream, fleetServiceRoleArn, ...props }: CollectionStackProps): void {
    const rest = { settingsBucket, hitStream, serviceRoleArn: fleetServiceRoleArn, program: serviceProgram('collector') };
    const collectors = new Collectors(this, 'Collectors', { ...props, ...rest });
    collectors.node.addDependency(this.hitArchive);
  }
}
