// The security group of the load balancer: the world, or Cloudflare alone, on 80 and 443.
import { CfnPrefixList, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { acknowledge } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { cloudflareRanges } from './cloudflare-ranges';

export interface ProxySecurityGroupProps {
  readonly site: Site;
  readonly vpc: IVpc;
}

const ports = [80, 443];

/**
 * Opens no connection by itself: what stands behind the load balancer lets it in, and adds the way there. Cloudflare's ranges are
 * prefix lists, of which each entry counts as a rule: 22 ranges on two ports, of the 60 rules that a group may have ("Amazon VPC quotas").
 */
export class ProxySecurityGroup extends SecurityGroup {
  constructor(scope: Construct, id: string, { site, vpc }: ProxySecurityGroupProps) {
    super(scope, id, {
      vpc,
      description: 'Load balancer: admits visitors on 80 and 443, reaches servers alone',
      allowAllOutbound: false,
    });
    serves(this, 'DSS-5.6.3', 'TOM-6.6', 'TOM-4.11');
    if (site.settings.edge.cloudflare) this.admitCloudflare(site);
    else this.admitTheWorld();
  }

  private admitTheWorld(): void {
    for (const port of ports) {
      this.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Visitors');
      this.addIngressRule(Peer.anyIpv6(), Port.tcp(port), 'Visitors');
    }
    acknowledge(this, {
      id: 'AwsSolutions::AwsSolutions-EC23',
      reason: 'This is the group of the load balancer, the one thing that the internet reaches, on 80 and 443 alone (DSS-5.6.3).',
      owner: 'platform',
      expires: '2027-05-31',
    });
  }

  private admitCloudflare(site: Site): void {
    for (const family of ['IPv4', 'IPv6'] as const) {
      const list = this.prefixList(site, family);
      for (const port of ports) this.addIngressRule(Peer.prefixList(list.attrPrefixListId), Port.tcp(port), 'Cloudflare');
    }
  }

  private prefixList({ deployment }: Site, addressFamily: 'IPv4' | 'IPv6'): CfnPrefixList {
    const ranges = addressFamily === 'IPv4' ? cloudflareRanges.ipv4 : cloudflareRanges.ipv6;
    return new CfnPrefixList(this, `Cloudflare${addressFamily}`, {
      prefixListName: `${deployment}-cloudflare-${addressFamily.toLowerCase()}`,
      addressFamily,
      maxEntries: ranges.length,
      entries: ranges.map((cidr) => ({ cidr, description: 'Cloudflare' })),
    });
  }
}
