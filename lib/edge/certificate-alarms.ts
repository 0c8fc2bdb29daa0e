// Alarms of the certificate: it is about to end, or what looks after it fails. (DSS-5.3.2)
import { Alarm, type AlarmProps, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { tell } from '../alarms/alarm';
import { serves } from '../labels/labels';

/** Days left at which people are told: renewal begins at 20 at the latest, so that it has then failed for some days. */
const daysLeft = 14;

export interface CertificateAlarmsProps {
  readonly certificateArn: string;
  readonly function: IFunction;
  readonly topic: ITopic;
}

export class CertificateAlarms extends Construct {
  constructor(scope: Construct, id: string, { certificateArn, function: lambda, topic }: CertificateAlarmsProps) {
    super(scope, id);
    serves(this, 'DSS-5.3.2');
    this.alarm('Expiry', topic, {
      alarmDescription: `The certificate of the load balancer ends in less than ${daysLeft} days: read the log of the function certificate`,
      // ACM publishes it twice a day until the certificate ends ("Supported CloudWatch metrics", AWS Certificate Manager User Guide).
      metric: new Metric({
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        dimensionsMap: { CertificateArn: certificateArn },
        statistic: Stats.MINIMUM,
        period: Duration.days(1),
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: daysLeft,
      evaluationPeriods: 1,
      // A new certificate has no value for half a day, an ended one none at all: the alarm of that one stays as it was.
      treatMissingData: TreatMissingData.IGNORE,
    });
    this.alarm('Failure', topic, {
      alarmDescription: 'The function certificate failed: the certificate is not what it must be, or could not be renewed',
      metric: lambda.metricErrors({ statistic: Stats.SUM, period: Duration.days(1) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  private alarm(id: string, topic: ITopic, props: AlarmProps): void {
    tell(new Alarm(this, id, props), topic);
  }
}
