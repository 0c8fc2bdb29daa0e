// Readers of templates for the network tests: tiers, routes, ranges. The networks of production and development come
// from the shared synth.
import type { Template } from 'aws-cdk-lib/assertions';
import { synthesized } from '../../synthesized/synthesized';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, never>;
  readonly Metadata?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
}

/** The network of production: three NAT gateways, with firewall. */
export const production = (): Template => synthesized('production').template('network');

/** The network of development: one NAT gateway, without firewall. */
export const development = (): Template => synthesized('development').template('network');

/** The resources of a type, by logical id. */
export function resources(template: Template, type: string): Record<string, Resource> {
  const all = (template.toJSON() as { Resources: Record<string, Resource> }).Resources;
  return Object.fromEntries(Object.entries(all).filter(([, { Type }]) => Type === type));
}

/** The subnets of a tier, by zone: logical id and properties. */
export function subnets(template: Template, tier: string): { id: string; cidr: string; properties: Record<string, unknown> }[] {
  return Object.entries(resources(template, 'AWS::EC2::Subnet'))
    .filter(([, { Properties }]) => hasTag(Properties, 'aws-cdk:subnet-name', tier))
    .map(([id, { Properties }]) => ({ id, cidr: String(Properties.CidrBlock), properties: Properties }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

function hasTag(properties: Record<string, unknown>, key: string, value: string): boolean {
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return tags.some((tag) => tag.Key === key && tag.Value === value);
}

/** The routes of a subnet: destination and all properties of the target. */
export function routesOf(template: Template, subnetId: string): { to: string; target: Record<string, unknown> }[] {
  const associations = Object.values(resources(template, 'AWS::EC2::SubnetRouteTableAssociation'));
  const association = associations.find(({ Properties }) => reference(Properties.SubnetId) === subnetId);
  const table = reference(association?.Properties.RouteTableId);
  return Object.values(resources(template, 'AWS::EC2::Route'))
    .filter(({ Properties }) => reference(Properties.RouteTableId) === table)
    .map(({ Properties }) => {
      const { RouteTableId: _, DestinationCidrBlock, DestinationIpv6CidrBlock, ...target } = Properties as Record<string, unknown>;
      return { to: String(DestinationCidrBlock ?? DestinationIpv6CidrBlock), target };
    })
    .sort((a, b) => a.to.localeCompare(b.to));
}

export function reference(value: unknown): string | undefined {
  return (value as { Ref?: string } | undefined)?.Ref;
}

/** First and last address of a range, as numbers. */
export function range(cidr: string): [number, number] {
  const [address = '', mask = '32'] = cidr.split('/');
  const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return [first, first + 2 ** (32 - Number(mask)) - 1];
}

export function within(inner: string, outer: string): boolean {
  const [a, b] = range(inner);
  const [c, d] = range(outer);
  return a >= c && b <= d;
}
