// The alarm on a watch over the environments of the account that does not run: it is in a stack after the wait for
// first datapoints.
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Site } from '../config/site';
import type { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { serves } from '../labels/labels';
import { alarmOnMissedRuns } from './probe-alarms';

export interface EnvironmentWatchAlarmProps {
  readonly site: Site;
  /** The function that reads the environments of the account. */
  readonly control: ControlFunction;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

export class EnvironmentWatchAlarm extends Construct {
  constructor(scope: Construct, id: string, props: EnvironmentWatchAlarmProps) {
    super(scope, id);
    serves(this, 'TOM-7.3');
    alarmOnMissedRuns(this, {
      ...props,
      probe: 'account-environments',
      silence: {
        id: 'EnvironmentsUnwatched',
        description:
          'The watch over the environments of the account has not completed for 6 hours: another one beside production would go unnoticed (TOM-7.3).',
        severity: 'ticket',
        period: Duration.hours(2),
        periods: 3,
      },
    });
  }
}
