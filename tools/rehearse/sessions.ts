// Part 1 of the rehearsal, for people: each role is assumed from each of its networks, and used from there, a call for
// each service; and both are refused from other networks. Within the VPC the requests pass the policies of endpoints.
import type { PeopleRole } from '../../lib/config/names';
import { isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { roleType } from '../../lib/tom/template/resource-types';
import { type Caller, callerOf } from './callers';
import { type Call, type CallRow, callsOf, rehearseCall } from './calls';
import type { OmittedCalls } from './declared-calls';
import { trustOf } from './deliveries';
import { endpointOf, endpointPolicyFor } from './endpoints';
import { assumptionOf, type Origin, originsOf, personOf, strangersOf } from './people-origins';
import { evaluateRequest } from './simulator';
import type { StandIn } from './stand-in';

const networkKeys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:VpcSourceIp'];

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

/** The roles of people. A workflow assumes its role with a token, from no network of the deployment. */
const peopleOf = ({ assembly }: StandIn): readonly (readonly [Resource, PeopleRole])[] =>
  assembly.ofType(roleType).flatMap((resource) => {
    const role = personOf(nameOf(resource, assembly.facts));
    return role === undefined || role === 'deployer' ? [] : [[resource, role] as const];
  });

/** Rehearses the sessions of people. */
export async function rehearseSessions(standIn: StandIn): Promise<readonly SessionRow[]> {
  const rows: SessionRow[] = [];
  for (const [resource, role] of peopleOf(standIn)) {
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
  const calls = representatives(callsFrom(caller.name, origin, standIn), origin, standIn).slice(0, wanted === 'refused' ? 1 : undefined);
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

/** The calls of a role from an origin: a call can have networks of its own, as those from an office alone. */
const callsFrom = (role: string, { network }: Origin, standIn: StandIn): readonly Call[] =>
  callsOf(role, standIn).filter(({ context }) => networkKeys.every((key) => context[key] === undefined || context[key] === network[key]));

/** Whether a call has a way to its service: from within the VPC, an endpoint. */
const isServed = ({ action }: Call, { inVpc }: Origin, standIn: StandIn): boolean =>
  !inVpc || endpointOf(action, 'person', standIn) !== undefined;

/** The first call for each service that an origin reaches. */
function representatives(calls: readonly Call[], origin: Origin, standIn: StandIn): readonly Call[] {
  const served = calls.filter((call) => isServed(call, origin, standIn));
  return [...new Map(served.toReversed().map((call) => [call.action.split(':')[0], call])).values()];
}

/** The calls that people cannot make from a network of theirs, which leads to the endpoints alone. */
export const unservedCalls = (standIn: StandIn): readonly OmittedCalls[] =>
  peopleOf(standIn).flatMap(([resource, role]) =>
    originsOf(role, standIn).flatMap((origin) => {
      const name = nameOf(resource, standIn.assembly.facts);
      const actions = callsFrom(name, origin, standIn).flatMap((call) => (isServed(call, origin, standIn) ? [] : [call.action]));
      const reason = `no interface endpoint of the VPC serves these calls from ${origin.name}`;
      return actions.length === 0 ? [] : [{ role: name, reason, actions: [...new Set(actions)].toSorted() }];
    }),
  );

/** A statement of a trust that admits a network of nobody. */
export interface ForeignNetwork {
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

/** Statements of the trusts of people that admit another network than those of the role, or every network. */
export const foreignNetworks = (standIn: StandIn): readonly ForeignNetwork[] =>
  peopleOf(standIn).flatMap(([resource, role]) => {
    if (strangersOf(role, standIn).length === 0) return [];
    const name = nameOf(resource, standIn.assembly.facts);
    const origins = originsOf(role, standIn);
    return listOf(valueAt(trustOf(resource, standIn) ?? {}, 'Statement')).flatMap((statement, index) => {
      if (!isObject(statement) || statement.Effect === 'Deny' || isOfOrigins(statement, origins)) return [];
      const expected = `one of ${origins.map((origin) => `${origin.name} (${JSON.stringify(origin.network)})`).join(', ')}`;
      return [{ place: `${name} AssumeRolePolicyDocument.Statement.${index}`, expected, got: JSON.stringify(networkOf(statement)) }];
    });
  });

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
