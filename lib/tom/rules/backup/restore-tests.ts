// DSS-5.5.1: each database is restored every day, read, and timed against 12 hours.
import { probeMetrics, restoreMetrics, restoreValidation } from '../../../config/metrics';
import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { controlFunctionOf, isControl } from '../../template/functions';
import {
  alarmType,
  clusterType,
  eventRuleType,
  functionType,
  ingressType,
  logGroupType,
  restorePlanType,
  restoreSelectionType,
  securityGroupType,
  vaultType,
} from '../../template/resource-types';
import { secondsBetweenStarts } from '../../template/schedules';
import { newResource } from '../bypass';
import { alarmGuards, isFindingsAlarm, monitors } from '../probe-alarms';

/** Promised hours of a recovery. */
const promisedHours = 12;
/** Longest time between two steps of a validation, in seconds. */
const longestStep = 900;
const reader = 'restored-state';
const fix = 'Create RestoreTests, RestoreNetwork and RestoreValidation in the backup stack.';

export const restoreTests: Rule = {
  name: 'restore-tests',
  requires: `each database is restored every day into a closed network, read by a function, and timed against ${promisedHours} hours`,
  types: [clusterType],
  check(cluster, assembly) {
    const selections = assembly.ofType(restoreSelectionType).filter((selection) => selects(selection, cluster, assembly));
    if (selections.length === 0) return [finding(cluster, 'tested', '', 'a selection of a restore testing plan', fix)];
    return [
      ...selections.flatMap((selection) => [...selectionFindings(selection, cluster, assembly), ...planFindings(selection, assembly)]),
      ...validationFindings(assembly),
    ];
  },
  guards: [
    ...[restorePlanType, restoreSelectionType].map((type) => guard(type, '', remove)),
    guard(restorePlanType, 'Properties.ScheduleExpression', remove, replace('cron(0 16 ? * MON *)'), replace('rate(7 days)')),
    guard(restorePlanType, 'Properties.RecoveryPointSelection.Algorithm', remove, replace('RANDOM_WITHIN_WINDOW')),
    guard(restorePlanType, 'Properties.RecoveryPointSelection.RecoveryPointTypes', remove, replace(['CONTINUOUS'])),
    guard(restorePlanType, 'Properties.RecoveryPointSelection.IncludeVaults', remove, replace(['*'])),
    guard(restorePlanType, 'Properties.RecoveryPointSelection.SelectionWindowDays', remove, replace(1), replace(30)),
    guard(restoreSelectionType, 'Properties.RestoreTestingPlanName', remove, replace('another')),
    guard(restoreSelectionType, 'Properties.ProtectedResourceArns', remove, replace(['arn:aws:rds:eu-west-3:1:cluster:another'])),
    guard(restoreSelectionType, 'Properties.ProtectedResourceType', replace('RDS')),
    guard(restoreSelectionType, 'Properties.ValidationWindowHours', remove, replace(0)),
    guard(restoreSelectionType, 'Properties.RestoreMetadataOverrides', remove),
    guard(restoreSelectionType, 'Properties.RestoreMetadataOverrides.vpcSecurityGroupIds', remove, replace('["sg-1"]')),
    guard(restoreSelectionType, 'Properties.RestoreMetadataOverrides.dbSubnetGroupName', remove, replace('default')),
    guard(restoreSelectionType, 'Properties.RestoreMetadataOverrides.enableIamDatabaseAuthentication', remove, replace('false')),
    ...[restoreValidation, reader].map((control) => guardWhere(functionType, (one, all) => isControl(one, control, all), '', remove)),
    guardWhere(eventRuleType, startsValidation, '', remove),
    guardWhere(eventRuleType, startsValidation, 'Properties.ScheduleExpression', remove, replace('rate(1 day)')),
    guardWhere(eventRuleType, startsValidation, 'Properties.State', set('DISABLED')),
    ...alarmGuards(isDurationAlarm, { 'Properties.Threshold': [remove, replace(24)] }),
    ...alarmGuards(isProofAlarm, { 'Properties.Threshold': [remove, replace(0)], 'Properties.EvaluationPeriods': [remove, replace(60)] }),
  ],
  bypasses: [
    {
      name: 'a database that no test restores',
      resources: { Untested: newResource(clusterType, { DBClusterIdentifier: 'production-second' }) },
    },
    {
      name: 'a second group that reaches restored databases',
      beside: restoreSelectionType,
      resources: (_, assembly) => ({
        Further: newResource(ingressType, { GroupId: restoredGroup(assembly), SourceSecurityGroupId: 'sg-1' }),
      }),
    },
  ],
  reads: [
    ...[restorePlanType, restoreSelectionType, eventRuleType, alarmType, ingressType].map((type) => ({ type, path: 'Properties' })),
    { type: clusterType, path: 'Properties.DBClusterIdentifier' },
    { type: functionType, path: 'Properties.LoggingConfig' },
    { type: functionType, path: 'Properties.VpcConfig' },
    { type: securityGroupType, path: 'Properties.SecurityGroupIngress' },
    { type: logGroupType, path: 'Properties.LogGroupName' },
  ],
};

function selects(selection: Resource, cluster: Resource, assembly: Assembly): boolean {
  const arns = listOf(canonical(selection.at('ProtectedResourceArns') ?? null, selection.stack, assembly)).map(String);
  const name = String(cluster.at('DBClusterIdentifier'));
  return selection.at('ProtectedResourceType') === 'Aurora' && arns.some((arn) => arn.endsWith(`:cluster:${name}`));
}

/** Every day at one hour. */
const isDaily = (expression: Json | undefined): boolean =>
  typeof expression === 'string' && /^cron\(\d{1,2} \d{1,2} (?:\* \* \?|\? \* \*) \*\)$/.test(expression);

function planFindings(selection: Resource, assembly: Assembly): readonly Finding[] {
  const plan = assembly.ofType(restorePlanType).find((one) => assembly.refersTo(selection.at('RestoreTestingPlanName'), selection, one));
  if (plan === undefined) return [finding(selection, 'plan', 'Properties.RestoreTestingPlanName', 'a plan of the deployment', fix)];
  const of = 'RecoveryPointSelection';
  const hours = 24 + Number(plan.at('StartWindowHours'));
  const days = Number(plan.at(`${of}.SelectionWindowDays`));
  const vaults = listOf(plan.at(`${of}.IncludeVaults`));
  const wanted: readonly (readonly [string, string, boolean, string])[] = [
    ['schedule', 'ScheduleExpression', isDaily(plan.at('ScheduleExpression')), 'a test each day'],
    ['latest', `${of}.Algorithm`, plan.at(`${of}.Algorithm`) === 'LATEST_WITHIN_WINDOW', 'the newest recovery point'],
    ['types', `${of}.RecoveryPointTypes`, String(plan.at(`${of}.RecoveryPointTypes`)) === 'SNAPSHOT', 'snapshots'],
    ['window', `${of}.SelectionWindowDays`, days * 24 > hours && days <= 2, 'points of the last two days'],
    [
      'vaults',
      `${of}.IncludeVaults`,
      vaults.length > 0 && vaults.every((vault) => assembly.target(vault, plan.stack)?.type === vaultType),
      'vaults of the deployment',
    ],
  ];
  return wanted.flatMap(([id, path, holds, required]) => (holds ? [] : [finding(plan, id, `Properties.${path}`, required, fix)]));
}

function selectionFindings(selection: Resource, cluster: Resource, assembly: Assembly): readonly Finding[] {
  const overrides = 'RestoreMetadataOverrides';
  const subnets = assembly.target(selection.at(`${overrides}.dbSubnetGroupName`), selection.stack)?.type;
  const wanted: readonly (readonly [string, string, boolean, string])[] = [
    ['hours', 'ValidationWindowHours', Number(selection.at('ValidationWindowHours')) >= 1, 'hours for the validation'],
    ['subnets', `${overrides}.dbSubnetGroupName`, subnets === 'AWS::RDS::DBSubnetGroup', 'a subnet group of the deployment'],
    [
      'sign-in',
      `${overrides}.enableIamDatabaseAuthentication`,
      selection.at(`${overrides}.enableIamDatabaseAuthentication`) === 'true',
      'sign-in by token',
    ],
  ];
  const groups = groupsOf(selection, assembly);
  const isClosed = groups.length === 1 && groups.every((group) => onlyReaderReaches(group, assembly));
  return [
    ...wanted.flatMap(([id, path, holds, required]) => (holds ? [] : [finding(selection, id, `Properties.${path}`, required, fix)])),
    ...(isClosed ? [] : [finding(cluster, 'network', '', `a group for restored databases that only ${reader} reaches`, fix)]),
  ];
}

/** The groups in the JSON text of the override. */
function groupsOf(selection: Resource, assembly: Assembly): readonly Resource[] {
  const text = String(canonical(selection.at('RestoreMetadataOverrides.vpcSecurityGroupIds') ?? null, selection.stack, assembly));
  return assembly.ofType(securityGroupType).filter((group) => text === `["${canonicalId(group, assembly)}"]`);
}

const canonicalId = (group: Resource, assembly: Assembly): string =>
  String(canonical({ 'Fn::GetAtt': [group.logicalId, 'GroupId'] }, group.stack, assembly));

function onlyReaderReaches(group: Resource, assembly: Assembly): boolean {
  const lambda = controlFunctionOf(reader, assembly);
  const own = lambda === undefined ? [] : listOf(lambda.at('VpcConfig.SecurityGroupIds')).map((id) => assembly.target(id, lambda.stack));
  const rules = assembly.ofType(ingressType).filter((rule) => assembly.refersTo(rule.at('GroupId'), rule, group));
  const from = rules.map((rule) => assembly.target(rule.at('SourceSecurityGroupId'), rule.stack));
  return (
    from.length === 1 &&
    own.length === 1 &&
    from[0] !== undefined &&
    from[0] === own[0] &&
    listOf(group.at('SecurityGroupIngress')).length === 0
  );
}

/** The group of restored databases, for a bypass. */
function restoredGroup(assembly: Assembly): Json {
  const [group] = assembly.ofType(restoreSelectionType).flatMap((selection) => groupsOf(selection, assembly));
  return { 'Fn::GetAtt': [group?.logicalId ?? 'Missing', 'GroupId'] };
}

function startsValidation(rule: Resource, assembly: Assembly): boolean {
  const lambda = controlFunctionOf(restoreValidation, assembly);
  const targets = listOf(rule.at('Targets')).map((target) => (isObject(target) ? target.Arn : undefined));
  return lambda !== undefined && targets.some((arn) => assembly.refersTo(arn, rule, lambda));
}

function isDurationAlarm(alarm: Resource, assembly: Assembly): boolean {
  return (
    monitors(alarm, { metric: restoreMetrics.hours, statistic: 'Maximum', report: restoreValidation }, assembly) &&
    alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
    Number(alarm.at('Threshold')) <= promisedHours
  );
}

/** No success for a day and a half. */
function isProofAlarm(alarm: Resource, assembly: Assembly): boolean {
  return (
    monitors(alarm, { metric: restoreMetrics.proven, statistic: 'Maximum', report: restoreValidation }, assembly) &&
    alarm.at('ComparisonOperator') === 'LessThanThreshold' &&
    alarm.at('Threshold') === 1 &&
    Number(alarm.at('EvaluationPeriods')) * Number(alarm.at('Period')) <= 36 * 3600
  );
}

function validationFindings(assembly: Assembly): readonly Finding[] {
  const alarms = assembly.ofType(alarmType);
  const steps = assembly.ofType(eventRuleType).filter((rule) => startsValidation(rule, assembly));
  const isStepped = steps.some((rule) => (secondsBetweenStarts(rule) ?? Number.POSITIVE_INFINITY) <= longestStep);
  const missing = (id: string, required: string): Finding => ({
    id,
    path: `the function ${restoreValidation}`,
    found: undefined,
    required,
    fix,
  });
  return [
    ...[restoreValidation, reader]
      .filter((control) => controlFunctionOf(control, assembly) === undefined)
      .map((control) => missing(`function::${control}`, `the function ${control}`)),
    ...(isStepped ? [] : [missing('steps', `a step at least every ${longestStep} seconds`)]),
    ...(alarms.some((alarm) => isFindingsAlarm(alarm, restoreValidation, assembly))
      ? []
      : [missing(`alarm::${probeMetrics.findings}`, 'an alarm on the first restore that fails')]),
    ...(alarms.some((alarm) => isDurationAlarm(alarm, assembly))
      ? []
      : [missing(`alarm::${restoreMetrics.hours}`, `an alarm on a restore of more than ${promisedHours} hours`)]),
    ...(alarms.some((alarm) => isProofAlarm(alarm, assembly))
      ? []
      : [missing(`alarm::${restoreMetrics.proven}`, 'an alarm after 36 hours without a restore that succeeded')]),
  ];
}
