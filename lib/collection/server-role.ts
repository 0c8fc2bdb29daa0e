// The role of a collector server: its permissions only, none of another fleet or of a person.
import { ManagedPolicy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { serverCalls } from '../config/calls';
import { fleetName, logGroupName, sessionLog, siteSecretPrefix } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
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
  /** Encrypts the data of sessions. (TOM-5.5) */
  readonly key: IKey;
  readonly logGroup: ILogGroup;
  /** ARNs of the objects that the server boots from. */
  readonly bootObjects: readonly string[];
}

/**
 * Reads the sites and their keys, writes hits, log and metrics, completes the lifecycle hooks, carries sessions of
 * people. (TOM-3.5, TOM-6.8, TOM-3.1)
 */
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
      statements: this.statements(props),
      roles: [this.role],
    });
    this.acknowledgeWildcards(props);
  }

  private statements({ site, hitStream, settingsBucket, dataKey, key, logGroup, bootObjects }: ServerRoleProps): PolicyStatement[] {
    const arns = {
      'data/Hits.Arn': hitStream.streamArn,
      'data/Settings.Arn': settingsBucket.bucketArn,
      'data/DataKey.Arn': dataKey.keyArn,
      'account/DeploymentKey.Arn': key.keyArn,
      'collection/CollectorsLogGroup.Arn': logGroup.logGroupArn,
    };
    return callStatements(this, serverCalls, { site, arns, values: { bootObjects } });
  }

  private acknowledgeWildcards({ site }: ServerRoleProps): void {
    const account = accountInFindings(site);
    const wildcards = {
      '*': 'Metrics, channels of sessions and the list of log groups have no ARN; metrics are limited to the namespace of the deployment.',
      [`arn:aws:ec2:${site.region}:${account}:instance/*`]:
        'Servers come and go; the agent of a server reports that server alone, by whose credentials it signs.',
      [`arn:aws:logs:${site.region}:${account}:log-group:${logGroupName(site, sessionLog)}:*`]:
        'The wildcard is the log stream of a session, which has the name of the session.',
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
