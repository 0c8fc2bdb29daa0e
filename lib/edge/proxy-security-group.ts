// The security group of the load balancer: admits the internet, or Cloudflare alone, on 80 and 443.
import { CfnPrefixList, CfnSecurityGroupIngress, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { visitorPorts } from '../config/flows/flow';
import type { Site } from '../config/site';
import { acknowledgeStanding } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { cloudflareRanges } from './cloudflare-ranges';

export interface ProxySecurityGroupProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /**
   * Range of the subnets of servers, the only destination of its connections. Changing it is an update. (DSS-5.6.3)
   */
  readonly serverRange: string;
  /** Ports on which servers accept connections, one per fleet. (TOM-6.8) */
  readonly serverPorts: readonly number[];
}

/**
 * Maximum entries of each list. EC2 does not change the entries and the maximum of a list in one request
 * ("ModifyManagedPrefixList"), so the maximum is fixed. A list counts with its maximum towards the quota of 60 rules
 * per group, once for each port ("Amazon VPC quotas"): (20 + 10) on two ports. A test fails before the ranges exceed
 * the maximum, which EC2 would reject.
 */
const maximumRanges = { IPv4: 20, IPv6: 10 } as const;

/**
 * The egress rules are properties of the group, with the range of the servers as destination: rules that are separate
 * resources are created after the group, which would allow all outbound traffic until then.
 */
export class ProxySecurityGroup extends SecurityGroup {
  constructor(scope: Construct, id: string, { site, vpc, serverRange, serverPorts }: ProxySecurityGroupProps) {
    super(scope, id, {
      vpc,
      description: 'Load balancer: admits visitors on 80 and 443, opens connections to servers only',
      allowAllOutbound: false,
    });
    serves(this, 'DSS-5.6.3', 'TOM-6.6', 'TOM-4.11');
    for (const port of serverPorts) this.addEgressRule(Peer.ipv4(serverRange), Port.tcp(port), 'Servers');
    if (site.settings.edge.cloudflare) this.admitCloudflare(site);
    else this.admitInternet();
  }

  private admitInternet(): void {
    for (const port of visitorPorts) {
      this.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'Visitors');
      this.addIngressRule(Peer.anyIpv6(), Port.tcp(port), 'Visitors');
    }
    acknowledgeStanding(this, {
      id: 'AwsSolutions::AwsSolutions-EC23',
      reason: 'This is the group of the load balancer, the only resource that the internet reaches, on 80 and 443 (DSS-5.6.3).',
    });
  }

  private admitCloudflare(site: Site): void {
    for (const family of ['IPv4', 'IPv6'] as const) {
      const list = this.prefixList(site, family);
      // Not `addIngressRule`: the library counts the lists in the logical ids, so that another one would rename these.
      for (const port of visitorPorts) {
        new CfnSecurityGroupIngress(this, `FromCloudflare${family}On${port}`, {
          groupId: this.securityGroupId,
          sourcePrefixListId: list.attrPrefixListId,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: 'Cloudflare',
        });
      }
    }
  }

  private prefixList({ deployment }: Site, addressFamily: 'IPv4' | 'IPv6'): CfnPrefixList {
    const ranges = addressFamily === 'IPv4' ? cloudflareRanges.ipv4 : cloudflareRanges.ipv6;
    return new CfnPrefixList(this, `Cloudflare${addressFamily}`, {
      prefixListName: `${deployment}-cloudflare-${addressFamily.toLowerCase()}`,
      addressFamily,
      maxEntries: maximumRanges[addressFamily],
      entries: ranges.map((cidr) => ({ cidr, description: 'Cloudflare' })),
    });
  }
}
