// The alarm on each use of the emergency role.
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAbove } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import { logGroupName, peopleRoleName } from '../config/names';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';

export interface EmergencyAlarmProps {
  readonly site: Site;
  readonly alarmTopic: ITopic;
}

/**
 * The audit trail records each `AssumeRole`, also a refused one, in its log group, from all regions. (TOM-3.1,
 * TOM-3.4)
 */
export class EmergencyAlarm extends Construct {
  constructor(scope: Construct, id: string, { site, alarmTopic }: EmergencyAlarmProps) {
    super(scope, id);
    serves(this, 'TOM-3.4');
    const role = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: peopleRoleName(site, 'emergency'),
    });
    const filter = new MetricFilter(this, 'Uses', {
      logGroup: LogGroup.fromLogGroupName(this, 'Trail', logGroupName(site, 'trail')),
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.eventName', '=', 'AssumeRole*'),
        FilterPattern.any(
          FilterPattern.stringValue('$.requestParameters.roleArn', '=', role),
          // A refused request has no parameters; its message names the role.
          FilterPattern.stringValue('$.errorMessage', '=', `*:role/${peopleRoleName(site, 'emergency')}*`),
        ),
      ),
      metricNamespace: metricsNamespace(site),
      metricName: 'EmergencyRoleUses',
      metricValue: '1',
    });
    alarmAbove(this, 'EmergencyRoleUsed', {
      ...{ site, alarmTopic, severity: 'page' },
      metric: filter.metric({ statistic: 'Sum' }),
      above: 0,
      description: 'A person assumed the emergency role, or tried to.',
    });
  }
}
