// DSS-5.6.3, DSS-5.6.4: load balancers that the internet reaches stand in the subnets of proxies, where nothing else is.

import { append, type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { balancerType, isPublic } from '../../template/load-balancers';
import { residentsOf } from '../../template/subnet-residents';
import { proxyTier, subnetOf, tierTag } from '../../template/topology';
import { subnetIn } from '../bypass';

const subnetType = 'AWS::EC2::Subnet';

export const proxiesApart: Rule = {
  name: 'proxies-apart',
  requires: 'every public load balancer is an application load balancer in subnets of the proxies alone, and nothing else stands in those',
  types: [balancerType, subnetType],
  check(resource, assembly) {
    if (resource.type === subnetType) return subnetVerdict(resource, assembly);
    return isPublic(resource) ? balancerFindings(resource, assembly) : 'not-applicable';
  },
  guards: [
    guardWhere(balancerType, isPublic, 'Properties.Subnets', remove, append('subnet-elsewhere')),
    guardWhere(balancerType, isPublic, 'Properties.Type', replace('network')),
    guardWhere(subnetType, isOfProxies, `Properties.Tags.[Key=${tierTag}].Value`, replace('private')),
  ],
  bypasses: [
    {
      name: 'a server beside the proxies',
      resources: (_, assembly) => ({
        Server: { Type: 'AWS::EC2::Instance', Properties: { SubnetId: subnetIn(proxyTier, assembly) } },
      }),
    },
    {
      name: 'a public load balancer among servers',
      resources: (_, assembly) => ({
        Balancer: {
          Type: balancerType,
          Properties: { Scheme: 'internet-facing', Type: 'application', Subnets: [subnetIn('private', assembly)] },
        },
      }),
    },
  ],
  reads: [
    { type: '*', path: '*' },
    { type: balancerType, path: 'Properties.Scheme' },
  ],
};

function balancerFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const type = resource.at('Type');
  const subnets = listOf(resource.at('Subnets'));
  const placed = subnets.length > 0 && subnets.every((value) => tierOf(assembly.target(value, resource.stack), assembly) === proxyTier);
  return [
    // Any other kind hands connections through, past the firewall.
    ...(type === undefined || type === 'application'
      ? []
      : [finding(resource, 'type', 'Properties.Type', 'application', 'Use an application load balancer.')]),
    ...(placed
      ? []
      : [finding(resource, 'tier', 'Properties.Subnets', `subnets of the tier ${proxyTier}`, 'Give it the subnets of proxies.')]),
  ];
}

function isOfProxies(subnet: Resource, assembly: Assembly): boolean {
  return tierOf(subnet, assembly) === proxyTier;
}

const tierOf = (subnet: Resource | undefined, assembly: Assembly): string | undefined => subnetOf(subnet, assembly)?.tier;

function subnetVerdict(resource: Resource, assembly: Assembly): 'not-applicable' | readonly Finding[] {
  if (!isOfProxies(resource, assembly)) return 'not-applicable';
  const others = [...(residentsOf(assembly).get(resource) ?? [])].filter((type) => type !== balancerType);
  const fix = 'Put it into the subnets of its own tier.';
  return others.map((type) => ({ ...finding(resource, `beside::${type}`, '', 'load balancers and nothing else', fix), found: type }));
}
