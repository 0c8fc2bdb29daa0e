// The endpoint on the internet: the load balancer with its certificate, listeners, web application firewall and DNS
// records.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener, IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { collectorPort } from '../config/flows/flow';
import type { Site } from '../config/site';
import { Certificate } from '../edge/certificate';
import { ClientAuthority } from '../edge/client-authority';
import { DnsRecords, issuerOf, placeOf } from '../edge/dns-records';
import type { EdgeLogLanding } from '../edge/edge-log-landing';
import { Listeners } from '../edge/listeners';
import { LoadBalancer } from '../edge/load-balancer';
import { LoadBalancerAlarms } from '../edge/load-balancer-alarms';
import { LogSweepAlarm } from '../edge/log-sweep-alarm';
import { ProxySecurityGroup } from '../edge/proxy-security-group';
import { WebFirewall } from '../edge/web-firewall';
import type { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';

export interface EdgeStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /**
     * Encrypts the log of the web application firewall, and environment, log and dead letters of functions. (TOM-5.5)
     */
    readonly key: IKey;
    /** Receives the logs of the load balancer. (TOM-3.6) */
    readonly edgeLogLanding: EdgeLogLanding;
    /** Redacts these logs. (TOM-4.13) */
    readonly logRedaction: ControlFunction;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly network: {
    readonly vpc: IVpc;
    /** Subnets of load balancers only. (DSS-5.6.3, DSS-5.6.4) */
    readonly proxySubnets: SubnetSelection;
    /** Range of the server subnets, the only destination of the load balancer's connections. (DSS-5.6.3) */
    readonly serverRange: string;
  };
  readonly data: {
    /** Waits for the first datapoints of alarms on silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
}

export class EdgeStack extends Stack {
  readonly loadBalancer: IApplicationLoadBalancer;
  /**
   * The listener on port 443, to which other stacks add rules; priority 1 is taken. The default action returns 404.
   */
  readonly listener: IApplicationListener;
  /** Connects to servers only; the security group of a target allows it. (DSS-5.6.3) */
  readonly proxySecurityGroup: ISecurityGroup;
  /**
   * Header with the address of the visitor: set by Cloudflare if it is in front, otherwise by the load balancer.
   * (TOM-4.11)
   */
  readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip';

  constructor(scope: Construct, id: string, { site, account, network, data, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const { key, edgeLogLanding: landing, logRedaction: redaction, alarmTopic } = account;
    const { vpc, proxySubnets, serverRange } = network;
    const { cloudflare } = site.settings.edge;

    const securityGroup = new ProxySecurityGroup(this, 'Proxies', { site, vpc, serverRange, serverPorts: [collectorPort] });
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', { site, vpc, proxySubnets, securityGroup, landing });
    const { certificateArn } = new Certificate(this, 'Certificate', { site, key, alarmTopic });
    const clientAuthority = cloudflare && new ClientAuthority(this, 'ClientAuthority', { file: cloudflare.clientCa });
    const listeners = new Listeners(this, 'Listeners', {
      loadBalancer,
      certificateArn,
      ...(clientAuthority ? { clientAuthority } : {}),
    });
    new WebFirewall(this, 'Firewall', { site, loadBalancer, key });
    new LoadBalancerAlarms(this, 'Alarms', { site, loadBalancer, alarmTopic });
    new LogSweepAlarm(this, 'LogSweep', { site, redaction, firstDatapoints: data.firstDatapoints, alarmTopic });
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
