// Each rule between settings: a configuration that keeps it and one that breaks it.
import { messagesOf, problemsOf, shortest } from '../folder';

/** A file from these lines after the two that every file has. */
const file = (environment: string, ...lines: string[]): string =>
  `environment: ${environment}\nowner: platform-team\n${lines.join('\n')}\n`;
const production = (...lines: string[]): string => file('production', ...lines);
const staging = (...lines: string[]): string => file('staging', ...lines);
const network = (line: string): string => `network: {${line}}`;
const access = (line: string): string => `access: {${line}}`;

type Row = readonly [rule: string, good: string, bad: string, path: string, expected: string];

const rows: readonly Row[] = [
  ['production is in Paris', production('region: eu-west-3'), production('region: eu-north-1'), 'region', 'eu-west-3 in production'],
  [
    'other environments may be elsewhere, production may not',
    staging('region: eu-north-1'),
    production('region: eu-west-1', 'recoveryRegion: eu-north-1'),
    'region',
    'eu-west-3 in production',
  ],
  [
    'the recovery region is not the home region',
    staging('region: eu-north-1', 'recoveryRegion: eu-west-1'),
    staging('region: eu-north-1', 'recoveryRegion: eu-north-1'),
    'recoveryRegion',
    'a region other than the home region',
  ],
  [
    'neither is it by default',
    staging('region: eu-central-1', 'recoveryRegion: eu-west-3'),
    staging('region: eu-central-1'),
    'recoveryRegion',
    'a region other than the home region',
  ],
  [
    'production has its own NAT gateway per zone',
    staging(network('sharedNat: true')),
    production(network('sharedNat: true')),
    'network.sharedNat',
    'false in production',
  ],
  [
    'production enables VPC Block Public Access',
    staging(network('blockPublicAccess: false')),
    production(network('blockPublicAccess: false')),
    'network.blockPublicAccess',
    'true in production',
  ],
  [
    'production manages its access analyzer',
    staging('access: {accessAnalyzer: existing}'),
    production('access: {accessAnalyzer: existing}'),
    'access.accessAnalyzer',
    'managed in production',
  ],
  [
    'production has its firewall',
    staging(network('firewall: false')),
    production(network('firewall: false')),
    'network.firewall',
    'true in production',
  ],
  [
    'shells end idle before they end at all',
    production('access: {timeouts: {shellIdleMinutes: 10, shellMaximumMinutes: 10}}'),
    production('access: {timeouts: {shellIdleMinutes: 11, shellMaximumMinutes: 10}}'),
    'access.timeouts.shellIdleMinutes',
    'at most shellMaximumMinutes, 10',
  ],
  [
    'the default idle time is held against the maximum too',
    production('access: {timeouts: {shellMaximumMinutes: 15}}'),
    production('access: {timeouts: {shellMaximumMinutes: 14}}'),
    'access.timeouts.shellIdleMinutes',
    'at most shellMaximumMinutes, 14',
  ],
  [
    'ranges begin at their first address',
    production(network('vpcCidr: 10.70.0.0/16')),
    production(network('vpcCidr: 10.70.16.0/16')),
    'network.vpcCidr',
    'the first address of the range',
  ],
  [
    'so do ranges of partners',
    production(access('partnerNetworks: [{name: partner, cidr: 192.168.7.128/25}]')),
    production(access('partnerNetworks: [{name: partner, cidr: 192.168.7.1/25}]')),
    'access.partnerNetworks[0].cidr',
    'the first address of the range',
  ],
  ...['100.64.0.0/16', '11.0.0.0/16', '172.32.0.0/16', '192.169.0.0/16', '169.254.0.0/16', '0.0.0.0/16'].map(
    (range): Row => [
      `${range} is not private`,
      production(network('vpcCidr: 172.31.0.0/16')),
      production(network(`vpcCidr: ${range}`)),
      'network.vpcCidr',
      'a private range',
    ],
  ),
  [
    'a range that reaches out of the private block is not private',
    production(access('vpnClientCidr: 172.16.0.0/12'), network('vpcCidr: 10.70.0.0/16')),
    production(access('managementNetworks: [{name: manager, cidr: 192.160.0.0/12}]')),
    'access.managementNetworks[0].cidr',
    'a private range',
  ],
  [
    'the VPC is at most a /16',
    production(network('vpcCidr: 10.96.0.0/16')),
    production(network('vpcCidr: 10.96.0.0/15')),
    'network.vpcCidr',
    'a range of /16 to /20',
  ],
  [
    'the VPC is at least a /20',
    production(network('vpcCidr: 10.96.0.0/20')),
    production(network('vpcCidr: 10.96.0.0/21')),
    'network.vpcCidr',
    'a range of /16 to /20',
  ],
  [
    'VPN clients have at least a /22',
    production(access('vpnClientCidr: 10.96.0.0/22')),
    production(access('vpnClientCidr: 10.96.0.0/23')),
    'access.vpnClientCidr',
    'a range of /12 to /22',
  ],
  [
    'VPN clients have at most a /12',
    production(access('vpnClientCidr: 10.96.0.0/12')),
    production(access('vpnClientCidr: 10.96.0.0/11')),
    'access.vpnClientCidr',
    'a range of /12 to /22',
  ],
  [
    'the VPC stays out of the range that AWS services use',
    production(network('vpcCidr: 172.18.0.0/16')),
    production(network('vpcCidr: 172.17.16.0/20')),
    'network.vpcCidr',
    'a range outside 172.17.0.0/16',
  ],
  [
    'the VPC and VPN clients do not overlap',
    production(network('vpcCidr: 10.60.16.0/20'), access('vpnClientCidr: 10.60.12.0/22')),
    production(network('vpcCidr: 10.60.16.0/20'), access('vpnClientCidr: 10.60.0.0/16')),
    'access.vpnClientCidr',
    'a range that does not overlap network.vpcCidr, 10.60.16.0/20',
  ],
  [
    'partners do not overlap the VPC',
    production(access('partnerNetworks: [{name: partner, cidr: 10.63.255.0/24}]')),
    production(access('partnerNetworks: [{name: partner, cidr: 10.64.255.0/24}]')),
    'access.partnerNetworks[0].cidr',
    'a range that does not overlap network.vpcCidr, 10.64.0.0/16',
  ],
  [
    'partners do not overlap the manager',
    production(
      access('managementNetworks: [{name: manager, cidr: 192.168.0.0/24}], partnerNetworks: [{name: partner, cidr: 192.168.1.0/24}]'),
    ),
    production(
      access('managementNetworks: [{name: manager, cidr: 192.168.0.0/23}], partnerNetworks: [{name: partner, cidr: 192.168.1.0/24}]'),
    ),
    'access.partnerNetworks[0].cidr',
    'a range that does not overlap access.managementNetworks[0].cidr, 192.168.0.0/23',
  ],
  [
    'names are unique over both lists',
    production(access('managementNetworks: [{name: a1, cidr: 192.168.0.0/24}], partnerNetworks: [{name: a2, cidr: 192.168.1.0/24}]')),
    production(access('managementNetworks: [{name: a1, cidr: 192.168.0.0/24}], partnerNetworks: [{name: a1, cidr: 192.168.1.0/24}]')),
    'access.partnerNetworks[0].name',
    'a name other than that of access.managementNetworks[0]',
  ],
];

test.each(rows)('%s', (_, good, bad, path, expected) => {
  expect(problemsOf(good)).toEqual([]);
  expect(problemsOf(bad)).toMatchObject([
    { where: expect.stringMatching(new RegExp(`^config/production\\.yaml:\\d+ ${path.replace(/[[\]]/g, '\\$&')}$`)), expected },
  ]);
});

test('the refusal of another region for production names the clause', () => {
  expect(messagesOf(production('region: eu-north-1'))).toEqual([
    'config/production.yaml:3 region: expected eu-west-3 in production, got "eu-north-1"; ' +
      'remove it; servers that hold data are in Paris (TOM-2.1)',
  ]);
});

test('a range with host bits is corrected in the message', () => {
  expect(problemsOf(production(network('vpcCidr: 10.70.19.5/16')))[0]?.todo).toBe('write 10.70.0.0/16 if you mean that range');
});

test('many equal ranges give one problem each, not one for each pair', () => {
  const networks = Array.from({ length: 400 }, (_, index) => `{name: net-${index}, cidr: 192.168.0.0/24}`);
  expect(problemsOf(production(access(`partnerNetworks: [${networks.join(', ')}]`)))).toHaveLength(399);
});

test('rules do not report fields that are invalid by themselves', () => {
  expect(problemsOf(`environment: prod\nowner: x1\n${network('sharedNat: true, firewall: false')}\n`)).toMatchObject([{ got: '"prod"' }]);
  expect(problemsOf(production(network('vpcCidr: 10.60.0.0/33')))).toMatchObject([{ expected: 'an IPv4 range such as 10.64.0.0/16' }]);
  expect(problemsOf(production('region: us-east-1', 'recoveryRegion: us-east-1'))).toHaveLength(2);
});

test('ranges of different deployments may overlap', () => {
  expect(problemsOf(shortest, { staging: shortest.replace('production', 'staging') })).toEqual([]);
});
