// The daily look at the live account: no backup is shared, and no key of the deployment is open to another account.
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { NoSharedBackupsProbeEnvironment } from '../../lambda/database/no-shared-backups-probe/env';
import { alarmAbove, tell } from '../alarms/alarm';
import { noSharedBackupsProbe, probeMetrics } from '../config/metrics';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { scheduleFunction } from '../functions/schedule';
import { acknowledge } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface NoSharedBackupsProbeProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The keys whose policies and grants are looked at: all that encrypt something of the deployment. */
  readonly keys: readonly IKey[];
  /** Is told of its alarms. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Every day at 05:40 UTC, after the night's snapshot. What it finds is written to its log group, one line of JSON a run: that is the
 * evidence, which the boundary lets no role delete or shorten (boundary-statements.ts, `Logs`), as the audit archive takes nothing from
 * workloads. One alarm tells of a finding, the other that for 36 hours no run has seen everything.
 *
 * At home it looks in the recovery region too, where copies lie; recovered, in its own. Recovery points in backup vaults come with the
 * backup stack. (TOM-7.4)
 */
export class NoSharedBackupsProbe extends Construct {
  constructor(scope: Construct, id: string, props: NoSharedBackupsProbeProps) {
    super(scope, id);
    serves(this, 'TOM-7.4');
    const { site, key } = props;
    const control = new ControlFunction(this, 'Function', {
      site,
      control: noSharedBackupsProbe,
      description: 'Looks whether a backup or a key of the deployment is in the hands of another account, once a day',
      environment: { ...this.environment(props) },
      key,
      permissions: this.permissions(props),
      timeout: Duration.minutes(15),
    });
    acknowledge(control.permissions, {
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'It only reads, and a snapshot that somebody copied may have any name.',
      owner: 'platform',
      expires: '2027-05-31',
    });
    scheduleFunction(this, {
      name: noSharedBackupsProbe,
      starts: 'the look at who may use the backups',
      description: 'Daily look at who may use the backups',
      control,
      key,
      expression: 'cron(40 5 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    this.alarms(props);
  }

  private environment({ site, keys }: NoSharedBackupsProbeProps): NoSharedBackupsProbeEnvironment {
    const regions = site.name === 'home' ? [site.region, site.settings.recoveryRegion] : [site.region];
    return {
      DEPLOYMENT: site.deployment,
      ACCOUNT: Stack.of(this).account,
      REGIONS: regions.join(),
      KEYS: keys.map(({ keyArn }) => keyArn).join(),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
  }

  private permissions({ keys }: NoSharedBackupsProbeProps): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: [
          'ec2:DescribeImageAttribute',
          'ec2:DescribeImages',
          'ec2:DescribeSnapshotAttribute',
          'ec2:DescribeSnapshots',
          'rds:DescribeDBClusterSnapshotAttributes',
          'rds:DescribeDBClusterSnapshots',
          'rds:DescribeDBSnapshotAttributes',
          'rds:DescribeDBSnapshots',
        ],
        resources: ['*'],
      }),
      new PolicyStatement({ actions: ['kms:GetKeyPolicy', 'kms:ListGrants'], resources: keys.map(({ keyArn }) => keyArn) }),
    ];
  }

  private alarms({ site, alarmTopic }: NoSharedBackupsProbeProps): void {
    const metric = (metricName: string, statistic: string, period: Duration) =>
      new Metric({
        namespace: probeMetrics.namespace,
        metricName,
        dimensionsMap: { Deployment: site.deployment, Probe: noSharedBackupsProbe },
        statistic,
        period,
      });
    alarmAbove(this, 'Found', {
      metric: metric(probeMetrics.findings, Stats.MAXIMUM, Duration.days(1)),
      above: 0,
      description: `TOM-7.4: a backup or key of ${site.deployment} is in other hands; the log of ${noSharedBackupsProbe} tells which, and what to do`,
      topic: alarmTopic,
    });
    const missed = new Alarm(this, 'Missed', {
      metric: metric(probeMetrics.completed, Stats.MAXIMUM, Duration.hours(12)),
      alarmDescription: `TOM-7.4: nobody has seen all backups and keys of ${site.deployment} for 36 hours; see the log and the dead letters of ${noSharedBackupsProbe}`,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
    tell(missed, alarmTopic);
  }
}
