// The load balancer, its listeners and their rules, and the authority of client certificates.
import { encryptedListenerAttributes, plainListenerAttributes } from '../template/promised-headers';
import { balancerType, listenerRuleType, listenerType } from '../template/resource-types';
import { uploadedAuthority } from './client-authority';
import { inProduction } from './configured';
import { type Declaration, declare } from './declaration';
import { edgeFirewallDeclarations } from './edge-firewall';
import { edgeRecordsDeclarations } from './edge-records';
import { by, type FormLike, harmless, set } from './form';
import { assetBucket } from './functions-code';
import { tags } from './tags';

/** The linter of the templates does not have their newest properties yet. */
export const newerThanLinter = (check: string): Readonly<Record<string, FormLike>> => ({
  'cfn-lint': { config: { ignore_checks: [check] } },
});

const attributes = (values: Readonly<Record<string, FormLike>>): FormLike =>
  set(...Object.entries(values).map(([Key, Value]) => ({ Key, Value })));

/** Requests and connections are logged in the landing bucket. (TOM-3.6, TOM-4.13) */
const logAttributes = (log: 'access' | 'connection'): Readonly<Record<string, FormLike>> => ({
  [`${log}_logs.s3.enabled`]: 'true',
  [`${log}_logs.s3.bucket`]: '${account/EdgeLogLanding}',
  [`${log}_logs.s3.prefix`]: log,
});

/**
 * The load balancer rejects what the firewall could not inspect and what servers could read in two ways; the last
 * address of X-Forwarded-For is its own. (TOM-4.11)
 */
const balancerAttributes = attributes({
  'deletion_protection.enabled': inProduction('true', 'false'),
  'load_balancing.cross_zone.enabled': 'true',
  'routing.http2.enabled': 'true',
  'idle_timeout.timeout_seconds': '120',
  'client_keep_alive.seconds': '3600',
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'strictest',
  'routing.http.preserve_host_header.enabled': 'true',
  'routing.http.xff_header_processing.mode': 'append',
  'routing.http.xff_client_port.enabled': 'false',
  'waf.fail_open.enabled': 'false',
  ...logAttributes('access'),
  ...logAttributes('connection'),
});

const loadBalancer = declare(balancerType, 'edge/LoadBalancer', {
  Type: 'application',
  Scheme: 'internet-facing',
  IpAddressType: 'dualstack',
  SecurityGroups: ['${edge/Proxies.GroupId}'],
  // One in each zone. (DSS-5.6.3, TOM-6.3)
  Subnets: set('${network/VpcpublicSubnet1Subnet}', '${network/VpcpublicSubnet2Subnet}', '${network/VpcpublicSubnet3Subnet}'),
  LoadBalancerAttributes: balancerAttributes,
  Tags: tags(),
});

/** Port 80 redirects, and serves nothing. (DSS-5.3.1) */
const plainListener = declare(
  listenerType,
  'edge/LoadBalancerHttp',
  {
    LoadBalancerArn: '${edge/LoadBalancer}',
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    ListenerAttributes: attributes(plainListenerAttributes),
    Tags: tags(),
  },
  { metadata: newerThanLinter('E3002') },
);

/** Behind Cloudflare the handshake fails without a certificate of the authority that the configuration names. */
const clientAuthentication = by(
  ({ facts }): FormLike =>
    facts.settings.edge.cloudflare
      ? { Mode: 'verify', TrustStoreArn: '${edge/ClientAuthority.TrustStoreArn}', IgnoreClientCertificateExpiry: false }
      : { Mode: 'off' },
);

const fixedResponse = (status: string, text: string): FormLike => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: status, ContentType: 'text/plain', MessageBody: text },
});

/** TLS 1.3, or the forward-secret ciphers of TLS 1.2, with post-quantum key exchange. (DSS-6.8, TOM-5.7) */
const encryptedListener = declare(
  listenerType,
  'edge/LoadBalancerHttps',
  {
    LoadBalancerArn: '${edge/LoadBalancer}',
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    // The function behind it returns certificates of RSA 4096 only. (DSS-5.3.2)
    Certificates: [{ CertificateArn: '${edge/CertificateChecked.CertificateArn}' }],
    MutualAuthentication: clientAuthentication,
    DefaultActions: [fixedResponse('404', 'not found')],
    ListenerAttributes: attributes(encryptedListenerAttributes),
    Tags: tags(),
  },
  { metadata: newerThanLinter('E3002') },
);

/** A rule of the encrypted listener for exact paths; the priorities of all rules differ. */
export const pathRule = (priority: number, paths: readonly string[], action: FormLike): FormLike => ({
  ListenerArn: '${edge/LoadBalancerHttps}',
  Priority: priority,
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: set(...paths) } }],
  Actions: [action],
  Tags: tags(),
});

const healthRule = declare(listenerRuleType, 'edge/LoadBalancerHttpsHealthRule', pathRule(1, ['/health'], fixedResponse('200', 'ok')), {
  metadata: newerThanLinter('E3002'),
});

const clientAuthority = declare(
  'AWS::ElasticLoadBalancingV2::TrustStore',
  'edge/ClientAuthority',
  {
    Name: harmless,
    CaCertificatesBundleS3Bucket: assetBucket,
    CaCertificatesBundleS3Key: uploadedAuthority,
    Tags: tags(),
  },
  { when: ({ settings }) => settings.edge.cloudflare !== undefined },
);

export const edgeDeclarations: readonly Declaration[] = [
  loadBalancer,
  plainListener,
  encryptedListener,
  healthRule,
  clientAuthority,
  ...edgeFirewallDeclarations,
  ...edgeRecordsDeclarations,
];
