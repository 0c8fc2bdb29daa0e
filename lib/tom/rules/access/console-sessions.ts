// TOM-3.3: a person assumes a role within a limited time after a sign-in, and longer sessions raise an alarm.
import { type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import { type Admission, admissionsOf, isOwnAccount } from '../../template/people';
import { metricFilterType, roleType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { isAlarmed, trailAlarmReads } from './trail-alarm-findings';

/** Longest time in seconds between a sign-in and the assumption of a role. (TOM-3.3) */
const longest = 8 * 3600;

const ageKey = 'NumericLessThanEquals.aws:MultiFactorAuthAge';

export const consoleSessions: Rule = {
  name: 'console-sessions',
  requires: 'a person assumes a role within a limited time after a sign-in; longer sessions of permission sets raise an alarm',
  types: [roleType],
  check(role, assembly) {
    const own = admissionsOf(role).filter(({ kind, principal }) => kind === 'account' && isOwnAccount(principal, role));
    if (own.length === 0) return 'not-applicable';
    const seconds = assembly.facts.settings.access.timeouts.consoleSessionMinutes * 60;
    return [
      ...own.filter(isOfUsers).flatMap((admission) => ageFindings(role, admission, seconds)),
      ...alarmFindings(role, assembly, seconds),
    ];
  },
  guards: [
    guardWhere(roleType, (role) => agePaths(role).length > 0, agePaths, remove, replace('43200'), replace('-1')),
    guardWhere(metricFilterType, isOfSignIns, 'Properties.FilterPattern', replace('{ $.eventName = "AssumeRoleWithSAML" }')),
  ],
  reads: [{ type: roleType, path: 'Properties.AssumeRolePolicyDocument' }, ...trailAlarmReads],
};

/** Permission sets have their duration in another account: the alarm holds them. */
const isOfUsers = ({ statement }: Admission): boolean => valueAt(statement.json, 'Condition.ArnLike.aws:PrincipalArn') === undefined;

function agePaths(role: Resource): readonly string[] {
  return admissionsOf(role).flatMap(({ statement: { json, path } }) =>
    valueAt(json, `Condition.${ageKey}`) === undefined ? [] : [`Properties.${path}.Condition.${ageKey}`],
  );
}

function isOfSignIns(filter: Resource): boolean {
  return renderText(filter.at('FilterPattern'))?.includes('AssumeRoleWithSAML') ?? false;
}

function ageFindings(role: Resource, { statement: { json, path } }: Admission, seconds: number): readonly Finding[] {
  const ages = listOf(valueAt(json, `Condition.${ageKey}`)).map(String);
  if (ages.length === 1 && ages[0] === String(seconds) && seconds > 0 && seconds <= longest) return [];
  const required = `${ageKey.replace('.', ' ')} ${seconds}, as configured, at most ${longest}`;
  return [finding(role, `age::${path}`, `Properties.${path}.Condition`, required, 'Use peopleOf of lib/access/role-trust.ts.')];
}

/** The duration of a permission set is set in another account: longer sign-ins to any of them raise an alarm. */
function alarmFindings(role: Resource, assembly: Assembly, seconds: number): readonly Finding[] {
  const pattern =
    '{ ($.eventName = "AssumeRoleWithSAML") && ($.requestParameters.roleArn = "*:role/aws-reserved/sso.amazonaws.com/*") && ' +
    `($.requestParameters.durationSeconds > ${seconds}) }`;
  if (isAlarmed(assembly, (text) => text === pattern)) return [];
  return [finding(role, 'alarm', '', 'an alarm on longer sessions of permission sets', 'Restore trailAlarms of lib/access.')];
}
