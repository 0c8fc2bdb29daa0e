// The load balancer: the only resource of a deployment that the internet reaches.
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
import { type EdgeLogLanding, edgeLogs } from './edge-log-landing';

/**
 * Seconds without data after which a connection of a client or of a server is closed. Pages of a visit can be
 * further apart than the default of 60 seconds, and each new connection is a handshake with a certificate of 4096
 * bits, most of the bytes out; Firefox closes after 115 seconds. Servers must keep idle connections longer, or the
 * load balancer sends a request on a connection that was just closed (502). (DSS-5.3.2)
 */
const idleTimeoutSeconds = 120;

export interface LoadBalancerProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of proxies, over all zones. Changing them is an update. (DSS-5.6.3, DSS-5.6.4) */
  readonly proxySubnets: SubnetSelection;
  readonly securityGroup: ISecurityGroup;
  /** Receives access and connection logs, until they are redacted. (TOM-3.6, TOM-4.13) */
  readonly landing: EdgeLogLanding;
}

/**
 * The load balancer rejects requests that the firewall could not inspect (`waf.fail_open` off), drops invalid headers,
 * and rejects ambiguous requests instead of forwarding them ("Desync mitigation mode": strictest). The last entry of
 * X-Forwarded-For is the address of the client's connection; entries that a client sends come before it. (TOM-4.11)
 */
export class LoadBalancer extends ApplicationLoadBalancer {
  constructor(scope: Construct, id: string, { site, vpc, proxySubnets, securityGroup, landing }: LoadBalancerProps) {
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
      idleTimeout: Duration.seconds(idleTimeoutSeconds),
      // No connection lasts longer. A visit of a browser does not; a handshake in an hour costs nothing.
      clientKeepAlive: Duration.hours(1),
    });
    for (const log of edgeLogs) {
      this.setAttribute(`${log}_logs.s3.enabled`, 'true');
      this.setAttribute(`${log}_logs.s3.bucket`, landing.bucketName);
      this.setAttribute(`${log}_logs.s3.prefix`, log);
    }
    // Explicit, although they are the defaults: the library omits them, and a reviewer could not see them in the
    // template.
    for (const off of ['waf.fail_open.enabled', 'routing.http.xff_client_port.enabled']) this.setAttribute(off, 'false');
    // A load balancer writes a test file when its logs are enabled, which requires the bucket policy.
    if (landing.policy) this.node.addDependency(landing.policy);
    serves(this, 'TOM-5.1', 'TOM-3.6', 'TOM-4.11', 'DSS-5.3.1', 'DSS-5.6.3', 'DSS-5.6.4');
    if (site.settings.environment !== 'production') this.acknowledgeUnprotected();
  }

  private acknowledgeUnprotected(): void {
    const reason = 'Outside production a deployment can be deleted without a manual step; only its testers use it.';
    acknowledgeInPacks(this, { rule: 'ELBDeletionProtectionEnabled', reason, packs: ['NIST.800.53.R5', 'HIPAA.Security'] });
  }
}
