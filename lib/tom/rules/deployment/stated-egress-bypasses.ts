// Ways out that no group states, or that lead anywhere.
import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { attributeOf, newResource } from '../bypass';

const groupType = 'AWS::EC2::SecurityGroup';

const group = (properties: JsonObject): Bypass['resources'] => {
  return (vpc) => ({ Open: newResource(groupType, { GroupDescription: 'x', VpcId: { Ref: vpc.logicalId }, ...properties }) });
};

const beside = (name: string, properties: JsonObject): Bypass => ({
  name,
  beside: groupType,
  resources: (_, assembly) => ({
    Way: newResource('AWS::EC2::SecurityGroupEgress', { GroupId: attributeOf(groupType, 'GroupId', assembly), ...properties }),
  }),
});

export const openWaysOut: readonly Bypass[] = [
  { name: 'a group that says nothing', resources: group({}) },
  { name: 'a group with an empty list', resources: group({ SecurityGroupEgress: [] }) },
  {
    name: 'a group that states its egress beside itself',
    resources: (vpc) => ({
      Open: newResource(groupType, { GroupDescription: 'x', VpcId: { Ref: vpc.logicalId } }),
      Way: newResource('AWS::EC2::SecurityGroupEgress', {
        GroupId: { 'Fn::GetAtt': ['Open', 'GroupId'] },
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        CidrIp: '10.0.0.0/8',
      }),
    }),
  },
  { name: 'a group that states everything', resources: group({ SecurityGroupEgress: [{ IpProtocol: -1, CidrIpv6: '::/0' }] }) },
  {
    name: 'a group that states a protocol without ports',
    resources: group({ SecurityGroupEgress: [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, CidrIp: '0.0.0.0/0' }] }),
  },
  beside('everything beside a group', { IpProtocol: '-1', CidrIp: '0.0.0.0/0' }),
  beside('half of the world beside a group', { IpProtocol: 'tcp', FromPort: 1, ToPort: 65_535, CidrIp: '128.0.0.0/1' }),
  beside('no destination beside a group', { IpProtocol: '-1' }),
  {
    name: 'every port to a list that can be filled later',
    beside: groupType,
    resources: (_, assembly) => ({
      List: newResource('AWS::EC2::PrefixList', { AddressFamily: 'IPv4', MaxEntries: 9, Entries: [] }),
      Way: newResource('AWS::EC2::SecurityGroupEgress', {
        GroupId: attributeOf(groupType, 'GroupId', assembly),
        IpProtocol: '-1',
        DestinationPrefixListId: { 'Fn::GetAtt': ['List', 'PrefixListId'] },
      }),
    }),
  },
];
