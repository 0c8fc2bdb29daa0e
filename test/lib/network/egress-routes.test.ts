// The routes to the internet and back, by zone, with and without firewall, with one NAT gateway and with three.
import { Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Stack } from 'aws-cdk-lib/core';
import { EgressFirewall } from '../../../lib/network/egress-firewall';
import { EgressRoutes } from '../../../lib/network/egress-routes';
import { NatGateways } from '../../../lib/network/nat-gateways';
import { scratch, type Variant } from './network-fixture';
import { reference, resources, routesOf, subnets } from './reading';

/** The egress routes with these settings. */
function egressRoutes(variant: Variant): { stack: Stack; template: Template } {
  const { stack, site, vpc } = scratch(variant);
  const { sharedNat, firewall } = site.settings.network;
  const nat = new NatGateways(stack, 'Nat', { vpc, shared: sharedNat });
  const log = new LogGroup(stack, 'Log');
  const egress = firewall ? new EgressFirewall(stack, 'EgressFirewall', { site, vpc, alertLog: log, flowLog: log }) : undefined;
  new EgressRoutes(stack, 'EgressRoutes', { vpc, nat, firewallEndpoints: egress?.endpointIds });
  return { stack, template: Template.fromStack(stack) };
}

const full = egressRoutes({});
const internet = '0.0.0.0/0';
const leaving = ['private', 'functions'] as const;

/** Logical id of the NAT gateway in the egress subnet of a zone. */
function natOf(template: Template, zone: number): string | undefined {
  const subnet = subnets(template, 'egress')[zone]?.id;
  const found = Object.entries(resources(template, 'AWS::EC2::NatGateway')).find(
    ([, { Properties }]) => reference(Properties.SubnetId) === subnet,
  );
  return found?.[0];
}

/** The target of a route to the firewall whose only endpoint is in the firewall subnet of a zone. */
function firewallOf(template: Template, zone: number): object {
  const subnet = subnets(template, 'firewall')[zone]?.id;
  const all = Object.entries(resources(template, 'AWS::NetworkFirewall::Firewall'));
  const [id] = all.find(([, { Properties }]) => {
    const mappings = Properties.SubnetMappings as unknown as { SubnetId: unknown }[];
    return mappings.length === 1 && reference(mappings[0]?.SubnetId) === subnet;
  }) as [string, unknown];
  const first = { 'Fn::Select': [0, { 'Fn::GetAtt': [id, 'EndpointIds'] }] };
  return { VpcEndpointId: { 'Fn::Select': [1, { 'Fn::Split': [':', first] }] } };
}

const nat = (template: Template, zone: number): object => ({ NatGatewayId: { 'Fn::GetAtt': [natOf(template, zone), 'NatGatewayId'] } });
const zones = [0, 1, 2] as const;

describe('with firewall', () => {
  const { template } = full;

  test.each(zones)('servers and functions of zone %i route to its firewall, and the firewall to its NAT gateway', (zone) => {
    for (const tier of leaving) {
      const routes = routesOf(template, subnets(template, tier)[zone]?.id as string);
      expect(routes).toEqual([{ to: internet, target: firewallOf(template, zone) }]);
    }
    const routes = routesOf(template, subnets(template, 'firewall')[zone]?.id as string);
    expect(routes).toEqual([{ to: internet, target: nat(template, zone) }]);
  });

  test.each(zones)('responses in zone %i return through the same firewall, for the whole range of each subnet', (zone) => {
    const routes = routesOf(template, subnets(template, 'egress')[zone]?.id as string);
    expect(routes).toHaveLength(3);
    for (const tier of leaving) {
      const { cidr } = subnets(template, tier)[zone] as { cidr: string };
      expect(routes).toContainEqual({ to: cidr, target: firewallOf(template, zone) });
    }
  });
});

describe('without firewall', () => {
  const { template } = egressRoutes({ environment: 'development', network: { firewall: false } });

  test.each(zones)('servers and functions of zone %i route to its NAT gateway', (zone) => {
    for (const tier of leaving) {
      const routes = routesOf(template, subnets(template, tier)[zone]?.id as string);
      expect(routes).toEqual([{ to: internet, target: nat(template, zone) }]);
    }
    expect(routesOf(template, subnets(template, 'egress')[zone]?.id as string)).toHaveLength(1);
  });

  test('the routes have the same logical ids as with firewall, so that a change of the setting updates them in place', () => {
    const ids = Object.keys(resources(template, 'AWS::EC2::Route'));
    expect(Object.keys(resources(full.template, 'AWS::EC2::Route'))).toEqual(expect.arrayContaining(ids));
  });
});

describe('with one NAT gateway', () => {
  const { template } = egressRoutes({ environment: 'staging', network: { sharedNat: true } });

  test('it is in the first zone, and every firewall routes to it', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.resourceCountIs('AWS::EC2::EIP', 1);
    for (const { id } of subnets(template, 'firewall'))
      expect(routesOf(template, id)).toEqual([{ to: internet, target: nat(template, 0) }]);
  });

  test('responses return through the firewall of their own zone', () => {
    const routes = routesOf(template, subnets(template, 'egress')[0]?.id as string);
    for (const zone of zones) {
      const { cidr } = subnets(template, 'private')[zone] as { cidr: string };
      expect(routes).toContainEqual({ to: cidr, target: firewallOf(template, zone) });
    }
    expect(routesOf(template, subnets(template, 'egress')[1]?.id as string)).toEqual([]);
  });
});
