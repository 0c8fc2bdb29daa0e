// Alarms on single events of the audit trail: uses of the emergency role, and long sessions.
import { FilterPattern, type IFilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAbove, type NotifyingAlarmOptions } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import { type AlarmId, logGroupName, peopleRoleName } from '../config/names';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import type { ClauseId } from '../tom/clause-id';

export interface TrailAlarmsProps {
  readonly site: Site;
  readonly alarmTopic: ITopic;
}

interface TrailEvent extends Pick<NotifyingAlarmOptions, 'severity' | 'description'> {
  readonly clause: ClauseId;
  readonly pattern: IFilterPattern;
  readonly metricName: string;
  readonly alarm: AlarmId;
}

/** The audit trail records the events of all regions in its log group within minutes. */
class TrailAlarm extends Construct {
  constructor(scope: Construct, id: string, { site, alarmTopic }: TrailAlarmsProps, event: TrailEvent) {
    super(scope, id);
    serves(this, event.clause);
    const filter = new MetricFilter(this, 'Uses', {
      logGroup: LogGroup.fromLogGroupName(this, 'Trail', logGroupName(site, 'trail')),
      filterPattern: event.pattern,
      metricNamespace: metricsNamespace(site),
      metricName: event.metricName,
      metricValue: '1',
    });
    const { alarm, severity, description } = event;
    alarmAbove(this, alarm, { site, alarmTopic, severity, description, metric: filter.metric({ statistic: 'Sum' }), above: 0 });
  }
}

/** Creates the alarm on each event. (TOM-3.2, TOM-3.3, TOM-3.4) */
export function trailAlarms(stack: Stack, props: TrailAlarmsProps): void {
  new TrailAlarm(stack, 'Emergency', props, emergencyRole(stack, props.site));
  new TrailAlarm(stack, 'Console', props, longSessions(props.site));
}

/** Each `AssumeRole`, also a refused one. (TOM-3.1) */
function emergencyRole(stack: Stack, site: Site): TrailEvent {
  const name = peopleRoleName(site, 'emergency');
  const role = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: name });
  return {
    clause: 'TOM-3.2',
    pattern: FilterPattern.all(
      FilterPattern.stringValue('$.eventName', '=', 'AssumeRole*'),
      FilterPattern.any(
        FilterPattern.stringValue('$.requestParameters.roleArn', '=', role),
        // A refused request has no parameters; its message names the role.
        FilterPattern.stringValue('$.errorMessage', '=', `*:role/${name}*`),
      ),
    ),
    ...{ metricName: 'EmergencyRoleUses', alarm: 'EmergencyRoleUsed', severity: 'page' },
    description: 'A person assumed the emergency role, or tried to.',
  };
}

/**
 * IAM Identity Center sets the duration of a permission set, 1 to 12 hours, in another account. Each sign-in is an
 * `AssumeRoleWithSAML` with that duration in the audit trail of this one. ("Set session duration for AWS accounts",
 * IAM Identity Center User Guide) (TOM-3.3)
 */
const longSessions = ({ settings }: Site): TrailEvent => ({
  clause: 'TOM-3.3',
  pattern: FilterPattern.all(
    FilterPattern.stringValue('$.eventName', '=', 'AssumeRoleWithSAML'),
    FilterPattern.stringValue('$.requestParameters.roleArn', '=', '*:role/aws-reserved/sso.amazonaws.com/*'),
    FilterPattern.numberValue('$.requestParameters.durationSeconds', '>', settings.access.timeouts.consoleSessionMinutes * 60),
  ),
  ...{ metricName: 'LongConsoleSessions', alarm: 'ConsoleSessionLong', severity: 'ticket' },
  description: 'A session of a permission set of IAM Identity Center lasts longer than access.timeouts.consoleSessionMinutes.',
});
