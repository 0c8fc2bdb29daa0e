// TOM-6.6, DSS-5.6.2: the residents of each tier are of the types that lib/tom/world/network-tiers.ts places there.
import { finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { functionType, serverType, subnetType } from '../../template/resource-types';
import { residentsOf } from '../../template/subnet-residents';
import { subnetOf, tierTag } from '../../template/topology';
import { type PlaceName, places } from '../../world/network-tiers';
import { newResource, subnetIn } from '../bypass';

export const tierResidents: Rule = {
  name: 'tier-residents',
  requires: 'each tier has residents of its own kinds only: functions, servers, databases, load balancers, endpoints, firewalls',
  types: [subnetType],
  check(resource, assembly) {
    const tier = tierOf(resource, assembly);
    const allowed = typesIn(tier, assembly);
    const fix = 'Place the resource in the subnets of its own tier, or add its kind to places in lib/tom/world/network-tiers.ts.';
    return [...(residentsOf(assembly).get(resource) ?? [])]
      .filter((type) => !allowed.includes(type))
      .map((type) => ({
        ...finding(resource, `stray::${type}`, '', `${allowed.join(' or ') || 'no resource'} in the tier ${tier}`, fix),
        found: type,
      }));
  },
  guards: [guardWhere(subnetType, hasResidents, `Properties.Tags.[Key=${tierTag}].Value`, remove, replace('public'), replace('elsewhere'))],
  bypasses: [
    {
      name: 'a server beside functions',
      resources: (_, assembly) => ({ Server: newResource(serverType, { SubnetId: subnetIn('functions', assembly) }) }),
    },
    {
      name: 'a function beside servers',
      resources: (_, assembly) => ({
        Function: newResource(functionType, { VpcConfig: { SubnetIds: [subnetIn('private', assembly)], SecurityGroupIds: [] } }),
      }),
    },
    {
      name: 'a function beside firewalls',
      resources: (_, assembly) => ({
        Function: newResource(functionType, { VpcConfig: { SubnetIds: [subnetIn('firewall', assembly)], SecurityGroupIds: [] } }),
      }),
    },
    {
      name: 'an endpoint to an instance, beside servers',
      resources: (_, assembly) => ({
        Endpoint: newResource('AWS::EC2::InstanceConnectEndpoint', { SubnetId: subnetIn('private', assembly) }),
      }),
    },
  ],
  reads: [{ type: '*', path: '*' }],
};

const tierOf = (subnet: Resource, assembly: Assembly): string => subnetOf(subnet, assembly)?.tier ?? '';

/** Types that may be in a tier. */
const typesIn = (tier: string, { facts: { settings } }: Assembly): readonly string[] => {
  const here = Object.entries(places).filter(
    ([name, place]) => place.tier === tier && (settings.access.instanceConnect || name !== connect),
  );
  return [...new Set(here.flatMap(([, place]) => [...place.types]))];
};

/** The place that only a configuration with `access.instanceConnect` has. (DSS-5.6.6) */
const connect: PlaceName = 'instanceConnect';

/** Proxies as residents of another tier are a finding; of subnets of proxies, `public` is the tier. */
function hasResidents(subnet: Resource, assembly: Assembly): boolean {
  return tierOf(subnet, assembly) !== 'public' && residentsOf(assembly).has(subnet);
}
