import { settingsSchema } from '../../../../lib/config/settings/settings';
import { addressPlan, tiers, zoneCount } from '../../../../lib/network/address-plan';
import { firewallDomains, resolvableNames } from '../../../../lib/network/allowed-domains';
import type { DeploymentFacts } from '../../../../lib/tom/template/assembly';
import { hasFirewall, natZone, sharesNat, subnetRange, tierRange } from '../../../../lib/tom/world/network-addresses';
import * as world from '../../../../lib/tom/world/network-firewalls';
import { places, tierNames, vpcConfigOf, zones } from '../../../../lib/tom/world/network-tiers';
import { facts } from '../rules/example';

const withNetwork = (network: object, environment: DeploymentFacts['environment'] = 'staging'): DeploymentFacts => ({
  ...facts,
  environment,
  settings: settingsSchema.parse({ environment, owner: 'platform-team', network }),
});

test.each(['10.64.0.0/16', '10.7.16.0/20', '192.168.128.0/17'])('the tiers of %s have the addresses of the plan', (vpcCidr) => {
  const plan = addressPlan(vpcCidr);
  for (const tier of tiers) expect(tierRange(tier, withNetwork({ vpcCidr }))).toBe(plan[tier].cidr);
});

test('the subnets of a tier follow each other in the order of the zones', () => {
  expect(zones.map((zone) => subnetRange('public', zone, facts))).toEqual(['10.64.128.0/21', '10.64.136.0/21', '10.64.144.0/21']);
  expect(subnetRange('firewall', '3', facts)).toBe('10.64.224.96/28');
});

test('the tiers and zones are those of the network', () => {
  expect([...tierNames].sort()).toEqual([...tiers].sort());
  expect(zones).toHaveLength(zoneCount);
});

test('production has firewalls and a NAT gateway in each zone, whatever its settings', () => {
  const reduced = { sharedNat: true, firewall: false };
  expect([hasFirewall(withNetwork(reduced)), sharesNat(withNetwork(reduced)), natZone('3', withNetwork(reduced))]).toEqual([
    false,
    true,
    '1',
  ]);
  const production = withNetwork(reduced, 'production');
  expect([hasFirewall(production), sharesNat(production), natZone('3', production)]).toEqual([true, false, '3']);
});

test('the domains of the firewalls are those of the services, and those of the configuration', () => {
  const allowedDomains = ['.debian.org', 'download.example.com'];
  const configured = withNetwork({ allowedDomains });
  expect(world.firewallDomains(configured)).toEqual(firewallDomains('eu-west-3', allowedDomains));
  expect(world.resolvableNames(configured)).toEqual(resolvableNames('eu-west-3', '10.64.0.0/16', allowedDomains));
});

test('a function has the subnets of its tier and one group', () => {
  expect(vpcConfigOf('databaseFunctions')).toEqual({
    SecurityGroupIds: ['${data/AccessSecurityGroup.GroupId}'],
    SubnetIds: ['1', '2', '3'].map((zone) => `\${network/VpcfunctionsSubnet${zone}Subnet}`),
  });
});

test('each place has a group of its own', () => {
  const groups = Object.values(places).flatMap((place) => ('group' in place ? [place.group] : []));
  expect(new Set(groups).size).toBe(groups.length);
});
