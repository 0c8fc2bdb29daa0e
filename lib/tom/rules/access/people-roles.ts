// TOM-3.2, TOM-3.3: a role of people requires a second factor and a known network; its sessions end and bear a name.
// The one exception is the emergency role, for the day when the VPN is down: an alarm reports its use.
import { append, type Break, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { type Admission, admissionsOf, isOwnAccount } from '../../template/people';
import { alarmType, managedPolicyType, metricFilterType, roleType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { networkFindings } from './known-network-findings';
import { useFindings } from './role-use-findings';
import { trailAlarmReads } from './trail-alarm-findings';

/** Longest session of a role in seconds, at the console and the API. (TOM-3.3) */
const longestSession = 8 * 3600;

/** Patterns that miss uses: by a user, by another request of AWS STS, or from another region. */
const narrowerPatterns = ['$.userIdentity.type = "AssumedRole"', '$.eventName = "AssumeRole"', '$.awsRegion = "eu-west-3"'].map(
  (only) => `{ (${only}) && ($.eventSource = "sts.amazonaws.com") }`,
);

export const peopleRoles: Rule = {
  name: 'people-roles',
  requires: 'each role of people but the alarmed emergency role requires MFA, a named session and known network, for 8 hours',
  types: [roleType],
  check(role, assembly) {
    const admissions = admissionsOf(role);
    if (admissions.length === 0) return 'not-applicable';
    const own = admissions.filter(({ kind, principal }) => kind === 'account' && isOwnAccount(principal, role));
    const networks = isEmergency(role, assembly) ? useFindings(role, assembly) : networkFindings(role, own, assembly);
    return [...sessionFindings(role, assembly), ...own.flatMap((admission) => personFindings(role, admission, assembly)), ...networks];
  },
  guards: [
    guardWhere(roleType, isOfPeople, 'Properties.MaxSessionDuration', remove, replace(43_200), replace(7200)),
    guardWhere(roleType, isOfUsers, conditions('Bool'), remove, set({ 'aws:MultiFactorAuthPresent': 'false' })),
    guardWhere(roleType, isOfUsers, conditions('StringEquals.aws:PrincipalTag/rempart:team'), remove, replace('auditor')),
    guardWhere(roleType, isOfUsers, conditions('StringEquals.sts:RoleSessionName'), remove, replace('shared')),
    guardWhere(
      roleType,
      isOfKnownAddresses,
      conditions('IpAddress.aws:SourceIp'),
      append('0.0.0.0/0'),
      append('0.0.0.0/1'),
      append('203.0.113.7/32'),
    ),
    guardWhere(roleType, isOfVpc, conditions('StringEquals.aws:SourceVpc'), remove, replace('vpc-0123456789abcdef0')),
    guardWhere(roleType, isOfPrivateAddresses, conditions('IpAddress.aws:VpcSourceIp'), remove, append('10.0.0.0/8')),
    ofDenials('BoolIfExists', remove, set({ 'aws:ViaAWSService': 'true' })),
    ofDenials('BoolIfExists.aws:MultiFactorAuthPresent', set('false')),
    ofDenials('StringNotEquals.aws:PrincipalTag/spared', set('yes')),
    ofDenials('StringNotLike', set({ 'aws:PrincipalTag/spared': 'yes' })),
    ofDenials('StringNotEquals.aws:SourceVpc', append('vpc-0123456789abcdef0')),
    ...['aws:SourceIp', 'aws:VpcSourceIp'].map((key) => ofDenials(`NotIpAddress.${key}`, append('0.0.0.0/0'), append('198.18.0.0/20'))),
    guardWhere(metricFilterType, countsEmergency, 'Properties.FilterPattern', remove, ...narrowerPatterns.map(replace)),
    guardWhere(metricFilterType, countsEmergency, 'Properties.LogGroupName', replace('/elsewhere')),
    guardWhere(metricFilterType, countsEmergency, 'Properties.MetricTransformations.0.MetricValue', replace('0')),
    guardWhere(metricFilterType, countsEmergency, 'Properties.MetricTransformations.0.MetricNamespace', replace('Elsewhere')),
    guardWhere(alarmType, isOnEmergency, 'Properties.Statistic', replace('Minimum')),
    guardWhere(alarmType, isOnEmergency, 'Properties.ComparisonOperator', replace('LessThanThreshold')),
    guardWhere(alarmType, isOnEmergency, 'Properties.EvaluationPeriods', replace(5)),
  ],
  reads: [{ type: roleType, path: 'Properties' }, { type: managedPolicyType, path: 'Properties' }, ...trailAlarmReads],
  bypasses: [
    {
      name: 'a role of the IT team from every VPC',
      resources: {
        Elsewhere: {
          Type: roleType,
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                {
                  ...{
                    Effect: 'Allow',
                    Action: 'sts:AssumeRole',
                    Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                  },
                  Condition: {
                    Bool: { 'aws:MultiFactorAuthPresent': 'true' },
                    StringEquals: { 'aws:PrincipalTag/rempart:team': 'it-team', 'sts:RoleSessionName': '${aws:username}' },
                    IpAddress: { 'aws:VpcSourceIp': ['10.0.0.0/8'] },
                  },
                },
              ],
            },
            MaxSessionDuration: 3600,
          },
        },
      },
    },
    {
      name: 'a role for everyone of the account',
      resources: {
        Anyone: {
          Type: roleType,
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } },
              ],
            },
          },
        },
      },
    },
  ],
};

function isOfPeople(role: Resource): boolean {
  return admissionsOf(role).length > 0;
}

function isOfUsers(role: Resource): boolean {
  return admissionsOf(role).some(({ statement }) => valueAt(statement.json, 'Condition.Bool') !== undefined);
}

function isOfKnownAddresses(role: Resource): boolean {
  return admissionsOf(role).some(({ statement }) => valueAt(statement.json, 'Condition.IpAddress.aws:SourceIp') !== undefined);
}

/** Paths of a condition in the statements of a trust that have it. */
function conditions(below: string): (role: Resource) => readonly string[] {
  return (role) =>
    admissionsOf(role).flatMap(({ statement: { json, path } }) =>
      valueAt(json, `Condition.${below}`) === undefined ? [] : [`Properties.${path}.Condition.${below}`],
    );
}

/** Breaks of a condition in the denials that bind sessions to networks; of a key of networks, where they have it. */
function ofDenials(below: string, ...breaks: readonly Break[]): Guard {
  const paths = (policy: Resource): readonly string[] =>
    listOf(policy.at('PolicyDocument.Statement')).flatMap((json, index) =>
      isDenial(json) && (!/\.aws:(?:Vpc)?Source/.test(below) || valueAt(json, `Condition.${below}`) !== undefined)
        ? [`Properties.PolicyDocument.Statement.${index}.Condition.${below}`]
        : [],
    );
  return guardWhere(managedPolicyType, (policy) => paths(policy).length > 0, paths, ...breaks);
}

const isDenial = (statement: Json): boolean =>
  valueAt(statement, 'Effect') === 'Deny' && valueAt(statement, 'Condition.BoolIfExists') !== undefined;

function isOfVpc(role: Resource): boolean {
  return conditions('StringEquals.aws:SourceVpc')(role).length > 0;
}

function isOfPrivateAddresses(role: Resource): boolean {
  return conditions('IpAddress.aws:VpcSourceIp')(role).length > 0;
}

function countsEmergency(filter: Resource, { facts }: Assembly): boolean {
  return renderText(filter.at('FilterPattern'))?.includes(`:role/${facts.deployment}-emergency-`) ?? false;
}

function isOnEmergency(alarm: Resource, assembly: Assembly): boolean {
  const filters = assembly.ofType(metricFilterType).filter((filter) => countsEmergency(filter, assembly));
  return filters.some((filter) => filter.at('MetricTransformations.0.MetricName') === alarm.at('MetricName'));
}

const isEmergency = (role: Resource, { facts }: Assembly): boolean =>
  role.at('RoleName') === `${facts.deployment}-emergency-${facts.region}`;

function sessionFindings(role: Resource, { facts: { settings } }: Assembly): readonly Finding[] {
  const seconds = settings.access.timeouts.roleSessionMinutes * 60;
  if (role.at('MaxSessionDuration') === seconds && seconds <= longestSession) return [];
  const fix = 'Set access.timeouts.roleSessionMinutes.';
  return [finding(role, 'session', 'Properties.MaxSessionDuration', `${seconds} seconds, as configured, at most ${longestSession}`, fix)];
}

const personFix = 'Use peopleOf of lib/access/role-trust.ts.';

/** The team of a role, by its name. */
const teamOf = (role: Resource, { facts: { deployment, region } }: Assembly): string | undefined =>
  new RegExp(`^${deployment}-([a-z-]+)-${region}$`).exec(String(role.at('RoleName')))?.[1];

/**
 * Users need MFA and the tag of the role, and of no other. IAM Identity Center enforces MFA itself; its roles have a
 * reserved path, and the name of the role.
 */
function personFindings(role: Resource, { statement: { json, path } }: Admission, assembly: Assembly): readonly Finding[] {
  const team = teamOf(role, assembly);
  const center = listOf(valueAt(json, 'Condition.ArnLike.aws:PrincipalArn')).map((arn) => renderText(arn) ?? '?');
  const at = `Properties.${path}.Condition`;
  const object = (id: string, required: string): Finding => finding(role, `${id}::${path}`, at, required, personFix);
  if (center.length > 0 && center.every((arn) => arn.endsWith(`:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${team}_*`)))
    return isNamed(json, 'StringLike.aws:userid', '*:${sts:RoleSessionName}')
      ? []
      : [object('name', 'StringLike aws:userid *:${sts:RoleSessionName}')];
  const hasMfa = String(valueAt(json, 'Condition.Bool.aws:MultiFactorAuthPresent')) === 'true';
  const hasTeam = team !== undefined && valueAt(json, 'Condition.StringEquals.aws:PrincipalTag/rempart:team') === team;
  return [
    ...(hasMfa ? [] : [object('mfa', 'Bool aws:MultiFactorAuthPresent true')]),
    ...(hasTeam ? [] : [object('team', 'StringEquals aws:PrincipalTag/rempart:team, the role itself')]),
    ...(isNamed(json, 'StringEquals.sts:RoleSessionName', '${aws:username}')
      ? []
      : [object('name', 'StringEquals sts:RoleSessionName ${aws:username}')]),
  ];
}

/** Whether a session has the name of its person, by which off-boarding ends it. */
function isNamed(json: Json, condition: string, variable: string): boolean {
  const value = valueAt(json, `Condition.${condition}`);
  return listOf(value).length === 1 && listOf(value)[0] === variable;
}
