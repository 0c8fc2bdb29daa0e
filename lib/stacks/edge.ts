// What the internet reaches: the load balancer with its certificate, listeners and firewall, and its name.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener, IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { collectorPort } from '../collection/contract';
import type { Site } from '../config/site';
import { Certificate } from '../edge/certificate';
import { ClientAuthority } from '../edge/client-authority';
import { DnsRecords, issuerOf, placeOf } from '../edge/dns-records';
import type { EdgeLogBucket } from '../edge/edge-log-bucket';
import { Listeners } from '../edge/listeners';
import { LoadBalancer } from '../edge/load-balancer';
import { LoadBalancerAlarms } from '../edge/load-balancer-alarms';
import { ProxySecurityGroup } from '../edge/proxy-security-group';
import { WebFirewall } from '../edge/web-firewall';

export interface EdgeStackProps extends StackProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of proxies, and of nothing else. (DSS-5.6.3, DSS-5.6.4) */
  readonly proxies: SubnetSelection;
  /** Range of the server subnets, the only destination of the load balancer's connections. (DSS-5.6.3) */
  readonly serverRange: string;
  /** Receives the logs of the load balancer. (TOM-3.6) */
  readonly edgeLogs: EdgeLogBucket;
  /** Encrypts the firewall's log and what the certificate's functions keep. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

export class EdgeStack extends Stack {
  readonly loadBalancer: IApplicationLoadBalancer;
  /** The listener on 443, to which other stacks add rules; priority 1 is taken. Whatever no rule takes is answered 404. */
  readonly listener: IApplicationListener;
  /** Opens connections to servers alone: whoever stands behind the load balancer admits it. (DSS-5.6.3) */
  readonly proxySecurityGroup: ISecurityGroup;
  /** Where services find the address of the visitor: behind Cloudflare what it tells, otherwise what the load balancer saw. (TOM-4.11) */
  readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip';

  constructor(
    scope: Construct,
    id: string,
    { site, vpc, proxies, serverRange, edgeLogs: logs, key, alarmTopic, ...props }: EdgeStackProps,
  ) {
    super(scope, id, props);
    const { cloudflare } = site.settings.edge;

    const securityGroup = new ProxySecurityGroup(this, 'Proxies', { site, vpc, serverRange, serverPorts: [collectorPort] });
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', { site, vpc, subnets: proxies, securityGroup, logs });
    const { certificateArn } = new Certificate(this, 'Certificate', { site, key, alarmTopic });
    const clientAuthority = cloudflare && new ClientAuthority(this, 'ClientAuthority', { file: cloudflare.clientCa });
    const listeners = new Listeners(this, 'Listeners', {
      loadBalancer,
      certificateArn,
      ...(clientAuthority ? { clientAuthority } : {}),
    });
    new WebFirewall(this, 'Firewall', { site, loadBalancer, key });
    new LoadBalancerAlarms(this, 'Alarms', { site, loadBalancer, alarmTopic });
    const place = placeOf(site);
    const issuer = issuerOf(site);
    if (place) {
      new DnsRecords(this, 'Dns', {
        ...place,
        loadBalancer,
        isPublic: cloudflare === undefined,
        ...(issuer === undefined ? {} : { issuer }),
      });
    }

    this.loadBalancer = loadBalancer;
    this.listener = listeners.encrypted;
    this.proxySecurityGroup = securityGroup;
    this.clientAddress = cloudflare ? 'cf-connecting-ip' : 'x-forwarded-for';
  }
}
