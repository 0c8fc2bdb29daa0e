// The alarm on sessions of permission sets that last longer than the configuration admits.
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmAbove } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';

export interface ConsoleSessionAlarmProps {
  readonly site: Site;
  readonly alarmTopic: ITopic;
}

/**
 * IAM Identity Center sets the duration of a permission set, 1 to 12 hours, in another account. Each sign-in is an
 * `AssumeRoleWithSAML` with that duration in the audit trail of this one. ("Set session duration for AWS accounts", IAM
 * Identity Center User Guide) (TOM-3.3)
 */
export class ConsoleSessionAlarm extends Construct {
  constructor(scope: Construct, id: string, { site, alarmTopic }: ConsoleSessionAlarmProps) {
    super(scope, id);
    serves(this, 'TOM-3.3');
    const minutes = site.settings.access.timeouts.consoleSessionMinutes;
    const filter = new MetricFilter(this, 'Sessions', {
      logGroup: LogGroup.fromLogGroupName(this, 'Trail', logGroupName(site, 'trail')),
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.eventName', '=', 'AssumeRoleWithSAML'),
        FilterPattern.stringValue('$.requestParameters.roleArn', '=', '*:role/aws-reserved/sso.amazonaws.com/*'),
        FilterPattern.numberValue('$.requestParameters.durationSeconds', '>', minutes * 60),
      ),
      metricNamespace: metricsNamespace(site),
      metricName: 'LongConsoleSessions',
      metricValue: '1',
    });
    alarmAbove(this, 'ConsoleSessionLong', {
      ...{ site, alarmTopic, severity: 'ticket' },
      metric: filter.metric({ statistic: 'Sum' }),
      above: 0,
      description: 'A session of a permission set of IAM Identity Center lasts longer than access.timeouts.consoleSessionMinutes.',
    });
  }
}
