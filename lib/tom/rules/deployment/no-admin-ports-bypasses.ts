// What moves in where strangers may knock because nobody listens.

import type { Bypass } from '../../rule';
import type { Assembly, JsonObject } from '../../template/assembly';
import { subnetsOf } from '../../template/topology';
import { newResource, subnetIn } from '../bypass';

/** An entry that admits strangers on all ports of answers, before any denial, in the list of the NAT gateways. */
function openEntry(assembly: Assembly): JsonObject {
  const list = subnetsOf(assembly).find(({ tier }) => tier === 'egress')?.acl?.logicalId ?? 'Missing';
  const PortRange = { From: 1024, To: 65_535 };
  return { NetworkAclId: { Ref: list }, RuleNumber: 1, RuleAction: 'allow', Protocol: 6, CidrBlock: '0.0.0.0/0', PortRange };
}

/** The last is of a type that nobody knows. */
export const insideWithTheNatGateways: readonly Bypass[] = [
  { type: 'AWS::EC2::Instance', properties: (SubnetId: JsonObject) => ({ SubnetId }) },
  { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', properties: (subnet: JsonObject) => ({ Subnets: [subnet] }) },
  { type: 'AWS::New::Kind', properties: (subnet: JsonObject) => ({ Where: { Deep: [subnet] } }) },
].map(({ type, properties }) => ({
  name: `an ${type} beside a NAT gateway`,
  resources: (_, assembly) => ({
    Open: newResource('AWS::EC2::NetworkAclEntry', openEntry(assembly)),
    Neighbour: newResource(type, properties(subnetIn('egress', assembly))),
  }),
}));
