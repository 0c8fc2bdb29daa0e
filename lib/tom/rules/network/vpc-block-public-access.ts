// DSS-5.6.2: where VPC Block Public Access is on, it blocks what comes in, and only proxy subnets are excepted.

import { finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { proxyTier, subnetOf, tierTag } from '../../template/topology';

const options = 'AWS::EC2::VPCBlockPublicAccessOptions';
const exclusion = 'AWS::EC2::VPCBlockPublicAccessExclusion';
const blocking = ['block-ingress', 'block-bidirectional'];

export const vpcBlockPublicAccess: Rule = {
  name: 'vpc-block-public-access',
  requires: 'where public access to VPCs is blocked, the block holds for what comes in and excepts the subnets of the proxies alone',
  types: [options, exclusion],
  // The setting belongs to account and region: of several deployments in one account, one holds it.
  mustApply: false,
  check(resource, assembly) {
    if (resource.type === options) {
      const mode = resource.at('InternetGatewayBlockMode');
      if (blocking.some((allowed) => allowed === mode)) return [];
      const path = 'Properties.InternetGatewayBlockMode';
      return [finding(resource, 'mode', path, blocking.join(' or '), 'Set internetGatewayBlockMode: block-ingress.')];
    }
    const subnet = subnetOf(assembly.target(resource.at('SubnetId'), resource.stack), assembly);
    if (subnet?.tier === proxyTier && resource.at('VpcId') === undefined) return [];
    return [
      finding(resource, 'excepted', 'Properties', `a subnet of the tier ${proxyTier}`, 'Except subnets of proxies only, never a VPC.'),
    ];
  },
  guards: [
    guard(options, 'Properties.InternetGatewayBlockMode', remove, replace('off')),
    guard(exclusion, 'Properties.SubnetId', remove, replace('subnet')),
    guard(exclusion, 'Properties.VpcId', set({ Ref: 'Vpc' })),
    guardWhere('AWS::EC2::Subnet', isProxySubnet, `Properties.Tags.[Key=${tierTag}].Value`, replace('private')),
  ],
  reads: [{ type: 'AWS::EC2::Subnet', path: 'Properties.Tags' }],
};

function isProxySubnet(resource: Resource, assembly: Assembly): boolean {
  return subnetOf(resource, assembly)?.tier === proxyTier && assembly.ofType(exclusion).length > 0;
}
