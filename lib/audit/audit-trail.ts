// The audit trail: every API call of the account, in all regions, into the archive and into a log group.
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { dataBucketName, dataBuckets, edgeLogBucketName, logGroupName, trailName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { type AuditArchive, trailPrefix } from './audit-archive';

export interface AuditTrailProps {
  readonly site: Site;
  /** Encrypts what the trail writes. Changing it leaves older records under the old key. (TOM-5.5) */
  readonly key: IKey;
  /** Takes the records, locked. Changing it ends the records there and begins anew. (TOM-3.6) */
  readonly archive: AuditArchive;
}

/**
 * Records management events of all regions, and who touched the archive. The library's own trail cannot exclude single
 * events, and writes bucket permissions without the name of the trail, so this one is written out. A deployment
 * recovered in the same account brings a second trail under another name. (TOM-3.4, TOM-3.6)
 */
export class AuditTrail extends Construct {
  readonly trail: CfnTrail;
  /** The records of the last days, where alarms can search them. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    super(scope, id);
    serves(this, 'TOM-3.4', 'TOM-3.6', 'TOM-5.5');
    classify(this, 'confidential');

    this.logGroup = this.createLogGroup(props);
    const role = new Role(this, 'LogRole', {
      // CloudTrail knows no aws:SourceArn here ("Role policy document for CloudTrail to use CloudWatch Logs for
      // monitoring").
      assumedBy: new ServicePrincipal('cloudtrail.amazonaws.com'),
      description: 'Lets the audit trail write to its log group',
    });
    const policy = this.createLogPolicy(role);
    this.trail = this.createTrail(props, role);
    this.trail.node.addDependency(policy);
    if (props.archive.policy) this.trail.node.addDependency(props.archive.policy);
  }

  /** A copy of what the archive holds, for searching. */
  private createLogGroup({ site, key }: AuditTrailProps): LogGroup {
    return new LogGroup(this, 'LogGroup', {
      logGroupName: logGroupName(site, 'trail'),
      retention: site.settings.audit.logRetentionDays,
      encryptionKey: key,
      removalPolicy: removalOfNamedLog(site),
    });
  }

  /** The log group is the trail's alone, so the right to write reaches all of its streams and nothing else. */
  private createLogPolicy(role: Role): ManagedPolicy {
    return new ManagedPolicy(this, 'LogPolicy', {
      description: 'Lets the audit trail write to its log group',
      roles: [role],
      statements: [new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] })],
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
 * Whoever reads, deletes or tries to. Deliveries are left out: only AWS services may write, and the trail's own writes
 * would make the trail write about them without end. Other buckets belong to the stacks that hold them; all buckets at
 * once would let two trails in one account record each other's deliveries for ever.
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
 * Reads, writes and deletions of customers' files, and of the load balancer's logs, which tell of visitors. The
 * buckets are named: their stacks come after this one. (TOM-4.8)
 */
function accessToData(site: Site, account: string): CfnTrail.AdvancedEventSelectorProperty {
  const names = [...dataBuckets.map((use) => dataBucketName(site, use, account)), edgeLogBucketName(site, account)];
  return {
    name: "Access to customers' files",
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: ['AWS::S3::Object'] },
      { field: 'resources.ARN', startsWith: names.map((name) => `arn:aws:s3:::${name}/`) },
    ],
  };
}
