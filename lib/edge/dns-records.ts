// The name of the deployment in its hosted zone, the authority that may issue its certificates, and its health check.
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnHealthCheck, CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { provableName } from '../config/checks/certificate-checks';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { edgeHealthPath } from './paths';

/** A name and its hosted zone. */
export interface HostedName {
  readonly name: string;
  readonly zoneId: string;
}

/**
 * The name that resolves to the load balancer: `edge.domain`, or behind Cloudflare the name of the origin. `undefined`
 * without a hosted zone, and at the recovery site: a zone is the same in every region, and only a recovery changes the
 * site to which a name resolves.
 */
export const placeOf = (site: Site): HostedName | undefined => (site.name === 'home' ? hostedNameOf(site) : undefined);

/** The name and its zone at any site, for the recovery that changes the site to which it resolves. */
export function hostedNameOf({ settings: { edge } }: Site): HostedName | undefined {
  const name = edge.cloudflare ? edge.cloudflare.origin : edge.domain;
  return name !== undefined && edge.hostedZone ? { name, zoneId: edge.hostedZone.id } : undefined;
}

/** The name of each ACME authority in CAA records, by the domain of its directory. */
const authorities: Readonly<Record<string, string>> = {
  'letsencrypt.org': 'letsencrypt.org; validationmethods=dns-01',
  'pki.goog': 'pki.goog',
  'zerossl.com': 'sectigo.com',
};

/**
 * The authority that a CAA record allows at the deployment's own name: the one that issues for that name. `undefined`
 * where none issues, or where it issues for another name, which the deployment does not own.
 */
export function issuerOf(site: Site): string | undefined {
  const { edge } = site.settings;
  return placeOf(site)?.name === provableName(edge) ? issuerAt(edge.certificate.issue?.directory) : undefined;
}

/**
 * The value of a CAA record for the authority of this ACME directory; `undefined` without one, and for an authority
 * that is not in the table. The value of Let's Encrypt allows only validation by DNS (RFC 8657, section 4).
 */
export function issuerAt(directory: string | undefined): string | undefined {
  if (directory === undefined) return undefined;
  const { hostname } = new URL(directory);
  return Object.entries(authorities).find(([domain]) => hostname === domain || hostname.endsWith(`.${domain}`))?.[1];
}

export interface DnsRecordsProps extends HostedName {
  readonly loadBalancer: IApplicationLoadBalancer;
  /**
   * Whether the internet reaches the load balancer under this name, so that Route 53 can check it. Cloudflare has its
   * own health checks.
   */
  readonly isPublic: boolean;
  /**
   * The only authority that may issue certificates for the name, as in `letsencrypt.org` (RFC 8659); see `issuerOf`.
   * The zone must have no CAA record of that name yet.
   * @default - any authority
   */
  readonly issuer?: string;
}

export class DnsRecords extends Construct {
  constructor(scope: Construct, id: string, props: DnsRecordsProps) {
    super(scope, id);
    serves(this, 'DSS-5.3.1', 'TOM-5.1');
    for (const type of ['A', 'AAAA'] as const) this.alias(type, props);
    if (props.issuer !== undefined) this.limitIssuers(props, props.issuer);
    if (props.isPublic) this.checkHealth(props);
  }

  private alias(type: 'A' | 'AAAA', { name, zoneId, loadBalancer }: DnsRecordsProps): void {
    new CfnRecordSet(this, type, {
      hostedZoneId: zoneId,
      name: `${name}.`,
      type,
      aliasTarget: {
        dnsName: `dualstack.${loadBalancer.loadBalancerDnsName}`,
        hostedZoneId: loadBalancer.loadBalancerCanonicalHostedZoneId,
        evaluateTargetHealth: true,
      },
    });
  }

  /** No authority issues a certificate with a wildcard for the name. (RFC 8659, section 4.3) */
  private limitIssuers({ name, zoneId }: DnsRecordsProps, issuer: string): void {
    new CfnRecordSet(this, 'Issuers', {
      hostedZoneId: zoneId,
      name: `${name}.`,
      type: 'CAA',
      ttl: '3600',
      resourceRecords: [`0 issue "${issuer}"`, '0 issuewild ";"'],
    });
  }

  /**
   * From the internet, through DNS, TLS and the firewall. It does not check the targets: the alias evaluates the
   * health of the target groups. Its metric is only in us-east-1 ("Monitoring health checks using CloudWatch").
   */
  private checkHealth({ name }: DnsRecordsProps): void {
    const healthCheckTags = [{ key: 'Name', value: name }];
    new CfnHealthCheck(this, 'Health', {
      healthCheckConfig: {
        type: 'HTTPS',
        fullyQualifiedDomainName: name,
        port: 443,
        resourcePath: edgeHealthPath,
        enableSni: true,
        requestInterval: 30,
        failureThreshold: 3,
      },
      healthCheckTags,
    });
  }
}
