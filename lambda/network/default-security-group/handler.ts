// Custom resource of the network stack: revokes all rules of the VPC's default security group.
import {
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { emptySecurityGroup, type SecurityGroups } from './empty-security-group';
import { readEnvironment } from './env';

const ec2 = new EC2Client({});

const securityGroups: SecurityGroups = {
  async describe(groupId) {
    const { SecurityGroups: found } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
    return found?.[0];
  },
  async revokeIngress(groupId, rules) {
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: rules }));
  },
  async revokeEgress(groupId, rules) {
    await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: rules }));
  },
};

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async () => {
    const { SECURITY_GROUP_ID: groupId } = readEnvironment(process.env);
    // The group stays empty: it is deleted with the VPC.
    if (event.RequestType === 'Delete') return {};
    return { ...(await emptySecurityGroup(securityGroups, groupId)) };
  });
}
