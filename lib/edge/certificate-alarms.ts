// The alarms of the certificate: it is close to expiry, or the function that renews it fails. (DSS-5.3.2)
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAbove, alarmBelow } from '../alarms/alarm';
import type { Site } from '../config/site';

/**
 * Days before expiry at which the alarm is raised. Renewal begins at 20 or earlier, so that it has failed for some
 * days by then.
 */
const daysLeft = 14;

export interface CertificateAlarmsProps {
  readonly site: Site;
  readonly certificateArn: string;
  readonly function: IFunction;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

export class CertificateAlarms extends Construct {
  constructor(scope: Construct, id: string, { site, certificateArn, function: lambda, alarmTopic }: CertificateAlarmsProps) {
    super(scope, id);
    // A new certificate has no datapoint for half a day, an expired one none at all: missing data maintains the alarm
    // state.
    alarmBelow(this, 'CertificateExpiring', {
      ...{ site, alarmTopic },
      // ACM publishes it twice a day until the certificate expires ("Supported CloudWatch metrics", AWS Certificate
      // Manager User Guide).
      metric: new Metric({
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        dimensionsMap: { CertificateArn: certificateArn },
        statistic: Stats.MINIMUM,
        period: Duration.days(1),
      }),
      below: daysLeft,
      description: `The certificate of the load balancer expires in less than ${daysLeft} days, and its renewal has not succeeded.`,
      severity: 'ticket',
    });
    alarmAbove(this, 'CertificateFailed', {
      ...{ site, alarmTopic },
      metric: lambda.metricErrors({ statistic: Stats.SUM, period: Duration.days(1) }),
      above: 0,
      keepsState: true,
      description: 'The daily check of the certificate failed: its key is not RSA 4096, or it could not be renewed.',
      severity: 'ticket',
    });
  }
}
