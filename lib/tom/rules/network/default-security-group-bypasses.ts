// Members of the default security group, which must have none.
import type { Bypass } from '../../rule';
import type { Assembly, JsonObject, ResourceJson } from '../../template/assembly';
import { attributeOf, newResource, subnetIn } from '../bypass';

const groupId = (assembly: Assembly): JsonObject => attributeOf('AWS::EC2::SecurityGroup', 'GroupId', assembly);
const defaultGroup = (assembly: Assembly): JsonObject => attributeOf('AWS::EC2::VPC', 'DefaultSecurityGroup', assembly);

const templateOf = (...NetworkInterfaces: JsonObject[]): ResourceJson =>
  newResource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { NetworkInterfaces } });

export const inTheDefaultGroup: readonly Bypass[] = [
  ...['Ingress', 'Egress'].map(
    (direction): Bypass => ({
      name: `${direction} of the default group`,
      resources: (_, assembly) => ({
        Open: newResource(`AWS::EC2::SecurityGroup${direction}`, {
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
    resources: { Open: newResource('AWS::EC2::SecurityGroupIngress', { GroupId: '{{resolve:ssm:/group}}', IpProtocol: '-1' }) },
  },
  {
    name: 'a launch template whose second interface is in the default group',
    resources: (_, assembly) => ({ Template: templateOf({ Groups: [groupId(assembly)] }, { Groups: [defaultGroup(assembly)] }) }),
  },
  {
    name: 'an instance whose second interface names no group',
    resources: (_, assembly) => ({
      Server: newResource('AWS::EC2::Instance', {
        SecurityGroupIds: [groupId(assembly)],
        NetworkInterfaces: [{ GroupSet: [groupId(assembly)] }, { SubnetId: subnetIn('private', assembly) }],
      }),
    }),
  },
];
