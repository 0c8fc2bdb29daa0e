// Resources with an open port in the subnets of the NAT gateways.

import type { Bypass } from '../../rule';
import type { Assembly, JsonObject } from '../../template/assembly';
import { aclEntryType, balancerType, ingressType, securityGroupType, serverType } from '../../template/resource-types';
import { subnetsOf } from '../../template/topology';
import { attributeOf, newResource, subnetIn } from '../bypass';

/**
 * An entry that admits every address on all ephemeral ports, before any denial, in the network ACL of the NAT
 * gateways.
 */
function openEntry(assembly: Assembly): JsonObject {
  const acl = subnetsOf(assembly).find(({ tier }) => tier === 'egress')?.acl?.logicalId ?? 'Missing';
  const PortRange = { From: 1024, To: 65_535 };
  return { NetworkAclId: { Ref: acl }, RuleNumber: 1, RuleAction: 'allow', Protocol: 6, CidrBlock: '0.0.0.0/0', PortRange };
}

const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

/** The last type does not exist. */
export const besideNatGateways: readonly Bypass[] = [
  { type: serverType, properties: (SubnetId: JsonObject) => ({ SubnetId }) },
  { type: balancerType, properties: (subnet: JsonObject) => ({ Subnets: [subnet] }) },
  { type: 'AWS::New::Kind', properties: (subnet: JsonObject) => ({ Where: { Deep: [subnet] } }) },
].map(({ type, properties }) => ({
  name: `an ${type} beside a NAT gateway`,
  resources: (_, assembly) => ({
    Open: newResource(aclEntryType, openEntry(assembly)),
    Neighbour: newResource(type, properties(subnetIn('egress', assembly))),
  }),
}));

/** SSH between groups, of which none is that of an instance-connect endpoint. */
export const sshFromGroups: readonly Bypass[] = [
  {
    name: 'SSH within a security group',
    resources: (_, assembly) => {
      const group = attributeOf(securityGroupType, 'GroupId', assembly);
      return { Ssh: newResource(ingressType, { ...ssh, GroupId: group, SourceSecurityGroupId: group }) };
    },
  },
];
