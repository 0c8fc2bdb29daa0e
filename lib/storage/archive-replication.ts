// Replication of the archive to the other region: raw hits and the lake, within 15 minutes.
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAbove } from '../alarms/alarm';
import { dataBucketName } from '../config/names';
import { replicaKeyAlias, replicatedFolders, replicationRoleName } from '../config/replica-names';
import { archiveReplicationCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { accountInFindings, acknowledgeWildcard, declareNotMet } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface ArchiveReplicationProps {
  readonly site: Site;
  /** Region of the replica. Changing it replicates new objects there, and leaves those of before in the old region. */
  readonly region: string;
  /** The archive. */
  readonly archive: Bucket;
  /** Encrypts the archive. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** The archive of a recovered site has no replica until its home region answers. (DSS-5.4.2) */
export function declareUnreplicated(archive: Bucket): void {
  const reason = 'home is gone: no region receives a replica until backup.homeAnswers is set.';
  declareNotMet(archive, { clause: 'DSS-5.4.2', rule: 'archive-replicated', reason });
}

/** Replication Time Control has this one time. */
const minutes = 15;

const folders = Object.entries(replicatedFolders);

/**
 * S3 Replication Time Control replicates 99.99 percent of the objects within 15 minutes, with their metadata. Delete
 * markers are replicated, without that time: a file of the lake that an erasure replaces is noncurrent in the replica,
 * too, and ends there with the days of its lifecycle (data-bucket.ts). The replica and its key are in another region,
 * so the archive names both; the recovery stack is deployed before. Only new objects are replicated (ADR 24).
 *
 * S3 assumes the role for the buckets whose configuration names it, which takes `iam:PassRole` on it. "Setting up
 * permissions for live replication" has no condition of the trust, so it has none. (DSS-5.4.2, DSS-4.2)
 */
export class ArchiveReplication extends Construct {
  constructor(scope: Construct, id: string, props: ArchiveReplicationProps) {
    super(scope, id);
    serves(this, 'TOM-3.5');
    const { site, archive } = props;
    const role = new Role(this, 'Role', {
      roleName: replicationRoleName(site),
      description: 'Allows S3 to replicate the archive to the other region',
      assumedBy: new ServicePrincipal('s3.amazonaws.com'),
    });
    const permissions = this.permissions(props, role);
    const bucket = archive.node.defaultChild as CfnBucket;
    bucket.replicationConfiguration = this.configuration(props, role);
    // The permissions name the bucket, so that it is not replicated before the role has them.
    bucket.node.addDependency(permissions);
    this.addAlarm(props);
  }

  private permissions({ site, region, dataKey }: ArchiveReplicationProps, role: Role): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Permissions', {
      description: 'Permissions of the replication of the archive',
      roles: [role],
      statements: callStatements(this, archiveReplicationCalls, {
        site,
        arns: { 'data/DataKey.Arn': dataKey.keyArn },
        values: { copyRegion: region },
      }),
    });
    const account = accountInFindings(site);
    for (const [, folder] of folders) {
      for (const use of ['archive', 'replica'] as const) {
        const resource = `arn:aws:s3:::${dataBucketName(site, use, account)}/${folder}*`;
        acknowledgeWildcard(policy, { resource, reason: 'The replica has every object of the folder.' });
      }
    }
    const reason = 'A condition limits it to the key with the alias of the replica, whose id is in the other region.';
    acknowledgeWildcard(policy, { resource: `arn:aws:kms:${region}:${account}:key/*`, reason });
    return policy;
  }

  /** One rule for each folder: no prefix contains another one, and the priorities differ as S3 requires. */
  private configuration({ site, region }: ArchiveReplicationProps, role: Role): CfnBucket.ReplicationConfigurationProperty {
    const stack = Stack.of(this);
    const key = stack.formatArn({ service: 'kms', region, resource: 'alias', resourceName: replicaKeyAlias(site) });
    const time = { minutes };
    return {
      role: role.roleArn,
      rules: folders.map(([id, prefix], index) => ({
        id,
        priority: index + 1,
        status: 'Enabled',
        filter: { prefix },
        deleteMarkerReplication: { status: 'Enabled' },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        destination: {
          bucket: `arn:${stack.partition}:s3:::${dataBucketName(site, 'replica', stack.account)}`,
          encryptionConfiguration: { replicaKmsKeyId: key },
          metrics: { status: 'Enabled', eventThreshold: time },
          replicationTime: { status: 'Enabled', time },
        },
      })),
    };
  }

  /**
   * S3 publishes this metric in the region of the archive, the others of replication in that of the replica ("Using S3
   * Replication metrics"). A metric without an operation has no datapoints.
   */
  private addAlarm({ site, alarmTopic }: ArchiveReplicationProps): void {
    const { account } = Stack.of(this);
    const period = Duration.minutes(5);
    const names = ['hits', 'errors', 'lake'] as const;
    const failed = folders.map(([RuleId], index) => [
      names[index] as string,
      new Metric({
        namespace: 'AWS/S3',
        metricName: 'OperationsFailedReplication',
        dimensionsMap: {
          DestinationBucket: dataBucketName(site, 'replica', account),
          RuleId,
          SourceBucket: dataBucketName(site, 'archive', account),
        },
        statistic: Stats.SUM,
        period,
      }),
    ]);
    alarmAbove(this, 'ArchiveReplicationFailed', {
      ...{ site, alarmTopic },
      metric: new MathExpression({
        expression: names.map((name) => `FILL(${name}, 0)`).join(' + '),
        usingMetrics: Object.fromEntries(failed),
        label: 'Operations that were not replicated',
        period,
      }),
      above: 0,
      description: 'S3 did not replicate an object of the archive, or its deletion. The replica lacks hits, or keeps a replaced file.',
      severity: 'ticket',
    });
  }
}
