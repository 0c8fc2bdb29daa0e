// The load balancer: the one thing of a deployment that the internet reaches.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  DesyncMitigationMode,
  IpAddressType,
  XffHeaderProcessingMode,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { acknowledgeInPacks } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { type EdgeLogBucket, edgeLogs } from './edge-log-bucket';

export interface LoadBalancerProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of proxies, over all zones. Changing them is an update. (DSS-5.6.3, DSS-5.6.4) */
  readonly proxySubnets: SubnetSelection;
  readonly securityGroup: ISecurityGroup;
  /** Takes access and connection logs. (TOM-3.6) */
  readonly logs: EdgeLogBucket;
}

/**
 * Requests that the firewall could not look at are refused (`waf.fail_open` off), invalid headers are dropped, and what could be read
 * in two ways is refused rather than forwarded ("Desync mitigation mode": strictest). The last entry of X-Forwarded-For is the address
 * that the load balancer saw; what a client put there comes before it. (TOM-4.11)
 */
export class LoadBalancer extends ApplicationLoadBalancer {
  constructor(scope: Construct, id: string, { site, vpc, proxySubnets, securityGroup, logs }: LoadBalancerProps) {
    super(scope, id, {
      vpc,
      vpcSubnets: proxySubnets,
      internetFacing: true,
      ipAddressType: IpAddressType.DUAL_STACK,
      securityGroup,
      crossZoneEnabled: true,
      deletionProtection: site.settings.environment === 'production',
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      dropInvalidHeaderFields: true,
      preserveHostHeader: true,
      xffHeaderProcessingMode: XffHeaderProcessingMode.APPEND,
      http2Enabled: true,
      // Servers must keep idle connections longer than this, or the load balancer meets one that has just been closed (502).
      idleTimeout: Duration.seconds(60),
      clientKeepAlive: Duration.hours(1),
    });
    for (const log of edgeLogs) {
      this.setAttribute(`${log}_logs.s3.enabled`, 'true');
      this.setAttribute(`${log}_logs.s3.bucket`, logs.bucketName);
      this.setAttribute(`${log}_logs.s3.prefix`, log);
    }
    // Written out, though they are what holds without a word: the library leaves them out, and reviewers would have to know.
    for (const off of ['waf.fail_open.enabled', 'routing.http.xff_client_port.enabled']) this.setAttribute(off, 'false');
    // A load balancer writes a test file when its logs are turned on, which only the policy admits.
    if (logs.policy) this.node.addDependency(logs.policy);
    serves(this, 'TOM-5.1', 'TOM-3.6', 'TOM-4.11', 'DSS-5.3.1', 'DSS-5.6.3', 'DSS-5.6.4');
    if (site.settings.environment !== 'production') this.acknowledgeUnprotected();
  }

  private acknowledgeUnprotected(): void {
    const reason = 'Outside production a deployment can be removed as easily as it was made; it is reached by its testers alone.';
    acknowledgeInPacks(this, { rule: 'ELBDeletionProtectionEnabled', reason, packs: ['NIST.800.53.R5', 'HIPAA.Security'] });
  }
}
