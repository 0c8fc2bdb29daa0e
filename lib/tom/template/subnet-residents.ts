// What stands in each subnet: every resource that refers to it and is not known to do so from outside.
import { type Assembly, isObject, type Json, type Resource } from './assembly';

const natGateway = 'AWS::EC2::NatGateway';

/** Types that say something of a subnet without standing in it. */
const notResident = [
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::Route',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCBlockPublicAccessExclusion',
];

/** Whether nothing but NAT gateways, and at least one, stands in some subnets: then nothing in them takes a connection. */
export function holdNatGatewaysOnly(subnets: readonly Resource[], assembly: Assembly): boolean {
  const residents = residentsOf(assembly);
  const types = new Set(subnets.flatMap((subnet) => [...(residents.get(subnet) ?? [])]));
  return types.size === 1 && types.has(natGateway);
}

const known = new WeakMap<Assembly, ReadonlyMap<Resource, ReadonlySet<string>>>();

/** The types of what stands in each subnet. */
export function residentsOf(assembly: Assembly): ReadonlyMap<Resource, ReadonlySet<string>> {
  const before = known.get(assembly);
  if (before) return before;
  const residents = new Map<Resource, Set<string>>();
  for (const resource of assembly.resources) {
    if (notResident.includes(resource.type)) continue;
    visitReferences(resource.properties, (reference) => {
      const subnet = assembly.target(reference, resource.stack);
      if (subnet?.type !== 'AWS::EC2::Subnet') return;
      const types = residents.get(subnet);
      if (types) types.add(resource.type);
      else residents.set(subnet, new Set([resource.type]));
    });
  }
  known.set(assembly, residents);
  return residents;
}

/** Every reference below a value, those in texts included. */
export function visitReferences(value: Json, visit: (reference: Json) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isObject(value)) {
    visit(value);
    for (const [, id = ''] of JSON.stringify(value['Fn::Sub'] ?? '').matchAll(/\$\{([^}]+)\}/g)) visit({ Ref: id });
  }
  for (const member of Object.values(value) as Json[]) visitReferences(member, visit);
}
