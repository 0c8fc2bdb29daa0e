// Renews the revocation list of the Client VPN every week: an expired one locks everybody out.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/revocation-list/calls';
import type { RevocationListEnvironment } from '../../lambda/access/revocation-list/env';
import { alarmBelow, alarmOnSilence } from '../alarms/alarm';
import { probeMetrics } from '../config/metrics';
import { vpnRegistryObject } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { serves } from '../labels/labels';
import type { VpnAuthority } from './vpn-authority';

export interface RevocationListProps {
  readonly site: Site;
  readonly authority: VpnAuthority;
  /** Id of the Client VPN endpoint that has the list. */
  readonly endpointId: string;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people before the list or a certificate ends. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Runs at the first deployment and every day, and imports a list about once a week: an import ends all connections.
 * The alarm on the list is raised at least 14 days before its end, also when no run measures it. (TOM-3.2)
 */
export class RevocationList extends Construct {
  constructor(scope: Construct, id: string, props: RevocationListProps) {
    super(scope, id);
    serves(this, 'TOM-3.2', 'DSS-5.6.5');
    const { site, key, authority, firstDatapoints, alarmTopic } = props;
    const control = this.controlFunction(props);
    authority.admitSigner(control.roleArn);
    scheduleFunction(this, {
      site,
      control,
      key,
      name: 'revocation-list',
      starts: 'the renewal of the revocation list',
      description: 'Daily look at the revocation list of the VPN',
      expression: 'cron(40 2 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    const metric = daysUntil(site, 'RevocationListDays', Duration.hours(12));
    const firstDatapoint = firstDatapoints.of(this, 'FirstRun', { metric, invokes: control });
    alarmOnSilence(this, 'VpnListExpiring', {
      ...{ site, alarmTopic, metric, firstDatapoint, severity: 'page' },
      // Two days before the fourteenth: the alarm is raised after three periods.
      below: 16,
      periods: 3,
      description: 'The revocation list of the VPN ends within 16 days, or was not measured for 36 hours: nobody could connect (TOM-3.2).',
    });
    alarmBelow(this, 'VpnServerCertificateExpiring', {
      ...{ site, alarmTopic, severity: 'ticket', below: 45 },
      metric: daysUntil(site, 'ServerCertificateDays', Duration.days(1)),
      description: 'The certificate of the VPN server ends within 45 days (TOM-3.2).',
    });
    alarmBelow(this, 'VpnAuthorityExpiring', {
      ...{ site, alarmTopic, severity: 'ticket', below: 180 },
      metric: daysUntil(site, 'AuthorityDays', Duration.days(1)),
      description: 'The certificate of the authority of the VPN ends within 180 days (TOM-3.2).',
    });
  }

  private controlFunction({ site, authority, endpointId, key }: RevocationListProps): ControlFunction {
    const environment: RevocationListEnvironment = {
      DEPLOYMENT: site.deployment,
      AUTHORITY_KEY: authority.key.keyArn,
      REGISTRY_BUCKET: authority.registry.bucketName,
      REGISTRY_KEY: vpnRegistryObject,
      ENDPOINT: endpointId,
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const arns = {
      'access/VpnKey.Arn': authority.key.keyArn,
      'access/VpnRegistry.Arn': authority.registry.bucketArn,
      'access/ClientVpnEndpoint': endpointId,
    };
    return new ControlFunction(this, 'Function', {
      site,
      control: 'revocation-list',
      description: 'Renews the revocation list of the VPN, and measures the days until it and the certificates end',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns }),
      timeout: Duration.minutes(3),
      memorySize: 512,
    });
  }
}

const daysUntil = ({ deployment }: Site, metricName: string, period: Duration): Metric =>
  new Metric({
    ...{ namespace: probeMetrics.namespace, metricName, statistic: Stats.MINIMUM, period },
    dimensionsMap: { Deployment: deployment },
  });
