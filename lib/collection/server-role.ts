// The role of a collector server: its permissions only, none of another fleet or of a person.
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { siteSnapshotKey } from '../../lambda/ingest/site-snapshot/env';
import { metricsNamespace } from '../config/metrics';
import { fleetName, siteSecretPrefix } from '../config/names';
import type { Site } from '../config/site';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface ServerRoleProps {
  readonly site: Site;
  /** Receives the hits. */
  readonly hitStream: IStream;
  /** Has the site snapshot. */
  readonly settingsBucket: IBucket;
  /** Encrypts the hit stream, the site snapshot and the sites' keys. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly logGroup: ILogGroup;
  /** ARNs of the objects that the server boots from. */
  readonly bootObjects: readonly string[];
}

/** Reads the sites and their keys, writes hits, log and metrics, completes the lifecycle hooks. (TOM-3.5, TOM-6.8) */
export class ServerRole extends Construct {
  readonly role: Role;
  /** Permissions of the server; without them it cannot boot. */
  readonly permissions: ManagedPolicy;

  constructor(scope: Construct, id: string, props: ServerRoleProps) {
    super(scope, id);
    serves(this, 'TOM-3.5');
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: `Servers of ${fleetName(props.site)}`,
    });
    this.permissions = new ManagedPolicy(this, 'Permissions', {
      description: `Permissions of the servers of ${fleetName(props.site)}`,
      statements: [...this.hitStatements(props), ...this.bootStatements(props), ...this.reportStatements(props)],
      roles: [this.role],
    });
    this.acknowledgeWildcards(props);
  }

  private hitStatements({ site, hitStream, settingsBucket, dataKey }: ServerRoleProps): PolicyStatement[] {
    return [
      new PolicyStatement({ actions: ['kinesis:PutRecords'], resources: [hitStream.streamArn] }),
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [settingsBucket.arnForObjects(siteSnapshotKey)] }),
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.siteSecretArns(site)] }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [dataKey.keyArn] }),
    ];
  }

  private bootStatements({ bootObjects }: ServerRoleProps): PolicyStatement[] {
    return [new PolicyStatement({ actions: ['s3:GetObject'], resources: [...bootObjects] })];
  }

  private reportStatements({ site, logGroup }: ServerRoleProps): PolicyStatement[] {
    return [
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': metricsNamespace(site) } },
      }),
      new PolicyStatement({
        actions: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
        resources: [fleetArn(Stack.of(this), site)],
      }),
    ];
  }

  private siteSecretArns(site: Site): string {
    return Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${siteSecretPrefix(site)}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private acknowledgeWildcards({ site }: ServerRoleProps): void {
    const account = accountInFindings(site);
    const wildcards = {
      '*': 'cloudwatch:PutMetricData does not support resource-level permissions; it is limited to the namespace of the deployment.',
      [`arn:aws:secretsmanager:${site.region}:${account}:secret:${siteSecretPrefix(site)}/*`]:
        'Sites are added and removed while servers run, so the prefix, which only their secrets have, identifies the secrets.',
      [`arn:aws:autoscaling:${site.region}:${account}:autoScalingGroup:*:autoScalingGroupName/${fleetName(site)}`]:
        'The wildcard is the id that AWS assigns to the group, whose launch template needs this role; the name after it identifies the group.',
    };
    for (const [resource, reason] of Object.entries(wildcards)) {
      acknowledgeWildcard(this.permissions, { resource, reason });
    }
  }
}

/**
 * ARN of the fleet by its name, with any id that AWS assigns ("Actions, resources, and condition keys for Amazon EC2
 * Auto Scaling").
 */
export function fleetArn(stack: Stack, site: Site): string {
  return stack.formatArn({
    service: 'autoscaling',
    resource: 'autoScalingGroup',
    resourceName: `*:autoScalingGroupName/${fleetName(site)}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
