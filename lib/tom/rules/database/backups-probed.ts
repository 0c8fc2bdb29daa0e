// TOM-7.4: every deployment with a database looks daily who may use its backups and keys, and rings when it finds somebody or cannot look.
import { noSharedBackupsProbe, probeMetrics } from '../../../config/metrics';
import { type Break, type Finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { clusterType } from '../../template/databases';
import { variableOf } from '../../template/functions';
import { customerKey } from '../../template/keys';
import { renderText } from '../../template/texts';

const lambdaType = 'AWS::Lambda::Function';
const logType = 'AWS::Logs::LogGroup';
const scheduleType = 'AWS::Scheduler::Schedule';
const alarmType = 'AWS::CloudWatch::Alarm';

/** A time of every day, as in `cron(40 5 * * ? *)`. */
const daily = /^cron\([0-5]?\d ([01]?\d|2[0-3]) \* \* \? \*\)$/;
/** Longest time, in seconds, after which it rings that nobody has seen everything. */
const longestSilence = 36 * 3600;
const foreignKey = 'arn:aws:kms:eu-west-3:999999999999:key/theirs';

/** What the probe and its surroundings must be. */
const parts: readonly { id: string; lacks: string; holds: (probe: Resource, cluster: Resource, assembly: Assembly) => boolean }[] = [
  { id: 'key', lacks: "a probe that is told the database's key", holds: looksAtKey },
  { id: 'told', lacks: 'a probe that is told deployment, account, regions and metrics as they are', holds: isToldRight },
  { id: 'schedule', lacks: 'an enabled schedule that starts the probe every day', holds: someResource(scheduleType, startsProbe) },
  {
    id: 'findings',
    lacks: 'an alarm on the findings of the probe',
    holds: someResource(alarmType, (alarm, _, all) => ringsOnFindings(alarm, all)),
  },
  {
    id: 'silence',
    lacks: 'an alarm that rings when nobody has looked',
    holds: someResource(alarmType, (alarm, _, all) => ringsOnSilence(alarm, all)),
  },
];

export const backupsProbed: Rule = {
  name: 'backups-probed',
  requires: `every deployment with a database has the function ${noSharedBackupsProbe}, run every day, and alarms on what it finds and on its silence`,
  types: [clusterType],
  check(cluster, assembly) {
    const probe = assembly.ofType(lambdaType).find((lambda) => isProbe(lambda, assembly));
    if (!probe) return [missingFinding('probe', `a function with the log group .../functions/${noSharedBackupsProbe}`)];
    return parts.filter(({ holds }) => !holds(probe, cluster, assembly)).map(({ id, lacks }) => missingFinding(id, lacks));
  },
  guards: [
    ...guardsOf(lambdaType, isProbe, {
      '': [remove],
      'Properties.LoggingConfig.LogGroup': [remove, replace('/elsewhere')],
      'Properties.Environment.Variables.KEYS': [remove, replace(foreignKey)],
      'Properties.Environment.Variables.ACCOUNT': [remove, replace('999999999999')],
      'Properties.Environment.Variables.REGIONS': [remove, replace('us-east-1')],
      'Properties.Environment.Variables.DEPLOYMENT': [remove, replace('another')],
      'Properties.Environment.Variables.METRIC_NAMESPACE': [remove, replace('Elsewhere')],
    }),
    ...guardsOf(scheduleType, startsSomeProbe, {
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
    ...alarmGuards(ringsOnFindings, {
      'Properties.Threshold': [remove, replace(10)],
      'Properties.EvaluationPeriods': [remove, replace(3)],
    }),
    ...alarmGuards(ringsOnSilence, {
      'Properties.Threshold': [remove, replace(0)],
      'Properties.EvaluationPeriods': [remove, replace(30)],
      'Properties.TreatMissingData': [remove, replace('notBreaching')],
    }),
  ],
  reads: [
    { type: logType, path: 'Properties.LogGroupName' },
    { type: scheduleType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: lambdaType, path: 'Properties.Environment' },
    { type: lambdaType, path: 'Properties.LoggingConfig' },
    { type: clusterType, path: 'Properties.KmsKeyId' },
    { type: 'AWS::KMS::Alias', path: 'Properties' },
  ],
};

function missingFinding(id: string, required: string): Finding {
  return { id, path: 'the probe of the cluster', found: undefined, required, fix: 'Build NoSharedBackupsProbe in the data stack.' };
}

/** The probe is known by its log group, whose name is its control's; there its evidence lies. */
function isProbe(lambda: Resource, assembly: Assembly): boolean {
  const log = assembly.target(lambda.at('LoggingConfig.LogGroup'), lambda.stack);
  return (
    log?.type === logType &&
    renderText(log.at('LogGroupName')) === `/rempart/${assembly.facts.deployment}/functions/${noSharedBackupsProbe}`
  );
}

function looksAtKey(probe: Resource, cluster: Resource, assembly: Assembly): boolean {
  const key = customerKey(cluster.at('KmsKeyId'), cluster, assembly);
  return key !== undefined && joinedParts(variableOf(probe, 'KEYS')).some((part) => assembly.refersTo(part, probe, key));
}

/** The parts of a text that intrinsic functions join. */
function joinedParts(value: Json | undefined): readonly Json[] {
  const joined = isObject(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(joined) ? listOf(joined[1] as Json) : listOf(value);
}

function isToldRight(probe: Resource, _: Resource, { facts }: Assembly): boolean {
  const regions = renderText(variableOf(probe, 'REGIONS'))?.split(',') ?? [];
  const account = renderText(variableOf(probe, 'ACCOUNT'));
  return (
    variableOf(probe, 'DEPLOYMENT') === facts.deployment &&
    variableOf(probe, 'METRIC_NAMESPACE') === probeMetrics.namespace &&
    account !== undefined &&
    (account === '${AWS.AccountId}' || account === probe.stack.account) &&
    regions.includes(facts.region) &&
    (facts.site === 'recovery' || regions.includes(facts.recoveryRegion))
  );
}

function someResource(type: string, holds: (resource: Resource, probe: Resource, assembly: Assembly) => boolean) {
  return (probe: Resource, _: Resource, assembly: Assembly) => assembly.ofType(type).some((resource) => holds(resource, probe, assembly));
}

function startsProbe(schedule: Resource, probe: Resource, assembly: Assembly): boolean {
  return (
    assembly.refersTo(schedule.at('Target.Arn'), schedule, probe) &&
    daily.test(String(schedule.at('ScheduleExpression'))) &&
    [undefined, 'ENABLED'].includes(schedule.at('State') as string | undefined) &&
    schedule.at('StartDate') === undefined &&
    schedule.at('EndDate') === undefined
  );
}

function startsSomeProbe(schedule: Resource, assembly: Assembly): boolean {
  return assembly.ofType(lambdaType).some((lambda) => isProbe(lambda, assembly) && startsProbe(schedule, lambda, assembly));
}

/** Whether an alarm is about a metric of the probe, of this deployment, and may act. */
function isAbout(alarm: Resource, metric: string, { facts }: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).map((dimension) =>
    isObject(dimension) ? `${String(dimension.Name)}=${String(dimension.Value)}` : '',
  );
  return (
    alarm.at('Namespace') === probeMetrics.namespace &&
    alarm.at('MetricName') === metric &&
    alarm.at('Statistic') === 'Maximum' &&
    dimensions.sort().join() === `Deployment=${facts.deployment},Probe=${noSharedBackupsProbe}` &&
    alarm.at('ActionsEnabled') !== false
  );
}

function ringsOnFindings(alarm: Resource, assembly: Assembly): boolean {
  return (
    isAbout(alarm, probeMetrics.findings, assembly) &&
    alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
    alarm.at('Threshold') === 0 &&
    alarm.at('EvaluationPeriods') === 1
  );
}

function ringsOnSilence(alarm: Resource, assembly: Assembly): boolean {
  const silence = Number(alarm.at('EvaluationPeriods')) * Number(alarm.at('Period'));
  return (
    isAbout(alarm, probeMetrics.completed, assembly) &&
    alarm.at('ComparisonOperator') === 'LessThanThreshold' &&
    alarm.at('Threshold') === 1 &&
    alarm.at('TreatMissingData') === 'breaching' &&
    silence <= longestSilence
  );
}

function guardsOf(type: string, where: NonNullable<Guard['where']>, breaks: Readonly<Record<string, readonly Break[]>>): readonly Guard[] {
  return Object.entries(breaks).map(([path, ways]) => guardWhere(type, where, path, ...ways));
}

function alarmGuards(where: NonNullable<Guard['where']>, more: Readonly<Record<string, readonly Break[]>>): readonly Guard[] {
  return guardsOf(alarmType, where, {
    '': [remove],
    'Properties.Namespace': [remove, replace('Elsewhere')],
    'Properties.MetricName': [remove, replace('Another')],
    'Properties.Dimensions': [remove, replace([{ Name: 'Deployment', Value: 'another' }])],
    'Properties.Statistic': [remove, replace('Minimum')],
    'Properties.ComparisonOperator': [remove, replace('LessThanOrEqualToThreshold')],
    'Properties.ActionsEnabled': [set(false)],
    ...more,
  });
}
