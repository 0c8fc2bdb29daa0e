// TOM-3.1, DSS-5.6.6: shells of servers by the session document of the deployment, on tagged servers, for few roles.
// Servers with data of clients admit the client-data team, and the emergency role.
import { append, type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { documentTypes, grantsOf, isOnlyBoundary } from '../../template/identity-policies';
import { nameOf } from '../../template/names';
import { actsOnOwnSessions, sessionTag } from '../../template/own-sessions';
import { matchesPattern, type Statement } from '../../template/policies';
import { managedPolicyType, roleType } from '../../template/resource-types';
import { connectFindings, isConnecting } from './connect-statement-findings';

/** Actions that open a way into a server: shells, ports and commands of Systems Manager, and pushed keys. */
const entries = [
  'ec2-instance-connect:OpenTunnel',
  'ec2-instance-connect:SendSSHPublicKey',
  'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
  'ec2:GetPasswordData',
  'ssm:CreateAssociation',
  'ssm:ResumeSession',
  'ssm:SendCommand',
  'ssm:StartAutomationExecution',
  'ssm:StartSession',
];

const clientData = 'personal';
const withClientData = ['access/PeopleClientDataTeamRole', 'access/PeopleEmergencyRole'];
const withoutClientData = ['access/PeopleInfrastructureManagerRole', 'access/PeopleItTeamRole'];

const fix = 'Use the calls `shells` of lib/config/people-calls.ts.';

export const serverShells: Rule = {
  name: 'server-shells',
  requires: 'named roles start logged shells on tagged servers, and few of them on servers with data of clients',
  types: documentTypes,
  check(policy, assembly) {
    if (isOnlyBoundary(policy, assembly)) return 'not-applicable';
    const statements = grantsOf(policy).filter(
      (statement) =>
        statement.actions.some((action) => entries.some((entry) => matchesPattern(action, entry))) &&
        !isOnOwnSessions(statement, policy, assembly),
    );
    if (statements.length === 0) return 'not-applicable';
    return statements.flatMap((statement) =>
      isConnecting(statement, assembly)
        ? connectFindings(policy, statement, holdersOf(policy, assembly), assembly)
        : shellFindings(policy, statement, assembly),
    );
  },
  guards: [
    guardWhere(managedPolicyType, hasShells, ownSessions('.Resource'), replace('*'), replace('arn:aws:ssm:*:*:session/*')),
    guardWhere(managedPolicyType, hasShells, ownSessions('.Condition'), remove, set({})),
    guardWhere(managedPolicyType, hasShells, ownSessions(`.${sessionTag}`), replace('*'), append('AROAEXAMPLE:bob')),
    guardWhere(managedPolicyType, hasShells, ownSessions('.Action'), append('ssm:SendCommand')),
    guardWhere(managedPolicyType, hasShells, shells('.Action'), append('ssm:SendCommand'), append('ssm:*')),
    guardWhere(managedPolicyType, hasShells, shells('.Condition', true), remove, set({})),
    guardWhere(managedPolicyType, hasShells, shells('.Condition.Bool', true), remove, set({ 'ssm:SessionDocumentAccessCheck': 'false' })),
    guardWhere(managedPolicyType, hasShells, shells('.Resource', false), append('arn:aws:ssm:*:*:document/AWS-StartPortForwardingSession')),
    guardWhere(
      managedPolicyType,
      (policy, assembly) => hasShells(policy, assembly) && !mayReachClientData(policy, assembly),
      shells('.Condition.StringEquals.aws:ResourceTag/rempart:classification', true),
      append(clientData),
    ),
    guardWhere(managedPolicyType, hasConnects, connects('.Condition'), remove, set({})),
    guardWhere(managedPolicyType, hasConnects, connects('.Resource'), replace('*')),
    guardWhere(managedPolicyType, hasConnects, connects('.Action'), replace('ec2-instance-connect:*')),
    guardWhere(managedPolicyType, hasConnects, 'Properties.Roles', append({ Ref: 'Another' })),
  ],
  reads: [...documentTypes, roleType].map((type) => ({ type, path: 'Properties' })),
  bypasses: ['ssm:StartSession', 'ssm:SendCommand', 'ec2-instance-connect:*', 'ssm:S*'].map((Action) => ({
    name: `a policy with ${Action}`,
    resources: {
      Policy: { Type: managedPolicyType, Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } } },
    },
  })),
};

/** Own sessions alone, of a role that starts shells. */
const isOnOwnSessions = (statement: Statement, policy: Resource, assembly: Assembly): boolean =>
  actsOnOwnSessions(statement, policy, assembly) && grantsOf(policy).some(isShell);

const isShell = ({ actions }: Statement): boolean => actions.includes('ssm:StartSession');

function hasShells(policy: Resource, assembly: Assembly): boolean {
  return !isOnlyBoundary(policy, assembly) && grantsOf(policy).some(isShell);
}

/** Paths in the statements of shells: those on servers, those on documents, or all. */
function shells(below: string, onServers?: boolean): (policy: Resource) => readonly string[] {
  return (policy) =>
    grantsOf(policy)
      .filter((statement) => isShell(statement) && (onServers === undefined || onServers === isOnServers(statement)))
      .map(({ path }) => `Properties.${path}${below}`);
}

function hasConnects(policy: Resource, assembly: Assembly): boolean {
  return !isOnlyBoundary(policy, assembly) && grantsOf(policy).some((statement) => isConnecting(statement, assembly));
}

/** Paths in the statements of tunnels and keys. */
function connects(below: string): (policy: Resource, assembly: Assembly) => readonly string[] {
  return (policy, assembly) =>
    grantsOf(policy)
      .filter((statement) => isConnecting(statement, assembly))
      .map(({ path }) => `Properties.${path}${below}`);
}

/** Paths in the statements of own sessions. */
function ownSessions(below: string): (policy: Resource) => readonly string[] {
  return (policy) =>
    grantsOf(policy)
      .filter(({ actions }) => actions.includes('ssm:ResumeSession'))
      .map(({ path }) => `Properties.${path}${below}`);
}

const isOnServers = ({ json }: Statement): boolean => valueAt(json, 'Condition.Bool') !== undefined;

const holdersOf = (policy: Resource, assembly: Assembly): readonly string[] =>
  listOf(policy.at('Roles')).map((role) => {
    const target = assembly.target(role, policy.stack);
    return target === undefined ? '?' : nameOf(target, assembly.facts);
  });

const mayReachClientData = (policy: Resource, assembly: Assembly): boolean => {
  const holders = holdersOf(policy, assembly);
  return holders.length > 0 && holders.every((holder) => withClientData.includes(holder));
};

function shellFindings(policy: Resource, statement: Statement, assembly: Assembly): readonly Finding[] {
  const at = `Properties.${statement.path}`;
  const holders = holdersOf(policy, assembly);
  const strangers = holders.filter((holder) => ![...withClientData, ...withoutClientData].includes(holder));
  const others = statement.actions.filter((action) => action !== 'ssm:StartSession');
  return [
    ...(holders.length === 0 ? [finding(policy, `holder::${statement.path}`, at, 'one of the roles of people', fix)] : []),
    ...strangers.map((holder) => ({
      ...finding(policy, `holder::${holder}`, at, 'a role of people that reaches servers', fix),
      found: holder,
    })),
    ...others.map((action) => ({ ...finding(policy, `entry::${action}`, at, 'ssm:StartSession alone', fix), found: action })),
    ...targetFindings(policy, statement, assembly),
  ];
}

/** The statement is on the session document alone, or on tagged servers alone with the check of the document. */
function targetFindings(policy: Resource, { json, path }: Statement, assembly: Assembly): readonly Finding[] {
  const targets = listOf(canonical(json.Resource ?? '*', policy.stack, assembly)).map(String);
  const { deployment, region } = assembly.facts;
  const document = `arn:aws:ssm:${region}:\${AWS::AccountId}:document/${deployment}-shell`;
  if (targets.length === 1 && targets[0] === document) return [];
  const servers = `arn:aws:ec2:${region}:\${AWS::AccountId}:instance/*`;
  const isTagged = targets.length === 1 && targets[0] === servers && isLimited(json.Condition ?? {}, deployment);
  const required = `${document}, or ${servers} by the tags of the deployment with the check of the document`;
  const admitsClientData = classificationsOf(json.Condition).some((value) => value === clientData);
  return [
    ...(isTagged ? [] : [finding(policy, `target::${path}`, `Properties.${path}`, required, fix)]),
    ...(admitsClientData && !mayReachClientData(policy, assembly)
      ? [finding(policy, `client-data::${path}`, `Properties.${path}.Condition`, 'no server with data of clients', fix)]
      : []),
  ];
}

const classificationsOf = (condition: Json | undefined): readonly Json[] =>
  listOf(valueAt(condition, 'StringEquals.aws:ResourceTag/rempart:classification'));

function isLimited(condition: Json, deployment: string): boolean {
  const equals = valueAt(condition, 'StringEquals');
  const isOwn = isObject(equals) && equals['aws:ResourceTag/rempart:deployment'] === deployment;
  const checksDocument = String(valueAt(condition, 'Bool.ssm:SessionDocumentAccessCheck')) === 'true';
  return isOwn && checksDocument && classificationsOf(condition).length > 0;
}
