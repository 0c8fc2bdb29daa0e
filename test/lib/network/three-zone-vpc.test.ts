// The VPC: its zones, its addresses, and its routes to the internet.
import { tiers } from '../../../lib/network/address-plan';
import { production, resources, routesOf, subnets } from './reading';

const template = production();

test('each tier has a subnet in each of three zones, and no zone is hard-coded', () => {
  for (const tier of tiers) {
    expect(subnets(template, tier).map(({ properties }) => properties.AvailabilityZone)).toEqual(
      [0, 1, 2].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })),
    );
  }
});

test('every subnet has an IPv6 range of its own, and no interface gets a public address automatically', () => {
  const all = Object.values(resources(template, 'AWS::EC2::Subnet')).map(({ Properties }) => Properties as Record<string, unknown>);
  expect(all).toHaveLength(21);
  expect(new Set(all.map(({ Ipv6CidrBlock }) => JSON.stringify(Ipv6CidrBlock))).size).toBe(21);
  for (const subnet of all) expect(subnet).toMatchObject({ MapPublicIpOnLaunch: false, AssignIpv6AddressOnCreation: false });
});

test('only proxies have an IPv6 route, and only they and NAT gateways one to the internet gateway', () => {
  for (const tier of tiers) {
    for (const { id } of subnets(template, tier)) {
      const routes = routesOf(template, id);
      expect(routes.some(({ to }) => to.includes(':'))).toBe(tier === 'public');
      expect(routes.some(({ target }) => 'GatewayId' in target)).toBe(tier === 'public' || tier === 'egress');
    }
  }
  template.resourceCountIs('AWS::EC2::EgressOnlyInternetGateway', 0);
});

test('databases have no route out at all', () => {
  for (const { id } of subnets(template, 'isolated')) expect(routesOf(template, id)).toEqual([]);
});

test('the VPC has no peering connection', () => {
  template.resourceCountIs('AWS::EC2::VPCPeeringConnection', 0);
});
