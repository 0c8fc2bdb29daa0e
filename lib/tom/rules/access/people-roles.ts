// TOM-3.2, TOM-3.3: a role of people requires a second factor and a known network; its sessions end and bear a name.
// The one exception is the emergency role, for the day when the VPN is down: an alarm reports its use.
import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { type Admission, admissionsOf, isOwnAccount, permissionsOf } from '../../template/people';
import type { Statement } from '../../template/policies';
import { managedPolicyType, roleType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { isAlarmed, trailAlarmReads } from './trail-alarm-findings';

/** Longest session of a role in seconds, at the console and the API. (TOM-3.3) */
const longestSession = 8 * 3600;

export const peopleRoles: Rule = {
  name: 'people-roles',
  requires: 'each role of people but the alarmed emergency role requires MFA, a named session and known network, for 8 hours',
  types: [roleType],
  check(role, assembly) {
    const admissions = admissionsOf(role);
    if (admissions.length === 0) return 'not-applicable';
    const own = admissions.filter(({ kind, principal }) => kind === 'account' && isOwnAccount(principal, role));
    const networks = isEmergency(role, assembly) ? alarmFindings(role, assembly) : networkFindings(role, own, assembly);
    return [...sessionFindings(role, assembly), ...own.flatMap((admission) => personFindings(role, admission)), ...networks];
  },
  guards: [
    guardWhere(roleType, isOfPeople, 'Properties.MaxSessionDuration', remove, replace(43_200), replace(7200)),
    guardWhere(roleType, isOfUsers, conditions('Bool'), remove, set({ 'aws:MultiFactorAuthPresent': 'false' })),
    guardWhere(roleType, isOfUsers, conditions('StringEquals.aws:PrincipalTag/rempart:team'), remove),
    guardWhere(roleType, isOfUsers, conditions('StringEquals.sts:RoleSessionName'), remove, replace('shared')),
    guardWhere(roleType, isOfKnownAddresses, conditions('IpAddress.aws:SourceIp'), append('0.0.0.0/0'), append('203.0.113.7/32')),
    guardWhere(
      managedPolicyType,
      (policy) => denialsIn(policy).length > 0,
      (policy) => denialsIn(policy).map((index) => `Properties.PolicyDocument.Statement.${index}.Condition.BoolIfExists`),
      remove,
      set({ 'aws:ViaAWSService': 'true' }),
    ),
  ],
  reads: [{ type: roleType, path: 'Properties' }, { type: managedPolicyType, path: 'Properties' }, ...trailAlarmReads],
  bypasses: [
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

/** Indexes of the denials of a policy that bind sessions to networks. */
const denialsIn = (policy: Resource): readonly number[] =>
  listOf(policy.at('PolicyDocument.Statement')).flatMap((json, index) =>
    valueAt(json, 'Effect') === 'Deny' && valueAt(json, 'Condition.BoolIfExists') !== undefined ? [index] : [],
  );

const isEmergency = (role: Resource, { facts }: Assembly): boolean =>
  role.at('RoleName') === `${facts.deployment}-emergency-${facts.region}`;

function sessionFindings(role: Resource, { facts: { settings } }: Assembly): readonly Finding[] {
  const seconds = settings.access.timeouts.roleSessionMinutes * 60;
  if (role.at('MaxSessionDuration') === seconds && seconds <= longestSession) return [];
  const fix = 'Set access.timeouts.roleSessionMinutes.';
  return [finding(role, 'session', 'Properties.MaxSessionDuration', `${seconds} seconds, as configured, at most ${longestSession}`, fix)];
}

const personFix = 'Use peopleOf of lib/access/role-trust.ts.';

/** Users need MFA and the tag of the role. IAM Identity Center enforces MFA itself; its roles have a reserved path. */
function personFindings(role: Resource, { statement: { json, path } }: Admission): readonly Finding[] {
  const center = listOf(valueAt(json, 'Condition.ArnLike.aws:PrincipalArn')).map((arn) => renderText(arn) ?? '?');
  const at = `Properties.${path}.Condition`;
  const object = (id: string, required: string): Finding => finding(role, `${id}::${path}`, at, required, personFix);
  if (center.length > 0 && center.every((arn) => /:role\/aws-reserved\/sso\.amazonaws\.com\/\*AWSReservedSSO_[a-z-]+_\*$/.test(arn)))
    return isNamed(json, 'StringLike.aws:userid', '*:${sts:RoleSessionName}')
      ? []
      : [object('name', 'StringLike aws:userid *:${sts:RoleSessionName}')];
  const hasMfa = String(valueAt(json, 'Condition.Bool.aws:MultiFactorAuthPresent')) === 'true';
  const hasTeam = typeof valueAt(json, 'Condition.StringEquals.aws:PrincipalTag/rempart:team') === 'string';
  return [
    ...(hasMfa ? [] : [object('mfa', 'Bool aws:MultiFactorAuthPresent true')]),
    ...(hasTeam ? [] : [object('team', 'StringEquals aws:PrincipalTag/rempart:team, one role')]),
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

/** The trust admits known networks only, and the permissions deny the use of a session from others. */
function networkFindings(role: Resource, own: readonly Admission[], assembly: Assembly): readonly Finding[] {
  if (own.length === 0) return [];
  const offices = assembly.facts.settings.access.officeAddresses;
  const open = own.filter(({ statement }) => !isFromKnownNetwork(statement.json.Condition ?? {}, offices));
  const required = 'IpAddress of access.officeAddresses, or StringEquals aws:SourceVpc';
  const denied = deniesOtherNetworks(permissionsOf(role, assembly), own, offices);
  return [
    ...open.map(({ statement: { path } }) => finding(role, `network::${path}`, `Properties.${path}.Condition`, required, personFix)),
    ...(denied
      ? []
      : [finding(role, 'session-network', '', 'a denial of requests from other networks', 'Add fromKnownNetworks to its calls.')]),
  ];
}

/**
 * From the offices of the configuration, or through an endpoint of the VPC. The addresses of the NAT gateways belong
 * to servers and functions. (docs/adr/0017)
 */
function isFromKnownNetwork(condition: Json, offices: readonly string[]): boolean {
  const vpc = valueAt(condition, 'StringEquals.aws:SourceVpc');
  const addresses = [valueAt(condition, 'IpAddress.aws:SourceIp'), valueAt(condition, 'IpAddress.aws:VpcSourceIp')].filter(
    (value) => value !== undefined,
  );
  if (addresses.length === 0) return vpc !== undefined;
  const isPrivate = valueAt(condition, 'IpAddress.aws:VpcSourceIp') !== undefined && vpc !== undefined;
  return isPrivate || addresses.flatMap(listOf).every((range) => offices.includes(renderText(range) ?? ''));
}

/**
 * The networks that the denials of a role leave: offices and the VPC; the VPC alone, without an office; or private
 * addresses, which another VPC may have too, and the VPC by a denial of its own.
 */
function deniesOtherNetworks(statements: readonly Statement[], own: readonly Admission[], offices: readonly string[]): boolean {
  const denials = statements.filter(isNetworkDenial).map(({ json }) => json.Condition ?? {});
  const has = (operator: string, key: string) => denials.some((condition) => valueAt(condition, `${operator}.${key}`) !== undefined);
  const byVpcAlone = denials.some(
    (condition) => valueAt(condition, 'NotIpAddress') === undefined && valueAt(condition, 'StringNotEquals.aws:SourceVpc') !== undefined,
  );
  const isPrivate = own.some(({ statement }) => valueAt(statement.json, 'Condition.IpAddress.aws:VpcSourceIp') !== undefined);
  if (isPrivate) return has('NotIpAddress', 'aws:VpcSourceIp') && byVpcAlone;
  return offices.length > 0 ? has('NotIpAddress', 'aws:SourceIp') : byVpcAlone;
}

/** Whether a statement denies every action by network, with no exception but services for the session. */
function isNetworkDenial({ effect, actions, resources, json }: Statement): boolean {
  const condition = json.Condition;
  if (effect !== 'Deny' || !actions.includes('*') || !resources.includes('*') || !isObject(condition)) return false;
  const known = ['NotIpAddress', 'StringNotEquals', 'BoolIfExists'];
  const excludesServices = String(valueAt(condition, 'BoolIfExists.aws:ViaAWSService')) === 'false';
  return Object.keys(condition).every((operator) => known.includes(operator)) && Object.keys(condition).length > 1 && excludesServices;
}

/** A metric filter on the trail names the role, and an alarm that notifies people has its metric. */
function alarmFindings(role: Resource, assembly: Assembly): readonly Finding[] {
  if (isAlarmed(assembly, (pattern) => pattern.includes(`:role/${String(role.at('RoleName'))}"`))) return [];
  return [finding(role, 'alarm', '', 'an alarm on each use of the role', 'Restore trailAlarms of lib/access.')];
}
