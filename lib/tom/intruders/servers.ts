// Servers and databases that face the internet, or hide among others, in other ways than the plain ones.
import type { Assembly, JsonObject, ResourceJson } from '../assembly';
import type { Intruder } from '../rule';
import { attributeOf, intruder, subnetIn } from './place';

const group = (assembly: Assembly): JsonObject => attributeOf('AWS::EC2::SecurityGroup', 'GroupId', assembly);
const defaultGroup = (assembly: Assembly): JsonObject => attributeOf('AWS::EC2::VPC', 'DefaultSecurityGroup', assembly);

const templateOf = (...NetworkInterfaces: JsonObject[]): ResourceJson =>
  intruder('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { NetworkInterfaces } });

export const publicServers: readonly Intruder[] = [
  {
    name: 'an instance whose interface is in a subnet of proxies',
    resources: (_, assembly) => ({
      Server: intruder('AWS::EC2::Instance', {
        SubnetId: subnetIn('private', assembly),
        NetworkInterfaces: [
          { SubnetId: subnetIn('private', assembly), GroupSet: [group(assembly)] },
          { SubnetId: subnetIn('public', assembly), GroupSet: [group(assembly)] },
        ],
      }),
    }),
  },
  { name: 'an instance in no subnet', resources: { Server: intruder('AWS::EC2::Instance', { ImageId: 'x' }) } },
  {
    name: 'a launch template whose second interface is in a subnet of proxies',
    resources: (_, assembly) => ({ Template: templateOf({}, { SubnetId: subnetIn('public', assembly), Groups: [group(assembly)] }) }),
  },
  {
    name: 'a launch template whose second interface asks for an address',
    resources: { Template: templateOf({}, { AssociatePublicIpAddress: true }) },
  },
  ...['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::Redshift::Cluster', 'AWS::DMS::ReplicationInstance'].map(
    (type): Intruder => ({ name: `a public ${type}`, resources: { Open: intruder(type, { PubliclyAccessible: true }) } }),
  ),
];

export const inTheDefaultGroup: readonly Intruder[] = [
  ...['Ingress', 'Egress'].map(
    (direction): Intruder => ({
      name: `${direction} of the default group`,
      resources: (_, assembly) => ({
        Open: intruder(`AWS::EC2::SecurityGroup${direction}`, {
          GroupId: defaultGroup(assembly),
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          CidrIp: '10.0.0.0/8',
        }),
      }),
    }),
  ),
  {
    name: 'ingress of a group that the template does not tell',
    resources: { Open: intruder('AWS::EC2::SecurityGroupIngress', { GroupId: '{{resolve:ssm:/group}}', IpProtocol: '-1' }) },
  },
  {
    name: 'a launch template whose second interface is in the default group',
    resources: (_, assembly) => ({ Template: templateOf({ Groups: [group(assembly)] }, { Groups: [defaultGroup(assembly)] }) }),
  },
  {
    name: 'an instance whose second interface names no group',
    resources: (_, assembly) => ({
      Server: intruder('AWS::EC2::Instance', {
        SecurityGroupIds: [group(assembly)],
        NetworkInterfaces: [{ GroupSet: [group(assembly)] }, { SubnetId: subnetIn('private', assembly) }],
      }),
    }),
  },
];
