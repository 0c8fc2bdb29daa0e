// Part 1 of the rehearsal, for people: each role is assumed from each of its networks, and used from there, a call for
// each service; and both are refused from other networks. Within the VPC the requests pass the policies of endpoints.
import type { PeopleRole } from '../../lib/config/names';
import { isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { roleType } from '../../lib/tom/template/resource-types';
import { type Caller, callerOf } from './callers';
import { type Call, type CallRow, callsOf, rehearseCall } from './calls';
import { trustOf } from './deliveries';
import { endpointOf, endpointPolicyFor } from './endpoints';
import { assumptionOf, type Origin, originsOf, personOf, strangersOf } from './people-origins';
import { evaluateRequest } from './simulator';
import type { StandIn } from './stand-in';

/** A request of a person from a network. */
export interface SessionRow {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly optionalKeys: CallRow['optionalKeys'];
  /** Name of the network. */
  readonly from: string;
  readonly wanted: 'allowed' | 'refused';
  readonly allowed: boolean;
  readonly reason: string;
}

/** Rehearses the sessions of people. */
export async function rehearseSessions(standIn: StandIn): Promise<readonly SessionRow[]> {
  const rows: SessionRow[] = [];
  for (const resource of standIn.assembly.ofType(roleType)) {
    const role = personOf(nameOf(resource, standIn.assembly.facts));
    // A workflow assumes its role with a token, from no network of the deployment.
    if (role === undefined || role === 'deployer') continue;
    for (const origin of originsOf(role, standIn)) rows.push(...(await sessionOf(resource, role, origin, 'allowed', standIn)));
    for (const origin of strangersOf(role, standIn)) rows.push(...(await sessionOf(resource, role, origin, 'refused', standIn)));
  }
  return rows;
}

async function sessionOf(
  resource: Resource,
  role: PeopleRole,
  origin: Origin,
  wanted: SessionRow['wanted'],
  standIn: StandIn,
): Promise<readonly SessionRow[]> {
  const caller: Caller = { ...callerOf(resource, standIn), session: origin.context, inVpc: origin.inVpc ? 'person' : undefined };
  const rows: SessionRow[] = [{ ...(await assumption(resource, role, origin, standIn)), from: origin.name, wanted }];
  // The denial of other networks is the same for every call: from elsewhere one call shows it.
  const calls = representatives(callsOf(caller.name, standIn), origin, standIn).slice(0, wanted === 'refused' ? 1 : undefined);
  for (const call of calls)
    for (const optionalKeys of ['present', 'absent'] as const)
      rows.push({ ...(await rehearseCall(call, caller, optionalKeys, standIn)), from: origin.name, wanted });
  return rows;
}

/** A user whose own policy allows every assumption: the trust of the role decides, and in the VPC the endpoint. */
async function assumption(resource: Resource, role: PeopleRole, origin: Origin, standIn: StandIn): Promise<CallRow> {
  const { principal, context } = assumptionOf(role, standIn);
  const action = 'sts:AssumeRole';
  const arn = standIn.arnOf(resource);
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
  const account = /^arn:aws:iam::(\d*):/.exec(principal)?.[1] ?? '';
  const { allowed, reason } = await evaluateRequest({
    ...{ principal, action, resource: arn, identityPolicies: [{ name: 'person', policy }], resourcePolicy: trustOf(resource, standIn) },
    context: { 'aws:PrincipalAccount': account, ...context, ...origin.context },
    endpointPolicy: origin.inVpc ? endpointPolicyFor(action, 'person', standIn) : undefined,
  });
  return { role: nameOf(resource, standIn.assembly.facts), action, resource: arn, optionalKeys: 'absent', allowed, reason };
}

/** A call for each service; from within the VPC, for each that an endpoint serves: others leave it by another way. */
function representatives(calls: readonly Call[], { inVpc }: Origin, standIn: StandIn): readonly Call[] {
  const served = calls.filter(({ action }) => !inVpc || endpointOf(action, standIn) !== undefined);
  return [...new Map(served.toReversed().map((call) => [call.action.split(':')[0], call])).values()];
}

/** A statement of a trust that admits a network of nobody. */
export interface ForeignNetwork {
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

/** Statements of the trusts of people that admit another network than those of the role, or every network. */
export const foreignNetworks = (standIn: StandIn): readonly ForeignNetwork[] =>
  standIn.assembly.ofType(roleType).flatMap((resource) => {
    const name = nameOf(resource, standIn.assembly.facts);
    const role = personOf(name);
    if (role === undefined || strangersOf(role, standIn).length === 0) return [];
    const origins = originsOf(role, standIn);
    return listOf(valueAt(trustOf(resource, standIn) ?? {}, 'Statement')).flatMap((statement, index) => {
      if (!isObject(statement) || statement.Effect === 'Deny' || isOfOrigins(statement, origins)) return [];
      const expected = `one of ${origins.map((origin) => `${origin.name} (${JSON.stringify(origin.network)})`).join(', ')}`;
      return [{ place: `${name} AssumeRolePolicyDocument.Statement.${index}`, expected, got: JSON.stringify(networkOf(statement)) }];
    });
  });

const networkKeys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:VpcSourceIp'];

/** The values of the keys of networks in a statement. */
function networkOf(statement: JsonObject): Readonly<Record<string, readonly Json[]>> {
  const keys = Object.values(isObject(statement.Condition) ? statement.Condition : {}).flatMap((members) =>
    Object.entries(members as JsonObject),
  );
  return Object.fromEntries(keys.filter(([key]) => networkKeys.includes(key)).map(([key, values]) => [key, listOf(values)]));
}

function isOfOrigins(statement: JsonObject, origins: readonly Origin[]): boolean {
  const network = Object.entries(networkOf(statement));
  return network.length > 0 && network.every(([key, values]) => values.every((value) => origins.some((one) => one.network[key] === value)));
}
