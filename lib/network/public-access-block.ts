// VPC Block Public Access: in this account and region, the internet reaches only the proxy subnets.
import { CfnVPCBlockPublicAccessExclusion, CfnVPCBlockPublicAccessOptions, type ISubnet } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { serves } from '../labels/labels';

export interface PublicAccessBlockProps {
  /** The subnets that remain reachable. Changing them is an update. (DSS-5.6.3) */
  readonly reachable: readonly ISubnet[];
}

/**
 * Blocks ingress, not egress: in this mode NAT gateways need no exclusion, because they admit only responses. Client
 * VPN, Site-to-Site VPN, endpoints and internal load balancers are not affected, since their traffic does not pass the
 * internet gateway (Amazon VPC User Guide, "Block public access to VPCs and subnets" and "VPC BPA basics"). The
 * setting belongs to the account and region: only one deployment there can own it.
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
      // Exclusions first: enabling the block must not interrupt traffic to the proxies.
      block.addResourceDependency(exclusion);
    }
  }
}
