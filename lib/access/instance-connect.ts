// EC2 Instance Connect Endpoint: the way of the client-data team to the SSH servers, with `access.instanceConnect`.
import {
  CfnInstanceConnectEndpoint,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { shellPort } from '../config/flows/flow';
import { serves } from '../labels/labels';

export interface InstanceConnectProps {
  readonly vpc: IVpc;
  /** Subnets of servers; the endpoint is in the first, and reaches servers in all. (DSS-5.6.2) */
  readonly serverSubnets: SubnetSelection;
  /** Group of the servers. */
  readonly servers: ISecurityGroup;
}

/**
 * A VPC has one endpoint ("Quotas for EC2 Instance Connect Endpoint"), so a replacement, for which CloudFormation
 * creates the new one first, would fail: every property whose change replaces it is fixed. Client addresses are not
 * preserved: servers see the endpoint, whose group is the only source of SSH. Nothing in the VPC opens connections to
 * the endpoint; IAM decides who has a tunnel. It is in the stack of the servers, so that one deployment adds or
 * removes all of it. (TOM-3.1, DSS-5.6.6)
 */
export class InstanceConnect extends Construct {
  constructor(scope: Construct, id: string, { vpc, serverSubnets, servers }: InstanceConnectProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'DSS-5.6.6');
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'EC2 Instance Connect Endpoint: opens SSH to collectors, and nothing else',
      allowAllOutbound: false,
    });
    const [subnetId = ''] = vpc.selectSubnets(serverSubnets).subnetIds;
    new CfnInstanceConnectEndpoint(this, 'Endpoint', {
      subnetId,
      securityGroupIds: [group.securityGroupId],
      preserveClientIp: false,
    });
    const ssh = { ipProtocol: 'tcp', fromPort: shellPort, toPort: shellPort };
    new CfnSecurityGroupEgress(this, 'ToServers', {
      ...{ ...ssh, groupId: group.securityGroupId, destinationSecurityGroupId: servers.securityGroupId },
      description: 'Shells of the client-data team',
    });
    new CfnSecurityGroupIngress(this, 'FromEndpoint', {
      ...{ ...ssh, groupId: servers.securityGroupId, sourceSecurityGroupId: group.securityGroupId },
      description: 'Shells of the client-data team, by the endpoint alone',
    });
  }
}
