// Collection of hits: collectors behind the load balancer, ingest from the stream into database and archive, and the
// snapshot of sites.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { InstanceConnect } from '../access/instance-connect';
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
  readonly account: {
    /** Encrypts environments, logs and dead letters of functions, and the log of servers. (TOM-5.5) */
    readonly key: IKey;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
    /**
     * Service-linked role with which EC2 Auto Scaling launches servers whose disks the data key encrypts. (TOM-5.5)
     */
    readonly fleetServiceRole: { readonly arn: string };
  };
  readonly network: {
    readonly vpc: IVpc;
    /** Subnets of servers. (DSS-5.6.2) */
    readonly serverSubnets: SubnetSelection;
  };
  readonly data: {
    /** Encrypts customers' data. (TOM-5.5) */
    readonly dataKey: IKey;
    /** Network, permissions and environment with which functions use the database. (TOM-4.2) */
    readonly databaseAccess: FunctionDatabase;
    /** Receives hits from the collectors. */
    readonly hitStream: IStream;
    /** Keeps archived hits. */
    readonly archive: IBucket;
    /** Keeps hits that could not be stored. */
    readonly deadLetters: IBucket;
    /** Holds the snapshot of sites, which collectors read. */
    readonly settingsBucket: IBucket;
    /** Waits for the first datapoints of alarms on silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
  readonly edge: {
    /** Listener of the load balancer on port 443. (TOM-5.1) */
    readonly listener: IApplicationListener;
    /** Security group of the load balancer, the only source of connections to collectors. (DSS-5.6.3) */
    readonly proxySecurityGroup: ISecurityGroup;
    /** Header with the address of the visitor. */
    readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip';
  };
}

export class CollectionStack extends Stack {
  constructor(scope: Construct, id: string, { site, account, network, data, edge, ...props }: CollectionStackProps) {
    super(scope, id, props);
    const { fleetServiceRole, ...shared } = account;
    const common = { site, ...shared, ...data };
    // Firehose reads the stream from the position at which the delivery is created, so collectors depend on it.
    const hitArchive = new HitArchive(this, 'HitArchive', common);
    new HitIngest(this, 'HitIngest', common);
    new SiteSnapshot(this, 'SiteSnapshot', common);
    const collectors = new Collectors(this, 'Collectors', {
      ...common,
      ...network,
      ...edge,
      serviceRoleArn: fleetServiceRole.arn,
      program: serviceProgram('collector'),
    });
    collectors.node.addDependency(hitArchive);
    if (site.settings.access.instanceConnect)
      new InstanceConnect(this, 'InstanceConnect', { ...network, servers: collectors.securityGroup });
  }
}
