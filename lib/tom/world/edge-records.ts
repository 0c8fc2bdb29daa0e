// The records of the deployment's name, the authority that may issue its certificates, and the health check.
import { provableName } from '../../config/checks/certificate-checks';
import type { Settings } from '../../config/settings/settings';
import type { DeploymentFacts } from '../template/assembly';
import { type Declaration, declare } from './declaration';
import { by, type Form, type FormLike, set } from './form';
import { tags } from './tags';

type Edge = Settings['edge'];

/** The name that resolves to the load balancer: behind Cloudflare that of the origin. */
const resolvedName = ({ cloudflare, domain }: Edge): string | undefined => (cloudflare ? cloudflare.origin : domain);

/**
 * Whether the site has records: only the home site of a deployment with a zone, because a zone is the same in every
 * region and only a recovery changes the site to which a name resolves.
 */
const hasRecords = ({ site, settings: { edge } }: DeploymentFacts): boolean =>
  site === 'home' && edge.hostedZone !== undefined && resolvedName(edge) !== undefined;

/**
 * CAA values of the certificate authorities by the domain of their directory; Let's Encrypt with its method (RFC
 * 8657).
 */
const issuers: Readonly<Record<string, string>> = {
  'letsencrypt.org': 'letsencrypt.org; validationmethods=dns-01',
  'pki.goog': 'pki.goog',
  'zerossl.com': 'sectigo.com',
};

/** The only authority that may issue for the name: that of the configuration, if it issues for the name. */
function issuerOf({ edge }: Settings): string | undefined {
  const { directory } = edge.certificate.issue ?? {};
  if (directory === undefined || resolvedName(edge) !== provableName(edge)) return undefined;
  const { hostname } = new URL(directory);
  return Object.entries(issuers).find(([domain]) => hostname === domain || hostname.endsWith(`.${domain}`))?.[1];
}

const zone = by(({ facts }) => facts.settings.edge.hostedZone?.id ?? 'none');
const name = (suffix: string): Form => by(({ facts }) => `${resolvedName(facts.settings.edge)}${suffix}`);

/** Addresses of this load balancer while it is healthy, over both protocols. */
const aliases = declare(
  'AWS::Route53::RecordSet',
  'edge/Dns<family>',
  {
    HostedZoneId: zone,
    Name: name('.'),
    Type: '<family>',
    AliasTarget: {
      DNSName: 'dualstack.${edge/LoadBalancer.DNSName}',
      HostedZoneId: '${edge/LoadBalancer.CanonicalHostedZoneID}',
      EvaluateTargetHealth: true,
    },
  },
  { variables: { family: ['A', 'AAAA'] }, when: hasRecords },
);

/** No other authority issues a certificate for the name, and none issues one with a wildcard. (RFC 8659) */
const issuerRecord = declare(
  'AWS::Route53::RecordSet',
  'edge/DnsIssuers',
  {
    HostedZoneId: zone,
    Name: name('.'),
    Type: 'CAA',
    TTL: '3600',
    ResourceRecords: by(({ facts }): FormLike => set(`0 issue "${issuerOf(facts.settings)}"`, '0 issuewild ";"')),
  },
  { when: (facts) => hasRecords(facts) && issuerOf(facts.settings) !== undefined },
);

/** From the internet, through DNS, TLS and the firewall. Cloudflare has health checks of its own. */
const healthCheck = declare(
  'AWS::Route53::HealthCheck',
  'edge/DnsHealth',
  {
    HealthCheckConfig: {
      Type: 'HTTPS',
      FullyQualifiedDomainName: name(''),
      Port: 443,
      ResourcePath: '/health',
      EnableSNI: true,
      RequestInterval: 30,
      FailureThreshold: 3,
    },
    HealthCheckTags: tags(undefined, { Key: 'Name', Value: name('') }),
  },
  { when: (facts) => hasRecords(facts) && facts.settings.edge.cloudflare === undefined },
);

export const edgeRecordsDeclarations: readonly Declaration[] = [aliases, issuerRecord, healthCheck];
