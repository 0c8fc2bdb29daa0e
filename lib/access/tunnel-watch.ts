// Examines the tunnels of the Site-to-Site VPN every hour: a change outside the deployment, and keys that are old.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/tunnel-watch/calls';
import type { TunnelWatchEnvironment } from '../../lambda/access/tunnel-watch/env';
import { probeMetrics } from '../config/metrics';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';
import { longestTunnelKeyDays, tunnelAlgorithms } from './tunnel-options';

export interface TunnelWatchProps {
  readonly site: Site;
  /** Id of the Site-to-Site VPN connection. */
  readonly connectionId: string;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of a change, of old keys and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * The only function that reads the age of the pre-shared keys; nothing of the deployment reads the keys. (TOM-3.10)
 */
export class TunnelWatch extends Construct {
  constructor(scope: Construct, id: string, props: TunnelWatchProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-3.10', 'TOM-6.5');
    const { site, key } = props;
    const control = this.controlFunction(props);
    scheduleFunction(this, {
      site,
      control,
      key,
      name: 'tunnel-watch',
      starts: 'the watch over the tunnels',
      description: 'Hourly watch over the tunnels of the Site-to-Site VPN',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'tunnel-watch',
      findings: {
        id: 'TunnelChanged',
        description:
          'The tunnels of the Site-to-Site VPN differ from the template, or ' +
          `their pre-shared keys are ${longestTunnelKeyDays} days old (TOM-3.1, TOM-3.10).`,
        severity: 'ticket',
        period: Duration.hours(1),
      },
      silence: {
        id: 'TunnelWatchOverdue',
        description: 'The watch over the tunnels has not completed for 6 hours: a weaker tunnel would go unnoticed (TOM-3.1).',
        severity: 'ticket',
        period: Duration.hours(2),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, connectionId, key }: TunnelWatchProps): ControlFunction {
    const { ikeVersions, encryption, integrity, groups } = tunnelAlgorithms;
    const environment: TunnelWatchEnvironment = {
      DEPLOYMENT: site.deployment,
      CONNECTION: connectionId,
      ALGORITHMS: [ikeVersions, encryption, integrity, groups].map((list) => list.join()).join(';'),
      KEY_DAYS: String(longestTunnelKeyDays),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'tunnel-watch',
      description: 'Reports tunnels that differ from the template, and pre-shared keys that are old',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site }),
      timeout: Duration.minutes(2),
    });
    acknowledgeWildcard(control.permissions, {
      resource: '*',
      reason: 'ec2:DescribeVpnConnections, which only reads, cannot be limited to one resource.',
    });
    acknowledgeWildcard(control.permissions, {
      resource: `arn:aws:secretsmanager:${site.region}:${accountInFindings(site)}:secret:s2svpn!*`,
      reason: 'Site-to-Site VPN chooses the name of its secret; the action returns the dates of versions, and no value.',
    });
    return control;
  }
}
