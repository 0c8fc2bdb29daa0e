// VPC Block Public Access: in this account and region, nothing but the proxy subnets can be reached from the internet.
import { CfnVPCBlockPublicAccessExclusion, CfnVPCBlockPublicAccessOptions, type ISubnet } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { serves } from '../labels/labels';

export interface PublicAccessBlockProps {
  /** The subnets that stay reachable. Changing them is an update. (DSS-5.6.3) */
  readonly reachable: readonly ISubnet[];
}

/**
 * Blocks what comes in, not what goes out: in this mode NAT gateways keep working without an exclusion, because they admit only
 * answers. Client VPN, Site-to-Site VPN, endpoints and load balancers inside the VPC are not touched, since none of them passes the
 * internet gateway (Amazon VPC User Guide, "Block public access to VPCs and subnets" and "VPC BPA basics").
 * The setting belongs to the account and region: one deployment in it can hold it.
 */
export class PublicAccessBlock extends Construct {
  constructor(scope: Construct, id: string, { reachable }: PublicAccessBlockProps) {
    super(scope, id);
    serves(this, 'DSS-5.6.2');
    const block = new CfnVPCBlockPublicAccessOptions(this, 'Options', { internetGatewayBlockMode: 'block-ingress' });
    for (const [zone, subnet] of reachable.entries()) {
      const exclusion = new CfnVPCBlockPublicAccessExclusion(this, `Proxies${zone + 1}`, {
        internetGatewayExclusionMode: 'allow-bidirectional',
        subnetId: subnet.subnetId,
      });
      // Exclusions first: turning the block on must not cut the proxies off for a moment.
      block.addResourceDependency(exclusion);
    }
  }
}
