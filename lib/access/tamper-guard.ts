// Reports changes of the audit outside the deployment, and sign-ins of the root user, within minutes.
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/tamper-guard/calls';
import type { TamperGuardEnvironment } from '../../lambda/access/tamper-guard/env';
import { probeMetrics } from '../config/metrics';
import { bootstrapName, boundaryName, logGroupName, trailName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';

export interface TamperGuardProps {
  readonly site: Site;
  /** Holds audit records. (TOM-3.6) */
  readonly auditArchive: IBucket;
  /** Every key of the deployment. (TOM-5.5) */
  readonly keys: readonly IKey[];
  /** The VPC whose flow logs are guarded. (TOM-3.6) */
  readonly vpc: IVpc;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of changes and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Services whose calls can change the audit or its watch; those of detectors are read before the detectors exist. */
const services = [
  ...['access-analyzer', 'cloudtrail', 'config', 'ec2', 'events', 'guardduty', 'iam', 'inspector2', 'kms', 'lambda', 'logs'],
  ...['monitoring', 's3', 'scheduler', 'securityhub'],
];

/**
 * The records of the trail that reach the function. IAM and sign-ins of the root user reach EventBridge in us-east-1
 * alone; the trail records all regions, so its log group has them. ("Filter pattern syntax": at most 1,024
 * characters.)
 */
const changingRecords = `{ ($.userIdentity.type = "Root") || (($.managementEvent IS TRUE) && ($.readOnly IS FALSE) && (${services
  .map((service) => `($.eventSource = "${service}.amazonaws.com")`)
  .join(' || ')})) }`;

/**
 * The only author is the role that CloudFormation alone assumes. An hourly run examines the state: a trail that is
 * stopped sends no further record. (TOM-3.4, TOM-3.6)
 */
export class TamperGuard extends Construct {
  constructor(scope: Construct, id: string, props: TamperGuardProps) {
    super(scope, id);
    serves(this, 'TOM-3.4', 'TOM-3.6');
    const { site, key } = props;
    const control = this.controlFunction(props);
    const subscription = this.subscribe(site, control);
    const schedule = scheduleFunction(this, {
      site,
      control,
      key,
      name: 'tamper-guard',
      starts: 'the examination of the audit',
      description: 'Hourly examination of the audit',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    // At rollback and deletion no run reports a subscription that is gone.
    schedule.node.addDependency(subscription);
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'tamper-guard',
      after: [subscription],
      findings: {
        id: 'AuditTampered',
        description:
          'The audit, or an alarm, schedule or function, was changed outside the deployment, or the root user was used (TOM-3.6).',
        severity: 'page',
        period: Duration.minutes(5),
      },
      silence: {
        id: 'TamperGuardOverdue',
        description: 'The guard over the audit has not completed for 3 hours: changes of the audit would go unnoticed (TOM-3.6).',
        severity: 'page',
        period: Duration.hours(1),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, auditArchive, keys, vpc, key }: TamperGuardProps): ControlFunction {
    const { account, region } = Stack.of(this);
    const environment: TamperGuardEnvironment = {
      DEPLOYMENT: site.deployment,
      ACCOUNT: account,
      REGION: region,
      TRAIL: trailName(site),
      TRAIL_LOG: logGroupName(site, 'trail'),
      ARCHIVE: auditArchive.bucketArn,
      BOUNDARY: Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryName(site) }),
      EXECUTION_ROLE: bootstrapName('cfn-exec-role', account, region),
      EXECUTION_BOUNDARY: Stack.of(this).formatArn({
        ...{ service: 'iam', region: '', resource: 'policy' },
        resourceName: bootstrapName('execution-boundary', account, region),
      }),
      KEYS: keys.map(({ keyArn }) => keyArn).join(),
      VPC: vpc.vpcId,
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'tamper-guard',
      description: 'Reports changes of trail, archive, boundary, detectors, flow logs and keys outside the deployment, and the root user',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site }),
      timeout: Duration.minutes(2),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'ec2:DescribeFlowLogs, which only reads, cannot be limited to one resource; it is limited to the region.',
      [`arn:aws:logs:${site.region}:${accountInFindings(site)}:log-group:${logGroupName(site, 'trail')}:*`]:
        'The ARN of the log group ends with its streams; the action only reads the subscriptions of that group.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }

  /** CloudWatch Logs tests the destination when the subscription is created, so the permission comes first. */
  private subscribe(site: Site, control: ControlFunction): CfnSubscriptionFilter {
    const logGroup = logGroupName(site, 'trail');
    const permission = new CfnPermission(this, 'Records', {
      action: 'lambda:InvokeFunction',
      functionName: control.function.functionArn,
      principal: 'logs.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: Stack.of(this).formatArn({
        ...{ service: 'logs', resource: 'log-group', resourceName: `${logGroup}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME },
      }),
    });
    const subscription = new CfnSubscriptionFilter(this, 'Subscription', {
      logGroupName: logGroup,
      destinationArn: control.function.functionArn,
      filterPattern: changingRecords,
    });
    subscription.addResourceDependency(permission);
    return subscription;
  }
}
