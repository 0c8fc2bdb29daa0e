// The security group of the load balancer: the world, or Cloudflare alone, on 80 and 443.
import { CfnPrefixList, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { acknowledgeStanding } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { cloudflareRanges } from './cloudflare-ranges';

export interface ProxySecurityGroupProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Range of the subnets of servers, the only place to which it opens connections. Changing it is an update. (DSS-5.6.3) */
  readonly serverRange: string;
  /** Ports on which servers take them, one a fleet. (TOM-6.8) */
  readonly serverPorts: readonly number[];
}

const ports = [80, 443];

/**
 * Ranges that each list has room for. EC2 refuses to change the entries and the room of a list together ("ModifyManagedPrefixList"), so the
 * room never follows the number of ranges. A list counts with its room against the 60 rules that a group may have, once for each port
 * ("Amazon VPC quotas"): (20 + 10) on two ports. A range beyond the room is refused by EC2, and before that by a test.
 */
export const rangeRoom = { IPv4: 20, IPv6: 10 } as const;

/**
 * What it may open stands in the group itself, by the range of the servers: rules beside a group come after it, and a group without any
 * of its own may send anywhere until they do.
 */
export class ProxySecurityGroup extends SecurityGroup {
  constructor(scope: Construct, id: string, { site, vpc, serverRange, serverPorts }: ProxySecurityGroupProps) {
    super(scope, id, {
      vpc,
      description: 'Load balancer: admits visitors on 80 and 443, reaches servers alone',
      allowAllOutbound: false,
    });
    serves(this, 'DSS-5.6.3', 'TOM-6.6', 'TOM-4.11');
    for (const port of serverPorts) this.addEgressRule(Peer.ipv4(serverRange), Port.tcp(port), 'Servers');
    if (site.settings.edge.cloudflare) this.admitCloudflare(site);
    else this.admitTheWorld();
  }

  private admitTheWorld(): void {
    for (const port of ports) {
      this.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Visitors');
      this.addIngressRule(Peer.anyIpv6(), Port.tcp(port), 'Visitors');
    }
    acknowledgeStanding(this, {
      id: 'AwsSolutions::AwsSolutions-EC23',
      reason: 'This is the group of the load balancer, the one thing that the internet reaches, on 80 and 443 alone (DSS-5.6.3).',
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
      maxEntries: rangeRoom[addressFamily],
      entries: ranges.map((cidr) => ({ cidr, description: 'Cloudflare' })),
    });
  }
}
