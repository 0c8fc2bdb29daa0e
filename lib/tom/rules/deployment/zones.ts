// TOM-6.3: every tier and every resource that spans subnets is in at least two availability zones.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { endpointType, subnetType } from '../../template/resource-types';
import { subnetOf, subnetsOf } from '../../template/topology';

const minimumZones = 2;

/** Types that span subnets, with the property of the subnets. */
const spanning: Readonly<Record<string, string>> = {
  'AWS::AutoScaling::AutoScalingGroup': 'VPCZoneIdentifier',
  'AWS::EC2::VPCEndpoint': 'SubnetIds',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Subnets',
  'AWS::Lambda::Function': 'VpcConfig.SubnetIds',
  'AWS::RDS::DBProxy': 'VpcSubnetIds',
  'AWS::RDS::DBSubnetGroup': 'SubnetIds',
};

/** Types that are in subnets only if a property is set. */
const isOutsideSubnets: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'AWS::EC2::VPCEndpoint': (endpoint) => endpoint.at('VpcEndpointType') !== 'Interface',
  'AWS::Lambda::Function': (lambda) => lambda.at('VpcConfig') === undefined,
};

export const zones: Rule = {
  name: 'zones',
  requires: 'the subnets of every tier and of every resource that spans subnets are in at least two availability zones',
  types: [subnetType, ...Object.keys(spanning)],
  check(resource, assembly) {
    if (resource.type === subnetType) return subnetFindings(resource, assembly);
    return isOutsideSubnets[resource.type]?.(resource)
      ? 'not-applicable'
      : spreadFindings(resource, spanning[resource.type] as string, assembly);
  },
  guards: [
    guard(subnetType, 'Properties.AvailabilityZone', remove, replace('eu-west-3a')),
    guardWhere(subnetType, notInZone(0), 'Properties.AvailabilityZone.Fn::Select.0', replace(0)),
    guardWhere(subnetType, notInZone(1), 'Properties.AvailabilityZone.Fn::Select.0', replace(1)),
    ...Object.entries(spanning).map(([type, path]) =>
      guardWhere(type, (resource) => !isOutsideSubnets[type]?.(resource), `Properties.${path}`, remove, replace(['subnet'])),
    ),
  ],
  reads: [
    { type: subnetType, path: 'Properties.Tags' },
    { type: endpointType, path: 'Properties.VpcEndpointType' },
  ],
};

function subnetFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.AvailabilityZone';
  const zone = zoneNumber(resource);
  if (zone === undefined)
    return [finding(resource, 'zone', path, 'a zone of Fn::GetAZs', 'Select the zone with Fn.select and Fn.getAzs().')];
  const tier = subnetOf(resource, assembly)?.tier;
  const others = subnetsOf(assembly).filter((other) => other.tier === tier && other.resource !== resource);
  const twin = others.find((other) => zoneNumber(other.resource) === zone);
  if (twin) {
    const required = `a zone other than that of ${twin.resource.logicalId} in the same tier`;
    return [finding(resource, 'twin', path, required, 'Distribute the subnets of the tier across zones.')];
  }
  if (others.length > 0) return [];
  return [
    finding(
      resource,
      'alone',
      path,
      `a second subnet of the tier ${tier || '(none)'} in another zone`,
      'Create the tier with ThreeZoneVpc.',
    ),
  ];
}

/** Index of the subnet's zone in the list of the region, from 0; `undefined` if the template does not determine it. */
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
    return target?.type === subnetType ? zoneNumber(target) : undefined;
  });
  const unknown = numbers.includes(undefined);
  if (!unknown && new Set(numbers).size >= minimumZones) return [];
  const required = `subnets of the deployment in at least ${minimumZones} zones`;
  return [finding(resource, 'zones', `Properties.${path}`, required, 'Use the subnets of its tier in all zones.')];
}
