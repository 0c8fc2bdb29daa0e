// TOM-7.4: a probe verifies daily which accounts may use backups and keys; alarms report findings and missed runs.

import { noSharedBackupsProbe, probeMetrics } from '../../../config/metrics';
import { type Finding, guardsWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { copyRegionOf } from '../../template/copies';
import { controlFunctionOf, isControl, variableOf } from '../../template/functions';
import { customerKey } from '../../template/keys';
import { alarmType, clusterType, functionType, keyAliasType, logGroupType, scheduleType } from '../../template/resource-types';
import { runsDaily } from '../../template/schedules';
import { renderText } from '../../template/texts';
import { findingsAlarmGuards, isFindingsAlarm, isMissedRunAlarm, missedRunAlarmGuards } from '../probe-alarms';

/** Longest time, in seconds, before missed runs of the probe raise an alarm. */
export const longestGap = 36 * 3600;
const foreignKey = 'arn:aws:kms:eu-west-3:999999999999:key/theirs';

/** Requirements for the probe, its schedule and its alarms. */
const requirements: readonly {
  id: string;
  required: string;
  holds: (probe: Resource, cluster: Resource, assembly: Assembly) => boolean;
}[] = [
  { id: 'key', required: 'the key of the database in the variable KEYS of the probe', holds: checksKey },
  {
    id: 'settings',
    required: 'the deployment, account, regions and metric namespace in the variables of the probe',
    holds: hasSettings,
  },
  { id: 'schedule', required: 'an enabled schedule that starts the probe every day', holds: someResource(scheduleType, startsProbe) },
  {
    id: 'findings',
    required: 'an alarm on the findings of the probe',
    holds: someResource(alarmType, (alarm, _, all) => isFindingsAlarm(alarm, noSharedBackupsProbe, all)),
  },
  {
    id: 'missed-runs',
    required: 'an alarm on missed runs of the probe',
    holds: someResource(alarmType, (alarm, _, all) => isMissedRunAlarm(alarm, noSharedBackupsProbe, longestGap, all)),
  },
];

export const backupsProbed: Rule = {
  name: 'backups-probed',
  requires: `every database has the function ${noSharedBackupsProbe}, which runs daily, with alarms on its findings and missed runs`,
  types: [clusterType],
  check(cluster, assembly) {
    const probe = controlFunctionOf(noSharedBackupsProbe, assembly);
    if (!probe) return [missingFinding('probe', `a function with the log group .../functions/${noSharedBackupsProbe}`)];
    return requirements.filter(({ holds }) => !holds(probe, cluster, assembly)).map(({ id, required }) => missingFinding(id, required));
  },
  guards: [
    ...guardsWhere(functionType, isProbe, {
      '': [remove],
      'Properties.LoggingConfig.LogGroup': [remove, replace('/elsewhere')],
      'Properties.Environment.Variables.KEYS': [remove, replace(foreignKey)],
      'Properties.Environment.Variables.ACCOUNT': [remove, replace('999999999999')],
      'Properties.Environment.Variables.REGIONS': [remove, replace('us-east-1')],
      'Properties.Environment.Variables.DEPLOYMENT': [remove, replace('another')],
      'Properties.Environment.Variables.METRIC_NAMESPACE': [remove, replace('Elsewhere')],
    }),
    ...guardsWhere(scheduleType, startsSomeProbe, {
      '': [remove],
      'Properties.ScheduleExpression': [
        remove,
        replace('cron(40 5 ? * MON *)'),
        replace('rate(7 days)'),
        replace('at(2030-01-01T00:00:00)'),
      ],
      'Properties.State': [set('DISABLED')],
      'Properties.StartDate': [set('2099-01-01T00:00:00Z')],
      'Properties.EndDate': [set('2027-01-01T00:00:00Z')],
      'Properties.Target.Arn': [remove, replace('arn:aws:lambda:eu-west-3:x:function:y')],
    }),
    ...findingsAlarmGuards(noSharedBackupsProbe),
    ...missedRunAlarmGuards(noSharedBackupsProbe, longestGap),
  ],
  reads: [
    { type: logGroupType, path: 'Properties.LogGroupName' },
    { type: scheduleType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: functionType, path: 'Properties.Environment' },
    { type: functionType, path: 'Properties.LoggingConfig' },
    { type: clusterType, path: 'Properties.KmsKeyId' },
    { type: keyAliasType, path: 'Properties' },
  ],
};

function missingFinding(id: string, required: string): Finding {
  return { id, path: 'the probe of the cluster', found: undefined, required, fix: 'Create NoSharedBackupsProbe in the data stack.' };
}

function isProbe(lambda: Resource, assembly: Assembly): boolean {
  return isControl(lambda, noSharedBackupsProbe, assembly);
}

function checksKey(probe: Resource, cluster: Resource, assembly: Assembly): boolean {
  const key = customerKey(cluster.at('KmsKeyId'), cluster, assembly);
  return key !== undefined && joinedParts(variableOf(probe, 'KEYS')).some((part) => assembly.refersTo(part, probe, key));
}

/** The parts of a text that intrinsic functions join. */
function joinedParts(value: Json | undefined): readonly Json[] {
  const joined = isObject(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(joined) ? listOf(joined[1] as Json) : listOf(value);
}

function hasSettings(probe: Resource, _: Resource, { facts }: Assembly): boolean {
  const regions = renderText(variableOf(probe, 'REGIONS'))?.split(',') ?? [];
  const account = renderText(variableOf(probe, 'ACCOUNT'));
  return (
    variableOf(probe, 'DEPLOYMENT') === facts.deployment &&
    variableOf(probe, 'METRIC_NAMESPACE') === probeMetrics.namespace &&
    account !== undefined &&
    (account === '${AWS.AccountId}' || account === probe.stack.account) &&
    [facts.region, copyRegionOf(facts)].every((region) => region === undefined || regions.includes(region))
  );
}

function someResource(type: string, holds: (resource: Resource, probe: Resource, assembly: Assembly) => boolean) {
  return (probe: Resource, _: Resource, assembly: Assembly) => assembly.ofType(type).some((resource) => holds(resource, probe, assembly));
}

function startsProbe(schedule: Resource, probe: Resource, assembly: Assembly): boolean {
  return assembly.refersTo(schedule.at('Target.Arn'), schedule, probe) && runsDaily(schedule);
}

function startsSomeProbe(schedule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(functionType).some((lambda) => isProbe(lambda, assembly) && startsProbe(schedule, lambda, assembly));
}
