// The audit trail: records every API call of the account, in all regions, in the archive and in a log group.
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { dataBucketName, dataBucketsOf, edgeLogBucketName, edgeLogLandingName, logGroupName, trailName } from '../config/names';
import { trailLogCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { type AuditArchive, trailPrefix } from './audit-archive';

export interface AuditTrailProps {
  readonly site: Site;
  /** Encrypts what the trail writes. Changing it leaves older records under the old key. (TOM-5.5) */
  readonly key: IKey;
  /** Receives the records under object lock. Changing it leaves older records in the old archive. (TOM-3.6) */
  readonly archive: AuditArchive;
}

/**
 * Records management events of all regions, and access to the archive and to customers' files. It is an L1 construct:
 * the trail of the library cannot exclude single events, and its bucket permissions do not name the trail. A
 * deployment recovered in the same account has a second trail under another name. (TOM-3.4, TOM-3.6)
 */
export class AuditTrail extends Construct {
  readonly trail: CfnTrail;
  /** Copy of recent records, for searches and alarms. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    serves(this, 'TOM-3.4', 'TOM-3.6', 'TOM-5.5');
    classify(this, 'confidential');

    this.logGroup = this.createLogGroup(props);
    const role = new Role(this, 'LogRole', {
      // CloudTrail does not support aws:SourceArn here ("Role policy document for CloudTrail to use CloudWatch Logs
      // for monitoring").
      assumedBy: new ServicePrincipal('cloudtrail.amazonaws.com'),
      description: 'Allows the audit trail to write to its log group',
    });
    const policy = this.createLogPolicy(props, role);
    this.trail = this.createTrail(props, role);
    this.trail.node.addDependency(policy);
    if (props.archive.policy) this.trail.node.addDependency(props.archive.policy);
  }

  /** A copy of recent records, for searches and alarms. */
  private createLogGroup({ site, key }: AuditTrailProps): LogGroup {
    return new LogGroup(this, 'LogGroup', {
      logGroupName: logGroupName(site, 'trail'),
      retention: site.settings.audit.logRetentionDays,
      encryptionKey: key,
      removalPolicy: removalOfNamedLog(site),
    });
  }

  /** Only the trail uses the log group, so the permission includes all of its streams. */
  private createLogPolicy({ site }: AuditTrailProps, role: Role): ManagedPolicy {
    return new ManagedPolicy(this, 'LogPolicy', {
      description: 'Allows the audit trail to write to its log group',
      roles: [role],
      statements: callStatements(this, trailLogCalls, {
        site,
        arns: { 'account/AuditTrailLogGroup.Arn': this.logGroup.logGroupArn },
      }),
    });
  }

  private createTrail({ site, key, archive }: AuditTrailProps, role: Role): CfnTrail {
    return new CfnTrail(this, 'Trail', {
      trailName: trailName(site),
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      kmsKeyId: key.keyArn,
      s3BucketName: archive.bucketName,
      s3KeyPrefix: trailPrefix,
      cloudWatchLogsLogGroupArn: this.logGroup.logGroupArn,
      cloudWatchLogsRoleArn: role.roleArn,
      insightSelectors: [{ insightType: 'ApiCallRateInsight' }, { insightType: 'ApiErrorRateInsight' }],
      advancedEventSelectors: [managementEvents, accessTo(archive), accessToData(site, Stack.of(this).account)],
    });
  }
}

const managementEvents: CfnTrail.AdvancedEventSelectorProperty = {
  name: 'Every management event, reads and writes',
  fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }],
};

/**
 * Reads, deletions and denied attempts. Deliveries are excluded: only AWS services write, and the trail would record
 * its own writes without end. Other buckets are selected by name: with all buckets, two trails in one account would
 * record each other's deliveries without end.
 */
function accessTo(archive: AuditArchive): CfnTrail.AdvancedEventSelectorProperty {
  return {
    name: 'Access to the audit archive',
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
      { field: 'resources.ARN', startsWith: [archive.arnForObjects('')] },
      { field: 'eventName', notEquals: ['PutObject'] },
    ],
  };
}

/**
 * Reads, writes and deletions of customers' files, and of the logs of the load balancer, which contain data of
 * visitors. The buckets are named: their stacks depend on this one. (TOM-4.8)
 */
function accessToData(site: Site, account: string): CfnTrail.AdvancedEventSelectorProperty {
  const names = [
    ...dataBucketsOf(site).map((use) => dataBucketName(site, use, account)),
    edgeLogBucketName(site, account),
    edgeLogLandingName(site, account),
  ];
  return {
    name: "Access to customers' files",
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
      { field: 'resources.ARN', startsWith: names.map((name) => `arn:aws:s3:::${name}/`) },
    ],
  };
}
