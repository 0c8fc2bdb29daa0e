// TOM-4.7, TOM-4.8: support staff and auditors reach the database through one function, which verifies its caller.
import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, type Json, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { isControl, variableOf } from '../../template/functions';
import { grantedActions, holdersOf, targetsOf } from '../../template/grants';
import { documentTypes, grantsOf, isOnlyBoundary } from '../../template/identity-policies';
import { matchesPattern, matchesResource, type Statement } from '../../template/policies';
import { functionType, logGroupType, managedPolicyType, mappingType, permissionType, roleType } from '../../template/resource-types';
import { newResource } from '../bypass';

interface StaffFunction {
  readonly control: string;
  /** Name of its role. */
  readonly role: string;
  /** Database roles that it signs in as; `*` stands for the name of a person. */
  readonly users: readonly string[];
  /** The role of people that invokes it, as in the names of roles. */
  readonly callers: string;
  /** Name of that role in the templates. */
  readonly callersRole: string;
}

const staffFunctions: readonly StaffFunction[] = [
  {
    ...{ control: 'staff-access', role: 'data/StaffAccessRole', users: ['rempart_admission'] },
    ...{ callers: 'it-team', callersRole: 'access/PeopleItTeamRole' },
  },
  {
    ...{ control: 'staff-reads', role: 'data/StaffReadsRole', users: ['auditor_*', 'support_*'] },
    ...{ callers: 'client-data-team', callersRole: 'access/PeopleClientDataTeamRole' },
  },
];

/** Ways by which another caller than a role starts a function. */
const otherWays = [permissionType, mappingType, 'AWS::Lambda::Url'];
const signIn = 'rds-db:connect';
const invoke = 'lambda:InvokeFunction';
const fix = 'Use StaffFunctions of lib/database, and the calls `invokes` of lib/config/people-calls.ts.';

export const staffSignIn: Rule = {
  name: 'staff-sign-in',
  requires: 'one function signs in as people, one makes their roles; each verifies its caller, and one role invokes it',
  types: [...documentTypes, functionType],
  check(resource, assembly) {
    if (resource.type === functionType) return functionVerdict(resource, assembly);
    if (isOnlyBoundary(resource, assembly)) return 'not-applicable';
    const statements = grantsOf(resource);
    const findings = staffFunctions.map((of) => statements.flatMap((statement) => grantFindings(resource, statement, of, assembly)));
    const concerned = staffFunctions.some((of) => statements.some((statement) => concerns(resource, statement, of, assembly)));
    return concerned ? findings.flat() : 'not-applicable';
  },
  guards: [
    guardWhere(functionType, isStaffFunction, variable('CALLER_ROLE'), remove, replace('production-it-team')),
    guardWhere(functionType, isStaffFunction, variable('FUNCTION_ARN'), remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(functionType, isStaffFunction, variable('ACCOUNT'), remove, replace('999999999999')),
    guardWhere(functionType, isStaffFunction, variable('STS_URL'), remove, replace('https://sts.example.com')),
    ...[signIn, invoke].map(grantGuard),
  ],
  bypasses: [
    ...[
      [signIn, 'arn:aws:rds-db:eu-west-3:111122223333:dbuser:cluster-X/support_*'],
      [signIn, 'arn:aws:rds-db:eu-west-3:111122223333:dbuser:*/rempart_admission'],
      ['rds-db:*', '*'],
      [invoke, 'arn:aws:lambda:eu-west-3:111122223333:function:*-staff-reads'],
      [invoke, 'arn:aws:lambda:*:*:function:production-staff-access:1'],
      ['lambda:Invoke*', '*'],
    ].map(([Action = '', Resource = '']) => ({
      name: `a policy with ${Action} on ${Resource}`,
      resources: { Policy: newResource(managedPolicyType, { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }) },
    })),
    ...otherWays.map((type) => ({
      name: `an ${type} of a function for people`,
      beside: managedPolicyType,
      resources: { Way: newResource(type, { FunctionName: 'production-staff-reads' }) },
    })),
  ],
  reads: [
    ...[...documentTypes, roleType].map((type) => ({ type, path: 'Properties' })),
    ...otherWays.map((type) => ({ type, path: 'Properties' })),
    { type: functionType, path: 'Properties.Environment' },
    { type: functionType, path: 'Properties.LoggingConfig' },
    { type: logGroupType, path: 'Properties.LogGroupName' },
  ],
};

function variable(name: string): string {
  return `Properties.Environment.Variables.${name}`;
}

function staffFunctionOf(lambda: Resource, assembly: Assembly): StaffFunction | undefined {
  return staffFunctions.find(({ control }) => isControl(lambda, control, assembly));
}

function isStaffFunction(lambda: Resource, assembly: Assembly): boolean {
  return staffFunctionOf(lambda, assembly) !== undefined;
}

/** A further resource in the statements of a function for people, or of the people who invoke it. */
function grantGuard(action: string): Guard {
  const paths = (policy: Resource, assembly: Assembly): readonly string[] =>
    grantsOf(policy)
      .filter((statement) => statement.actions.includes(action))
      .filter((statement) => staffFunctions.some((of) => concerns(policy, statement, of, assembly)))
      .map(({ path }) => `Properties.${path}.Resource`);
  const where: Guard['where'] = (policy, assembly) => !isOnlyBoundary(policy, assembly) && paths(policy, assembly).length > 0;
  return guardWhere(managedPolicyType, where, paths, replace('*'));
}

const allows = (statement: Statement, action: string): boolean =>
  grantedActions(statement).some((pattern) => matchesPattern(pattern, action));

/** Database roles of a resource: the part after the id of the cluster or proxy, or every role. */
const usersOf = (target: string): string => /:dbuser:.*\/([^/]+)$/.exec(target)?.[1] ?? '*';

/** Whether a resource includes a role of the function. */
const includesUser = (target: string, { users }: StaffFunction): boolean =>
  users.some((user) => matchesResource(usersOf(target), user.replace('*', 'ada')));

const functionArn = ({ control }: StaffFunction, { facts }: Assembly): string =>
  `arn:aws:lambda:${facts.region}:\${AWS::AccountId}:function:${facts.deployment}-${control}`;

/** Whether a resource includes the function or a version of it, in any region: by its name, or by a reference. */
function includesFunction(target: string, of: StaffFunction, assembly: Assembly): boolean {
  if (target.startsWith('${')) return target === `\${${of.role.replace(/Role$/, 'Function')}.Arn}`;
  const name = `${assembly.facts.deployment}-${of.control}`;
  const pattern = /:function:(.+)$/.exec(target)?.[1] ?? '*';
  return [name, `${name}:1`].some((one) => matchesResource(pattern, one));
}

function concerns(policy: Resource, statement: Statement, of: StaffFunction, assembly: Assembly): boolean {
  const targets = targetsOf(policy, statement, assembly);
  return (
    (allows(statement, signIn) && targets.some((target) => includesUser(target, of))) ||
    (allows(statement, invoke) && targets.some((target) => includesFunction(target, of, assembly)))
  );
}

function grantFindings(policy: Resource, statement: Statement, of: StaffFunction, assembly: Assembly): readonly Finding[] {
  if (!concerns(policy, statement, of, assembly)) return [];
  const at = `Properties.${statement.path}`;
  const holders = holdersOf(policy, assembly);
  const targets = targetsOf(policy, statement, assembly);
  const isHeldBy = (role: string): boolean => holders.length > 0 && holders.every((holder) => holder === role);
  const cluster = `arn:aws:rds-db:${assembly.facts.region}:\${AWS::AccountId}:dbuser:\${data/DatabaseCluster.DBClusterResourceId}/`;
  const signsIn = targets.some((target) => allows(statement, signIn) && includesUser(target, of));
  const isSignIn = isHeldBy(of.role) && targets.every((target) => of.users.some((user) => target === `${cluster}${user}`));
  const invokes = targets.some((target) => allows(statement, invoke) && includesFunction(target, of, assembly));
  const isInvocation = isHeldBy(of.callersRole) && targets.join() === functionArn(of, assembly);
  return [
    ...(signsIn && !isSignIn
      ? [finding(policy, `sign-in::${of.control}::${statement.path}`, at, `sign-in as ${of.users.join(' and ')} by ${of.role} alone`, fix)]
      : []),
    ...(invokes && !isInvocation
      ? [finding(policy, `invocation::${of.control}::${statement.path}`, at, `invocation by ${of.callersRole} alone`, fix)]
      : []),
  ];
}

/** The function has the values with which it verifies a caller, and no other way leads to it. */
function functionVerdict(lambda: Resource, assembly: Assembly): 'not-applicable' | readonly Finding[] {
  const of = staffFunctionOf(lambda, assembly);
  if (of === undefined) return 'not-applicable';
  const { deployment, region } = assembly.facts;
  const required: Readonly<Record<string, string>> = {
    ACCOUNT: '${AWS::AccountId}',
    CALLER_ROLE: `${deployment}-${of.callers}-${region}`,
    FUNCTION_ARN: functionArn(of, assembly),
    STS_URL: `https://sts.${region}.amazonaws.com`,
  };
  const value = (name: string): Json => canonical(variableOf(lambda, name) ?? '', lambda.stack, assembly);
  return [
    ...Object.entries(required)
      .filter(([name, text]) => value(name) !== text)
      .map(([name, text]) => finding(lambda, `variable::${name}`, variable(name), text, fix)),
    ...waysTo(lambda, of, assembly).map((way) => ({
      ...finding(lambda, `way::${way.logicalId}`, '', `invocation by ${of.callersRole} alone`, 'Remove the resource.'),
      found: `${way.type} ${way.logicalId}`,
    })),
  ];
}

function waysTo(lambda: Resource, { control }: StaffFunction, assembly: Assembly): readonly Resource[] {
  const names = (way: Resource): readonly string[] => [way.at('FunctionName'), way.at('TargetFunctionArn')].flatMap(listOf).map(String);
  return otherWays
    .flatMap((type) => assembly.ofType(type))
    .filter(
      (way) =>
        [way.at('FunctionName'), way.at('TargetFunctionArn')].some((value) => assembly.refersTo(value, way, lambda)) ||
        names(way).some((name) => name.includes(`-${control}`)),
    );
}
