// Residents of each subnet: every resource that refers to it, except types that only configure it.

import { type Assembly, isObject, type Json, type Resource } from './assembly';
import {
  aclAssociationType,
  aclEntryType,
  flowLogType,
  natGatewayType,
  routeTableAssociationType,
  routeType,
  subnetType,
} from './resource-types';

/** Types that configure or record a subnet without a network interface in it. */
const notResident = [
  aclEntryType,
  flowLogType,
  routeType,
  aclAssociationType,
  routeTableAssociationType,
  'AWS::EC2::VPCBlockPublicAccessExclusion',
];

/** Whether NAT gateways, at least one, are the only residents of the subnets: then no resident accepts connections. */
export function holdNatGatewaysOnly(subnets: readonly Resource[], assembly: Assembly): boolean {
  const residents = residentsOf(assembly);
  const types = new Set(subnets.flatMap((subnet) => [...(residents.get(subnet) ?? [])]));
  return types.size === 1 && types.has(natGatewayType);
}

const residentsByAssembly = new WeakMap<Assembly, ReadonlyMap<Resource, ReadonlySet<string>>>();

/** The types of the residents of each subnet. */
export function residentsOf(assembly: Assembly): ReadonlyMap<Resource, ReadonlySet<string>> {
  const cached = residentsByAssembly.get(assembly);
  if (cached) return cached;
  const residents = new Map<Resource, Set<string>>();
  for (const resource of assembly.resources) {
    if (notResident.includes(resource.type)) continue;
    visitReferences(resource.properties, (reference) => {
      const subnet = assembly.target(reference, resource.stack);
      if (subnet?.type !== subnetType) return;
      const types = residents.get(subnet);
      if (types) types.add(resource.type);
      else residents.set(subnet, new Set([resource.type]));
    });
  }
  residentsByAssembly.set(assembly, residents);
  return residents;
}

/** Visits every reference below a value, including references in `Fn::Sub` texts. */
export function visitReferences(value: Json, visit: (reference: Json) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isObject(value)) {
    visit(value);
    for (const [, id = ''] of JSON.stringify(value['Fn::Sub'] ?? '').matchAll(/\$\{([^}]+)\}/g)) visit({ Ref: id });
  }
  for (const member of Object.values(value) as Json[]) visitReferences(member, visit);
}
