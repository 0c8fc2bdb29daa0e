// Prices of the network and the edge (../shared/data/prices.md, "Network and edge").
import type { Price } from './price';

export const networkPrices = {
  natHour: { service: 'NAT gateway', unit: 'hour', by: { P: 0.05, F: 0.052, I: 0.048, V: 0.045 }, sources: [1, 5, 7, 9, 14] },
  natGb: { service: 'NAT gateway', unit: 'GB', by: { P: 0.05, F: 0.052, V: 0.045 }, sources: [1, 5, 7] },
  firewallHour: { service: 'Network Firewall endpoint', unit: 'hour', by: { P: 0.395, F: 0.395, V: 0.395 }, sources: [4, 5] },
  firewallGb: { service: 'Network Firewall data', unit: 'GB', by: { P: 0.065, F: 0.065, V: 0.065 }, sources: [4, 5, 12] },
  endpointHour: { service: 'Interface endpoint', unit: 'zone-hour', by: { P: 0.011, F: 0.012, I: 0.011 }, sources: [4, 8, 9, 14] },
  endpointGb: { service: 'Interface endpoint data', unit: 'GB', by: { P: 0.01, F: 0.01 }, sources: [4, 8] },
  balancerHour: { service: 'Application load balancer', unit: 'hour', by: { P: 0.02646, F: 0.027 }, sources: [1, 9] },
  lcuHour: { service: 'Application load balancer', unit: 'LCU-hour', by: { P: 0.0084, F: 0.008 }, sources: [1, 9] },
  trustStoreHour: { service: 'Load balancer trust store', unit: 'hour', by: { V: 0.005 }, sources: [34], secondary: true },
  addressHour: { service: 'Public IPv4', unit: 'hour', by: { P: 0.005, F: 0.005 }, sources: [1, 9] },
  webAclMonth: { service: 'WAF web ACL', unit: 'month', by: { F: 5, V: 5 }, sources: [5, 7, 12] },
  webAclRuleMonth: { service: 'WAF rule or managed group', unit: 'month', by: { F: 1, V: 1 }, sources: [5, 7, 12] },
  webAclRequests: { service: 'WAF requests, up to 1,500 WCU', unit: 'million', by: { F: 0.6, V: 0.6 }, sources: [7, 12] },
  vendedLogGb: { service: 'Vended logs to S3', unit: 'GB', by: { V: 0.25 }, sources: [12, 16] },
  vendedParquetGb: { service: 'Vended logs in Parquet', unit: 'GB', by: { V: 0.035 }, sources: [16], secondary: true },
  dnsFirewallHour: { service: 'DNS Firewall Advanced', unit: 'hour', by: { all: 0.16 }, sources: [17], secondary: true },
  dnsFirewallDomain: { service: 'DNS Firewall domain list', unit: 'domain-month', by: { all: 0.0005 }, sources: [17], secondary: true },
  dnsFirewallQueries: { service: 'DNS Firewall queries', unit: 'million', by: { all: 0.6 }, sources: [17], secondary: true },
  crossZoneGb: { service: 'Transfer between zones', unit: 'GB and direction', by: { P: 0.01, F: 0.01 }, sources: [5] },
  internetOutGb: {
    service: 'Internet out, after 100 GB',
    unit: 'GB',
    by: {
      P: [
        { upTo: 100, usd: 0 },
        { upTo: 10_340, usd: 0.09 },
        { upTo: 51_300, usd: 0.085 },
        { upTo: 153_700, usd: 0.07 },
        { upTo: Number.POSITIVE_INFINITY, usd: 0.05 },
      ],
    },
    sources: [1, 5],
  },
  clientVpnHour: { service: 'Client VPN association', unit: 'hour', by: { V: 0.1 }, sources: [5] },
  siteVpnHour: { service: 'Site-to-Site VPN', unit: 'hour', by: { V: 0.05 }, sources: [5] },
} as const satisfies Readonly<Record<string, Price>>;
