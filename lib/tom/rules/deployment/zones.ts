// TOM-6.3: every tier, and everything that spans subnets, stands in at least two zones.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { subnetOf, subnetsOf } from '../../template/topology';

const minimumZones = 2;

/** What is put into several subnets, and the property that lists them. */
const spanning: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'VPCZoneIdentifier',
  'AWS::EC2::VPCEndpoint': 'SubnetIds',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Subnets',
  'AWS::Lambda::Function': 'VpcConfig.SubnetIds',
  'AWS::RDS::DBProxy': 'VpcSubnetIds',
  'AWS::RDS::DBSubnetGroup': 'SubnetIds',
};

/** Types that stand in subnets only if they say so. */
const isOptional: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'AWS::EC2::VPCEndpoint': (endpoint) => endpoint.at('VpcEndpointType') !== 'Interface',
  'AWS::Lambda::Function': (lambda) => lambda.at('VpcConfig') === undefined,
};

export const zones: Rule = {
  name: 'zones',
  requires: 'the subnets of every tier, and of everything that spans subnets, are in at least two zones, each in another',
  types: ['AWS::EC2::Subnet', ...Object.keys(spanning)],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::Subnet') return subnetFindings(resource, assembly);
    return isOptional[resource.type]?.(resource) ? 'not-applicable' : spreadFindings(resource, spanning[resource.type] as string, assembly);
  },
  guards: [
    guard('AWS::EC2::Subnet', 'Properties.AvailabilityZone', remove, replace('eu-west-3a')),
    guardWhere('AWS::EC2::Subnet', notInZone(0), 'Properties.AvailabilityZone.Fn::Select.0', replace(0)),
    guardWhere('AWS::EC2::Subnet', notInZone(1), 'Properties.AvailabilityZone.Fn::Select.0', replace(1)),
    ...Object.entries(spanning).map(([type, path]) =>
      guardWhere(type, (resource) => !isOptional[type]?.(resource), `Properties.${path}`, remove, replace(['subnet'])),
    ),
  ],
  reads: [
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
    { type: 'AWS::EC2::VPCEndpoint', path: 'Properties.VpcEndpointType' },
  ],
};

function subnetFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.AvailabilityZone';
  const zone = zoneNumber(resource);
  if (zone === undefined) return [finding(resource, 'zone', path, 'one of Fn::GetAZs', 'Choose the zone with Fn.select over Fn.getAzs().')];
  const tier = subnetOf(resource, assembly)?.tier;
  const others = subnetsOf(assembly).filter((other) => other.tier === tier && other.resource !== resource);
  const twin = others.find((other) => zoneNumber(other.resource) === zone);
  if (twin) {
    const required = `another zone than ${twin.resource.logicalId} of the same tier`;
    return [finding(resource, 'twin', path, required, 'Spread the subnets of the tier over the zones.')];
  }
  if (others.length > 0) return [];
  return [
    finding(resource, 'alone', path, `a second subnet of the tier ${tier || '(none)'} in another zone`, 'Build the tier in each zone.'),
  ];
}

/** Which of the region's zones a subnet is in, counted from 0; `undefined` where the template does not tell. */
function zoneNumber(subnetResource: Resource | undefined): number | undefined {
  const select = subnetResource?.at('AvailabilityZone.Fn::Select');
  if (!Array.isArray(select) || !isObject(select[1]) || !('Fn::GetAZs' in select[1])) return undefined;
  const number: Json = select[0];
  return Number.isInteger(Number(number)) && number !== null && number !== '' ? Number(number) : undefined;
}

function notInZone(zone: number): (resource: Resource) => boolean {
  return (resource) => zoneNumber(resource) !== undefined && zoneNumber(resource) !== zone;
}

function spreadFindings(resource: Resource, path: string, assembly: Assembly): readonly Finding[] {
  const numbers = listOf(resource.at(path)).map((value) => {
    const target = assembly.target(value, resource.stack);
    return target?.type === 'AWS::EC2::Subnet' ? zoneNumber(target) : undefined;
  });
  const unknown = numbers.includes(undefined);
  if (!unknown && new Set(numbers).size >= minimumZones) return [];
  const required = `subnets of the deployment in at least ${minimumZones} zones`;
  return [finding(resource, 'zones', `Properties.${path}`, required, 'Give it the subnets of all zones of its tier.')];
}
