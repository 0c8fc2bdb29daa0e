// Part 1 of the rehearsal: each call of each role, through the permissions of the role, the permissions boundary, the
// policy of the resource and the policy of the endpoint, with optional context keys present and absent.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { endpointType, functionType, managedPolicyType, roleType, serverTemplateType } from '../../lib/tom/template/resource-types';
import { declaredCalls } from './declared-calls';
import { endpointPolicyFor, type ProgramInVpc } from './endpoints';
import { policyOfResource } from './resource-policies';
import { evaluateRequest, type NamedPolicy } from './simulator';
import { type StandIn, standInAccount } from './stand-in';

/** One rehearsed call. */
export interface CallRow {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Whether the context keys that services may omit are in the request. */
  readonly optionalKeys: 'present' | 'absent';
  readonly allowed: boolean;
  readonly reason: string;
}

interface Caller {
  readonly name: string;
  readonly arn: string;
  readonly policies: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  /** Keys of the requests of people: the network of the session. */
  readonly session: Readonly<Record<string, string>>;
  /** Program in the VPC that has the role; its calls pass the endpoints. @default - none */
  readonly program?: ProgramInVpc | undefined;
}

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Rehearses the calls that the permissions of each role are for, or of those with the given names. */
export async function rehearseCalls(standIn: StandIn, names?: readonly string[]): Promise<readonly CallRow[]> {
  const rows: CallRow[] = [];
  for (const role of standIn.assembly.ofType(roleType)) {
    if (names && !names.includes(nameOf(role, standIn.assembly.facts))) continue;
    const caller = callerOf(role, standIn);
    for (const call of callsOf(caller, standIn)) {
      for (const optionalKeys of ['present', 'absent'] as const) rows.push(await rehearse(call, caller, optionalKeys, standIn));
    }
  }
  return rows;
}

/** Stand-ins of the VPC and the server. */
const vpcId = 'vpc-0123456789abcdef0';
const serverAddress = '10.0.0.10';

/**
 * Keys that requests do not always have ("AWS global condition context keys", Availability). The region is always
 * there, except in sign-ins to databases, for which not every global key is supported ("IAM database authentication").
 * The organization is there if the account is in one.
 */
function optionalContext({ program }: Caller, action: string, region: string): Readonly<Record<string, string>> {
  return {
    ...(action === signIn ? { 'aws:RequestedRegion': region } : {}),
    'aws:ViaAWSService': 'false',
    'aws:PrincipalOrgID': 'o-exampleorgid',
    ...(program ? { 'aws:SourceVpc': vpcId, 'aws:SourceVpce': 'vpce-0123456789abcdef0', 'aws:VpcSourceIp': serverAddress } : {}),
    // Credentials that the metadata service of a server delivers.
    ...(program === 'server' ? { 'aws:Ec2InstanceSourceVpc': vpcId, 'aws:Ec2InstanceSourcePrivateIPv4': serverAddress } : {}),
  };
}

const signIn = 'rds-db:connect';

/** Keys that each request has. */
export const certainContext = (action: string, region: string): Readonly<Record<string, string>> => ({
  'aws:PrincipalAccount': standInAccount,
  'aws:ResourceAccount': standInAccount,
  'aws:SecureTransport': 'true',
  ...(action === signIn ? {} : { 'aws:RequestedRegion': region }),
});

async function rehearse(call: Call, caller: Caller, optionalKeys: CallRow['optionalKeys'], standIn: StandIn): Promise<CallRow> {
  const { action, resource, context } = call;
  const { region } = standIn.assembly.facts;
  const optional = optionalKeys === 'present' ? optionalContext(caller, action, region) : {};
  const answer = await evaluateRequest({
    principal: caller.arn,
    action,
    resource,
    // In each signed request of a role ({@link certainContext} has the keys that do not depend on the caller).
    context: { ...certainContext(action, region), 'aws:PrincipalArn': caller.arn, ...optional, ...caller.session, ...context },
    identityPolicies: caller.policies,
    boundary: caller.boundary,
    resourcePolicy: policyOfResource(resource, standIn),
    endpointPolicy: caller.program && endpointPolicyFor(action, caller.program, standIn),
  });
  return { role: caller.name, action, resource, optionalKeys, ...answer };
}

function callerOf(role: Resource, standIn: StandIn): Caller {
  const { assembly } = standIn;
  const name = nameOf(role, assembly.facts);
  const properties = standIn.properties(role);
  const managed = assembly.ofType(managedPolicyType);
  const policies = managed.filter((policy) => listOf(policy.at('Roles')).some((target) => assembly.refersTo(target, policy, role)));
  return {
    name,
    arn: standIn.arnOf(role),
    policies: [...policies.map((policy) => documentOf(policy, standIn)), ...inlinePolicies(properties)],
    boundary: boundaryOf(role, standIn),
    session: sessionOf(properties),
    program: assembly.ofType(endpointType).length > 0 ? programOf(role, assembly) : undefined,
  };
}

/** The program in the VPC that has a role: a function with a VPC, or a server by its instance profile. */
function programOf(role: Resource, assembly: Assembly): ProgramInVpc | undefined {
  const refersTo = (type: string, path: string, target: Resource): readonly Resource[] =>
    assembly.ofType(type).filter((from) => listOf(from.at(path)).some((value) => assembly.refersTo(value, from, target)));
  if (refersTo(functionType, 'Role', role).some((holder) => holder.at('VpcConfig') !== undefined)) return 'function';
  const profiles = refersTo('AWS::IAM::InstanceProfile', 'Roles', role);
  const paths = ['LaunchTemplateData.IamInstanceProfile.Arn', 'LaunchTemplateData.IamInstanceProfile.Name'];
  const isUsed = profiles.some((profile) => paths.some((path) => refersTo(serverTemplateType, path, profile).length > 0));
  return isUsed ? 'server' : undefined;
}

/**
 * The network of a session, from the first statement of the trust that names one: the first address of a range. A
 * session of people comes from where the role was assumed.
 */
function sessionOf({ AssumeRolePolicyDocument }: JsonObject): Readonly<Record<string, string>> {
  const [network] = listOf(valueAt(AssumeRolePolicyDocument, 'Statement'))
    .filter((statement) => valueAt(statement, 'Condition.IpAddress') !== undefined)
    .map((statement) => contextOf(valueAt(statement, 'Condition')));
  const keys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:VpcSourceIp'];
  return Object.fromEntries(
    Object.entries(network ?? {}).flatMap(([key, value]) => (keys.includes(key) ? [[key, value.replace(/\/\d+$/, '')]] : [])),
  );
}

/** The permissions boundary of a role; `undefined` without one. */
export function boundaryOf(role: Resource, standIn: StandIn): NamedPolicy | undefined {
  const name = /:policy\/(.+)$/.exec(String(standIn.properties(role).PermissionsBoundary))?.[1];
  const policies = standIn.assembly.ofType(managedPolicyType);
  const boundary = policies.find((policy) => standIn.properties(policy).ManagedPolicyName === name);
  return boundary && documentOf(boundary, standIn);
}

const documentOf = (policy: Resource, standIn: StandIn): NamedPolicy => ({
  name: nameOf(policy, standIn.assembly.facts),
  policy: standIn.properties(policy).PolicyDocument ?? null,
});

function inlinePolicies({ Policies }: JsonObject): readonly NamedPolicy[] {
  return listOf(Policies).map((policy) => ({
    name: String(valueAt(policy, 'PolicyName')),
    policy: valueAt(policy, 'PolicyDocument') ?? null,
  }));
}

/**
 * The calls that the permissions of a role are for, each action on each resource of each statement that allows; and
 * those that its contract declares, which it may have lost.
 */
function callsOf({ name, policies }: Caller, standIn: StandIn): readonly Call[] {
  const statements = policies.flatMap(({ policy }) => listOf(valueAt(policy ?? {}, 'Statement'))).filter(isObject);
  const permitted = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource: resources, Condition }) =>
      listOf(Action).flatMap((action) => listOf(resources).map((resource) => callOf(String(action), String(resource), Condition))),
    );
  const declared = declaredCalls(name, standIn).map(({ action, resource, conditions }) => callOf(action, resource, conditions));
  return [...new Map([...permitted, ...declared].map((call) => [JSON.stringify(call), call])).values()];
}

/** Id of a session of people: that of the role, and the name of the session. */
const sessionId = 'AROAEXAMPLE:person';

const callOf = (action: string, resource: string, condition: Json | undefined): Call => ({
  action,
  resource: exampleOf(resource, action).replaceAll('${aws:userid}', sessionId),
  context: { ...contextOf(condition), ...(resource.includes('${aws:userid}') ? { 'aws:userid': sessionId } : {}) },
});

/** An ARN that a pattern matches. */
function exampleOf(pattern: string, action: string): string {
  if (pattern === '*') return '*';
  // A stream of the group ("Actions, resources, and condition keys for Amazon CloudWatch Logs").
  if (action.startsWith('logs:')) return pattern.replace(/:\*$/, ':log-stream:example');
  return pattern.replaceAll('*', 'example');
}

/** Context that satisfies the conditions of a statement. */
function contextOf(condition: Json | undefined): Readonly<Record<string, string>> {
  const context: Record<string, string> = {};
  for (const [operator, keys] of Object.entries(isObject(condition) ? condition : {})) {
    if (/Not/.test(operator) || !isObject(keys)) continue;
    if (operator === 'Null') {
      // A key that must be there.
      for (const [key, isAbsent] of Object.entries(keys)) if (String(isAbsent) === 'false') context[key] = 'example';
      continue;
    }
    for (const [key, values] of Object.entries(keys)) {
      const [first] = listOf(values);
      if (first !== undefined) context[key] = String(first).replaceAll('*', 'example');
    }
  }
  return context;
}
