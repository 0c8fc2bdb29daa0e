// The calls that the contracts declare for a role, on the resources of the stand-in account.
import { controlCalls, serverCalls } from '../../lib/config/calls';
import { peopleRoles } from '../../lib/config/names';
import { peopleCalls } from '../../lib/config/people-calls';
import { hitArchiveCalls, proxyCalls, trailLogCalls } from '../../lib/config/service-calls';
import type { Json } from '../../lib/tom/template/assembly';
import { functionRoles } from '../../lib/tom/world/identity';
import { peopleRoleId } from '../../lib/tom/world/people-roles';
import { type Call as Contract, functionCalls, interfaceCalls } from '../../runtime/calls';
import type { StandIn } from './stand-in';

/** An action on one resource or pattern, with the conditions under which it is declared. */
export interface DeclaredCall {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Json | undefined;
}

/** Roles without a function, by name. */
const otherRoles: Readonly<Record<string, readonly Contract[]>> = {
  'account/AuditTrailLogRole': trailLogCalls,
  'collection/CollectorsRole': serverCalls,
  'collection/HitArchiveRole': hitArchiveCalls,
  'data/ProxyRole': proxyCalls,
  ...Object.fromEntries(peopleRoles.map((role) => [`${peopleRoleId(role)}Role`, peopleCalls[role]])),
};

/**
 * The declared calls of a role; none for a role without a contract. Limits: calls of one mode of a function, and
 * resources that only the construct computes, are left out.
 */
export function declaredCalls(role: string, standIn: StandIn): readonly DeclaredCall[] {
  const id = role.replace(/Role$/, '');
  const own = functionRoles[id];
  const contracts = own ? [...(own.inVpc ? interfaceCalls : []), ...functionCalls, ...controlCalls[own.control]] : (otherRoles[role] ?? []);
  return contracts
    .filter(({ effect, modes }) => effect !== 'Deny' && modes === undefined)
    .flatMap(({ actions, resources, conditions }) => {
      const filled = filledFor(id, standIn, { resources, conditions: conditions ?? null });
      return actions.flatMap((action) =>
        filled.resources.filter(isKnown).map((resource) => ({ action, resource, conditions: filled.conditions ?? undefined })),
      );
    });
}

interface Filled {
  readonly resources: readonly string[];
  readonly conditions: Json;
}

function filledFor(id: string, standIn: StandIn, contract: object): Filled {
  const { region, recoveryRegion, deployment } = standIn.assembly.facts;
  const text = JSON.stringify(contract)
    .replaceAll('<function>', id)
    .replaceAll('<region>', region)
    .replaceAll('<recoveryRegion>', recoveryRegion)
    .replaceAll('<deployment>', deployment);
  return standIn.concrete(JSON.parse(text) as Json) as unknown as Filled;
}

const isKnown = (resource: string): boolean => !/[<$]/.test(resource);
