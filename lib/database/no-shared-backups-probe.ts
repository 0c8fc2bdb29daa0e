// Daily probe of the account: no backup or vault is shared, and no key of the deployment allows another account.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/database/no-shared-backups-probe/calls';
import type { NoSharedBackupsProbeEnvironment } from '../../lambda/database/no-shared-backups-probe/env';
import { alarmAbove, alarmOnSilence } from '../alarms/alarm';
import { noSharedBackupsProbe, probeMetrics } from '../config/metrics';
import { copyRegion, type Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';

export interface NoSharedBackupsProbeProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Keys whose policies and grants are probed: every key of the deployment, by its name as in `data/DataKey`. */
  readonly keys: Readonly<Record<string, IKey>>;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Runs every day at 05:40 UTC, after the nightly snapshot. Each run writes one line of JSON to its log group. That
 * line is the evidence: the audit archive accepts no records of workloads, and the boundary denies every role the
 * deletion of the log group and a change of its retention (boundary-statements.ts, `Logs`). One alarm notifies of a
 * finding, the other when no run has completed for 36 hours.
 *
 * The probe reads the region of the site and the one that receives the copies. The keys of the vaults are of later
 * stacks: it finds them by the vaults, and their tag admits it to them. (TOM-7.4)
 */
export class NoSharedBackupsProbe extends Construct {
  constructor(scope: Construct, id: string, props: NoSharedBackupsProbeProps) {
    super(scope, id);
    serves(this, 'TOM-7.4');
    const { site, key } = props;
    const control = new ControlFunction(this, 'Function', {
      site,
      control: noSharedBackupsProbe,
      description: 'Reports backups, vaults and keys of the deployment that are shared with another account, once a day',
      environment: { ...this.environment(props) },
      key,
      permissions: callStatements(this, calls, {
        site,
        arns: Object.fromEntries(Object.entries(props.keys).map(([name, { keyArn }]) => [`${name}.Arn`, keyArn])),
      }),
      timeout: Duration.minutes(15),
    });
    this.acknowledgeWildcards(control, site);
    scheduleFunction(this, {
      site,
      name: noSharedBackupsProbe,
      starts: 'the probe of backups and keys',
      description: 'Daily probe of backups and keys',
      control,
      key,
      expression: 'cron(40 5 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    this.alarms(props, control);
  }

  private acknowledgeWildcards({ permissions }: ControlFunction, site: Site): void {
    const account = accountInFindings(site);
    const wildcards = {
      '*': 'The actions only read, and a copied snapshot can have any name.',
      [`arn:aws:backup:*:${account}:backup-vault:*`]: 'The action only reads, and a vault that nobody declared can have any name.',
      [`arn:aws:kms:*:${account}:key/*`]: 'The actions only read; the tag of the deployment is a condition.',
    };
    for (const [resource, reason] of Object.entries(wildcards)) acknowledgeWildcard(permissions, { resource, reason });
  }

  private environment({ site, keys }: NoSharedBackupsProbeProps): NoSharedBackupsProbeEnvironment {
    const copies = copyRegion(site);
    const regions = copies === undefined ? [site.region] : [site.region, copies];
    return {
      DEPLOYMENT: site.deployment,
      ACCOUNT: Stack.of(this).account,
      REGIONS: regions.join(),
      KEYS: Object.values(keys)
        .map(({ keyArn }) => keyArn)
        .join(),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
  }

  private alarms({ site, firstDatapoints, alarmTopic }: NoSharedBackupsProbeProps, control: ControlFunction): void {
    const metric = (metricName: string, statistic: string, period: Duration) =>
      new Metric({
        namespace: probeMetrics.namespace,
        metricName,
        dimensionsMap: { Deployment: site.deployment, Probe: noSharedBackupsProbe },
        statistic,
        period,
      });
    alarmAbove(this, 'BackupsShared', {
      ...{ site, alarmTopic },
      metric: metric(probeMetrics.findings, Stats.MAXIMUM, Duration.days(1)),
      above: 0,
      description: 'A backup, a vault or an encryption key of the deployment is shared with another account (TOM-7.4).',
      severity: 'page',
    });
    const completed = metric(probeMetrics.completed, Stats.MAXIMUM, Duration.hours(12));
    alarmOnSilence(this, 'ProbeOverdue', {
      ...{ site, alarmTopic },
      metric: completed,
      below: 1,
      periods: 3,
      firstDatapoint: firstDatapoints.of(this, 'FirstRun', { metric: completed, invokes: control }),
      description:
        'The probe of backups and keys has not completed for 36 hours: a share with another account would go unnoticed (TOM-7.4).',
      severity: 'ticket',
    });
  }
}
