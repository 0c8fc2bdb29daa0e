// Egress that no security group defines inline, or that leads to every address.
import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { securityGroupType as groupType, prefixListType } from '../../template/resource-types';
import { attributeOf, newResource } from '../bypass';

const egressType = 'AWS::EC2::SecurityGroupEgress';

const group = (properties: JsonObject): Bypass['resources'] => {
  return (vpc) => ({ Open: newResource(groupType, { GroupDescription: 'x', VpcId: { Ref: vpc.logicalId }, ...properties }) });
};

const separateRule = (name: string, properties: JsonObject): Bypass => ({
  name,
  beside: groupType,
  resources: (_, assembly) => ({
    Egress: newResource(egressType, { GroupId: attributeOf(groupType, 'GroupId', assembly), ...properties }),
  }),
});

export const openEgress: readonly Bypass[] = [
  { name: 'a group without egress rules', resources: group({}) },
  { name: 'a group with an empty list', resources: group({ SecurityGroupEgress: [] }) },
  {
    name: 'a group whose egress rule is a separate resource',
    resources: (vpc) => ({
      Open: newResource(groupType, { GroupDescription: 'x', VpcId: { Ref: vpc.logicalId } }),
      Egress: newResource(egressType, {
        GroupId: { 'Fn::GetAtt': ['Open', 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        CidrIp: '10.0.0.0/8',
      }),
    }),
  },
  { name: 'a group that allows everything', resources: group({ SecurityGroupEgress: [{ IpProtocol: -1, CidrIpv6: '::/0' }] }) },
  {
    name: 'a group that allows a protocol without ports',
    resources: group({ SecurityGroupEgress: [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, CidrIp: '0.0.0.0/0' }] }),
  },
  separateRule('a separate rule for everything', { IpProtocol: '-1', CidrIp: '0.0.0.0/0' }),
  separateRule('a separate rule for half of all addresses', { IpProtocol: 'tcp', FromPort: 1, ToPort: 65_535, CidrIp: '128.0.0.0/1' }),
  separateRule('a separate rule without a destination', { IpProtocol: '-1' }),
  {
    name: 'every port to a prefix list that can receive entries later',
    beside: groupType,
    resources: (_, assembly) => ({
      List: newResource(prefixListType, { AddressFamily: 'IPv4', MaxEntries: 9, Entries: [] }),
      Egress: newResource(egressType, {
        GroupId: attributeOf(groupType, 'GroupId', assembly),
        IpProtocol: '-1',
        DestinationPrefixListId: { 'Fn::GetAtt': ['List', 'PrefixListId'] },
      }),
    }),
  },
];
