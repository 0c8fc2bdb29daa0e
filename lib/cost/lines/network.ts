// Costs of the network: firewalls, gateways, endpoints, DNS firewall, VPN.
import { hoursInMonth } from '../prices/prices';
import { at, listAt, type Resource } from '../resources';
import { type Charge, type Coster, charge, each, ofType } from './charge';

const firewalls: Coster = (found, { traffic }) => {
  const endpoints = found.flatMap(({ properties }) => listAt(properties, 'SubnetMappings')).length;
  return [charge('endpoints', 'firewallHour', endpoints * hoursInMonth), charge('traffic', 'firewallGb', traffic.assumed.firewallGb)];
};

/** A gateway in the path of Network Firewall is waived for each hour and GB of the firewall. (prices.md [12]) */
const gateways: Coster = (found, context) => {
  const billed = ofType(context, 'AWS::NetworkFirewall::Firewall').length === 0;
  const { firewallGb } = context.traffic.assumed;
  return [
    charge(billed ? 'gateways' : 'gateways, waived behind Network Firewall', 'natHour', billed ? found.length * hoursInMonth : 0),
    charge(billed ? 'traffic' : 'traffic, waived behind Network Firewall', 'natGb', billed ? firewallGb : 0),
  ];
};

const endpoints: Coster = (found, { traffic }) => {
  const interfaces = found.filter(({ properties }) => at(properties, 'VpcEndpointType') === 'Interface');
  const zones = interfaces.flatMap(({ properties }) => listAt(properties, 'SubnetIds')).length;
  const forHits = interfaces.some(({ properties }) => String(properties.ServiceName).endsWith('.kinesis-streams'));
  return [
    charge('interface endpoints in zones', 'endpointHour', zones * hoursInMonth),
    charge('hits to the stream', 'endpointGb', forHits ? traffic.hitGb : 0),
  ];
};

const dnsFirewall: Coster = (found, { traffic }) => {
  const advanced = found.filter(({ properties }) => listAt(properties, 'FirewallRules').some((rule) => at(rule, 'DnsThreatProtection')));
  return [
    charge('advanced rules', 'dnsFirewallHour', advanced.length * hoursInMonth),
    charge('queries', 'dnsFirewallQueries', traffic.assumed.dnsQueries),
  ];
};

const domains: Coster = (found) => [
  charge('domains', 'dnsFirewallDomain', found.flatMap(({ properties }) => listAt(properties, 'Domains')).length),
];

const siteVpn: Coster = (found) => [
  charge('connections', 'siteVpnHour', found.length * hoursInMonth),
  charge('addresses of two tunnels', 'addressHour', found.length * 2 * hoursInMonth),
];

/** Flow records of clients; those of servers and functions are within the quiet ones, as their connections last. */
const flowLogs: Coster = (found: readonly Resource[], { traffic }): readonly Charge[] => {
  const parquet = found.some(({ properties }) => at(properties, 'DestinationOptions', 'FileFormat') === 'parquet');
  const gigabytes = traffic.flowGb + traffic.assumed.quietFlowGb;
  return [charge('records', 'vendedLogGb', gigabytes), charge('records in Parquet', 'vendedParquetGb', parquet ? gigabytes : 0)];
};

export const networkLines: Readonly<Record<string, Coster>> = {
  'AWS::NetworkFirewall::Firewall': firewalls,
  'AWS::EC2::NatGateway': gateways,
  'AWS::EC2::EIP': each('public addresses', 'addressHour', hoursInMonth),
  'AWS::EC2::VPCEndpoint': endpoints,
  'AWS::EC2::FlowLog': flowLogs,
  'AWS::EC2::ClientVpnTargetNetworkAssociation': each('associations', 'clientVpnHour', hoursInMonth),
  'AWS::EC2::VPNConnection': siteVpn,
  'AWS::Route53Resolver::FirewallRuleGroup': dnsFirewall,
  'AWS::Route53Resolver::FirewallDomainList': domains,
};
