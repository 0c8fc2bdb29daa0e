// Rules about the load balancer, its certificate and the web application firewall.
import type { Rule } from '../../rule';
import { certificate } from './certificate';
import { cloudflareOnly } from './cloudflare-only';
import { edgeLogging } from './edge-logging';
import { firewallLogAddresses } from './firewall-log-addresses';
import { httpsOnly } from './https-only';
import { landedLogs } from './landed-logs';
import { landingBucket } from './landing-bucket';
import { proxiesApart } from './proxies-apart';
import { responseHeaders } from './response-headers';
import { strictRequests } from './strict-requests';
import { tlsPolicy } from './tls-policy';
import { webFirewall } from './web-firewall';

export const edgeRules: readonly Rule[] = [
  certificate,
  cloudflareOnly,
  edgeLogging,
  firewallLogAddresses,
  httpsOnly,
  landedLogs,
  landingBucket,
  proxiesApart,
  responseHeaders,
  strictRequests,
  tlsPolicy,
  webFirewall,
];
