// Part 1 of the rehearsal: each declared call of each role, through the permissions of the role, the permissions
// boundary, the policy of the resource and the policy of the endpoint, with optional context keys present and absent.
// What a role is permitted beyond its declared calls is in undeclared-permissions.ts, and sessions.ts takes people
// through each of their networks.
import { isObject, type Json, listOf } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { keyAliasType, roleType } from '../../lib/tom/template/resource-types';
import { siteTag } from '../../lib/tom/world/lake';
import { type Caller, callerOf } from './callers';
import { type DeclaredCall, declaredCalls } from './declared-calls';
import { endpointPolicyFor } from './endpoints';
import { personOf } from './people-origins';
import { policyOfResource } from './resource-policies';
import { evaluateRequest } from './simulator';
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

/** A call on one resource, with the keys that its conditions need. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** Rehearses the declared calls of each role, or of those with the given names. */
export async function rehearseCalls(standIn: StandIn, names?: readonly string[]): Promise<readonly CallRow[]> {
  const rows: CallRow[] = [];
  for (const role of standIn.assembly.ofType(roleType)) {
    if (names && !names.includes(nameOf(role, standIn.assembly.facts))) continue;
    const caller = callerOf(role, standIn);
    for (const call of callsOf(caller.name, standIn)) {
      for (const optionalKeys of ['present', 'absent'] as const) rows.push(await rehearseCall(call, caller, optionalKeys, standIn));
    }
  }
  return rows;
}

/**
 * Rehearses what the contracts of programs deny, which is no call of theirs. The denials of people are of networks
 * (sessions.ts).
 */
export async function rehearseDenials(standIn: StandIn): Promise<readonly CallRow[]> {
  const rows: CallRow[] = [];
  for (const role of standIn.assembly.ofType(roleType)) {
    const caller = callerOf(role, standIn);
    if (personOf(caller.name) !== undefined) continue;
    for (const call of callsOf(caller.name, standIn, 'Deny')) rows.push(await rehearseCall(call, caller, 'present', standIn));
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
function optionalContext({ inVpc }: Caller, action: string, region: string): Readonly<Record<string, string>> {
  return {
    ...(action === signIn ? { 'aws:RequestedRegion': region } : {}),
    'aws:ViaAWSService': 'false',
    'aws:PrincipalOrgID': 'o-exampleorgid',
    ...(inVpc ? { 'aws:SourceVpc': vpcId, 'aws:SourceVpce': 'vpce-0123456789abcdef0', 'aws:VpcSourceIp': serverAddress } : {}),
    // Credentials that the metadata service of a server delivers.
    ...(inVpc === 'server' ? { 'aws:Ec2InstanceSourceVpc': vpcId, 'aws:Ec2InstanceSourcePrivateIPv4': serverAddress } : {}),
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

/** Rehearses one call of a role, from the network of its session. */
export async function rehearseCall(call: Call, caller: Caller, optionalKeys: CallRow['optionalKeys'], standIn: StandIn): Promise<CallRow> {
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
    endpointPolicy: caller.inVpc && endpointPolicyFor(action, caller.inVpc, standIn),
  });
  return { role: caller.name, action, resource, optionalKeys, ...answer };
}

/** The calls that the contract of a role declares, which the role may have lost, or those that it denies. */
export function callsOf(role: string, standIn: StandIn, wanted: 'Allow' | 'Deny' = 'Allow'): readonly Call[] {
  const calls = declaredCalls(role, standIn, wanted).map(({ action, resource, conditions }) =>
    callOf({ action, resource, conditions }, standIn),
  );
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

/** Values of the variables of IAM: those of a session of people, and of one of a site of the lake. */
const sessionKeys: Readonly<Record<string, string>> = { 'aws:userid': 'AROAEXAMPLE:person', [`aws:PrincipalTag/${siteTag}`]: '7' };

function callOf({ action, resource, conditions }: DeclaredCall, standIn: StandIn): Call {
  const context = Object.entries(contextOf(conditions));
  const used = Object.entries(sessionKeys).filter(([key]) =>
    [resource, ...context.map(([, value]) => value)].some((text) => text.includes(`\${${key}}`)),
  );
  const filled = (text: string) => used.reduce((partly, [key, value]) => partly.replaceAll(`\${${key}}`, value), text);
  return {
    action,
    resource: keyWith(resource, Object.fromEntries(context), standIn) ?? filled(exampleOf(resource, action)),
    context: { ...Object.fromEntries(context.map(([key, value]) => [key, filled(value)])), ...Object.fromEntries(used) },
  };
}

/** The key of the deployment for a pattern of keys: the one with the alias of the condition, or any in the region. */
function keyWith(pattern: string, context: Readonly<Record<string, string>>, standIn: StandIn): string | undefined {
  const [, region] = /^arn:aws:kms:([^:]+):.+:key\/\*$/.exec(pattern) ?? [];
  if (region === undefined) return undefined;
  const { assembly } = standIn;
  const alias = context['kms:ResourceAliases'];
  const aliases = assembly.ofType(keyAliasType).filter((one) => alias === undefined || one.at('AliasName') === alias);
  const keys = aliases.flatMap((one) => assembly.target(one.at('TargetKeyId'), one.stack) ?? []);
  return keys.map((key) => standIn.arnOf(key)).find((arn) => region === '*' || arn.split(':')[3] === region);
}

/** An ARN that a pattern matches. */
function exampleOf(pattern: string, action: string): string {
  if (pattern === '*') return '*';
  // A stream of the group ("Actions, resources, and condition keys for Amazon CloudWatch Logs").
  if (action.startsWith('logs:')) return pattern.replace(/:\*$/, ':log-stream:example');
  return pattern.replaceAll('*', 'example');
}

/** Context that satisfies the conditions of a declared call. */
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
