// TOM-3.2: a function renews the revocation list of the VPN, and an alarm is raised 14 days before the list ends.
import { type Finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { controlFunctionOf, isControl, variableOf } from '../../template/functions';
import { alarmType, functionType, keyType, logGroupType, scheduleType } from '../../template/resource-types';
import { startsWithin } from '../control-run-findings';
import { alarmGuards, monitors } from '../probe-alarms';
import { clientVpnType } from './client-vpn';
import { isAuthority } from './vpn-authority';

const control = 'revocation-list';
/** Days before the end of the list at which people are notified. */
const leastDays = 14;
const dayInSeconds = 86_400;

const fix = 'Create RevocationList in the access stack.';

export const revocationList: Rule = {
  name: 'revocation-list',
  requires: `a function examines the revocation list of the Client VPN daily; an alarm warns ${leastDays} days before its end`,
  types: [clientVpnType],
  mustApply: false,
  check(endpoint, assembly) {
    const object = (id: string, required: string): Finding => ({ id, path: `the function ${control}`, found: undefined, required, fix });
    const lambda = controlFunctionOf(control, assembly);
    if (!lambda) return [object('function', `a function with the log group .../functions/${control}`)];
    const schedules = assembly.ofType(scheduleType);
    const key = assembly.target(variableOf(lambda, 'AUTHORITY_KEY'), lambda.stack);
    return [
      ...(assembly.refersTo(variableOf(lambda, 'ENDPOINT'), lambda, endpoint) ? [] : [object('endpoint', 'the endpoint in ENDPOINT')]),
      ...(key && isAuthority(key) ? [] : [object('key', 'the key of the authority in AUTHORITY_KEY')]),
      ...(schedules.some((schedule) => startsWithin(schedule, lambda, assembly, dayInSeconds))
        ? []
        : [object('trigger', 'a daily schedule')]),
      ...(assembly.ofType(alarmType).some((alarm) => warns(alarm, assembly))
        ? []
        : [object('alarm', `an alarm ${leastDays} days before the end, also without a measurement`)]),
    ];
  },
  guards: [
    ...Object.entries({
      '': [remove],
      'Properties.LoggingConfig.LogGroup': [remove, replace('/elsewhere')],
      'Properties.Environment.Variables.ENDPOINT': [remove, replace('cvpn-endpoint-0')],
      'Properties.Environment.Variables.AUTHORITY_KEY': [remove, replace('arn:aws:kms:eu-west-3:x:key/theirs')],
    }).map(([path, breaks]) => guardWhere(functionType, isRenewal, path, ...breaks)),
    guardWhere(keyType, isAuthority, 'Properties.KeyUsage', remove, replace('ENCRYPT_DECRYPT')),
    guardWhere(scheduleType, startsRenewal, '', remove),
    guardWhere(scheduleType, startsRenewal, 'Properties.ScheduleExpression', remove, replace('rate(7 days)')),
    guardWhere(scheduleType, startsRenewal, 'Properties.State', set('DISABLED')),
    guardWhere(scheduleType, startsRenewal, 'Properties.Target.Arn', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    ...alarmGuards(warns, {
      'Properties.Threshold': [remove, replace(1)],
      'Properties.EvaluationPeriods': [remove, replace(20)],
      'Properties.TreatMissingData': [remove, replace('notBreaching')],
    }),
  ],
  reads: [
    { type: functionType, path: 'Properties.Environment' },
    { type: functionType, path: 'Properties.LoggingConfig' },
    { type: logGroupType, path: 'Properties.LogGroupName' },
    { type: keyType, path: 'Properties.KeyUsage' },
    { type: keyType, path: 'Properties.KeySpec' },
    { type: scheduleType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
  ],
};

function isRenewal(lambda: Resource, assembly: Assembly): boolean {
  return isControl(lambda, control, assembly);
}

function startsRenewal(schedule: Resource, assembly: Assembly): boolean {
  const lambda = controlFunctionOf(control, assembly);
  return lambda !== undefined && startsWithin(schedule, lambda, assembly, dayInSeconds);
}

/** The threshold minus the time until the alarm is at least 14 days. */
function warns(alarm: Resource, assembly: Assembly): boolean {
  const daysToRaise = (Number(alarm.at('EvaluationPeriods')) * Number(alarm.at('Period'))) / dayInSeconds;
  return (
    monitors(alarm, { metric: 'RevocationListDays', statistic: 'Minimum' }, assembly) &&
    alarm.at('ComparisonOperator') === 'LessThanThreshold' &&
    alarm.at('TreatMissingData') === 'breaching' &&
    daysToRaise > 0 &&
    Number(alarm.at('Threshold')) - daysToRaise >= leastDays
  );
}
