// TOM-3.2: each use of the root user, whom neither network nor role limits, raises an alarm.
import { finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Resource } from '../../template/assembly';
import { metricFilterType, trailType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { isAlarmed, trailAlarmReads } from './trail-alarm-findings';

/** "CIS AWS Foundations Benchmark", monitoring of the root user. */
const pattern = '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }';

const fix = 'Restore trailAlarms of lib/access.';

export const rootUser: Rule = {
  name: 'root-user',
  requires: 'each sign-in and each request of the root user raises an alarm',
  types: [trailType],
  check: (trail, assembly) =>
    isAlarmed(assembly, (text) => text === pattern) ? [] : [finding(trail, 'alarm', '', 'an alarm on the uses of the root user', fix)],
  guards: [
    guardWhere(
      metricFilterType,
      isOfRoot,
      'Properties.FilterPattern',
      remove,
      replace('{ ($.userIdentity.type = "Root") && ($.eventName = "DeleteTrail") }'),
    ),
  ],
  reads: trailAlarmReads,
};

function isOfRoot(filter: Resource): boolean {
  return renderText(filter.at('FilterPattern'))?.includes('"Root"') ?? false;
}
