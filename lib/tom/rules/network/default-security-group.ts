// TOM-6.6: the default security group of every VPC is emptied, and nothing is put into it.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { interfacesOf } from '../../template/interfaces';
import { inTheDefaultGroup } from './default-security-group-bypasses';

const emptying = 'Custom::VpcRestrictDefaultSG';

/** Where each type names its security groups. One that names none is put into the default group. */
const members: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance': 'SecurityGroupIds',
  'AWS::EC2::LaunchTemplate': 'LaunchTemplateData.SecurityGroupIds',
  'AWS::EC2::NetworkInterface': 'GroupSet',
  'AWS::EC2::VPCEndpoint': 'SecurityGroupIds',
  'AWS::ECS::Service': 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups',
  'AWS::EFS::MountTarget': 'SecurityGroups',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'SecurityGroups',
  'AWS::Lambda::Function': 'VpcConfig.SecurityGroupIds',
  'AWS::RDS::DBCluster': 'VpcSecurityGroupIds',
  'AWS::RDS::DBInstance': 'VPCSecurityGroups',
  'AWS::RDS::DBProxy': 'VpcSecurityGroupIds',
};

/** What opens a group from outside of it. */
const openings = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'];

/** Types that are in a VPC only if they say so. */
const isOutside: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'AWS::EC2::VPCEndpoint': (endpoint) => endpoint.at('VpcEndpointType') !== 'Interface',
  'AWS::Lambda::Function': (lambda) => lambda.at('VpcConfig') === undefined,
  // An instance of a cluster is in the groups of the cluster.
  'AWS::RDS::DBInstance': (instance) => instance.at('DBClusterIdentifier') !== undefined,
};

export const defaultSecurityGroup: Rule = {
  name: 'default-security-group',
  requires: 'the default security group of every VPC is emptied and never opened, and whatever is in a VPC names another group',
  types: ['AWS::EC2::VPC', ...openings, ...Object.keys(members)],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::VPC') return isEmptied(resource, assembly) ? [] : [notEmptied(resource)];
    if (openings.includes(resource.type)) return openingFindings(resource, assembly);
    return isOutside[resource.type]?.(resource) ? 'not-applicable' : membershipFindings(resource, assembly);
  },
  guards: [
    guard(emptying, '', remove),
    guard(emptying, 'Properties.SecurityGroupId', remove, replace('sg')),
    guard(emptying, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:function')),
    ...Object.entries(members).map(([type, path]) =>
      guardWhere(
        type,
        (resource) => !isOutside[type]?.(resource) && !leavesToInterfaces(resource, path),
        `Properties.${path}`,
        remove,
        replace([{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }]),
      ),
    ),
    guard(
      'AWS::EC2::LaunchTemplate',
      'Properties.LaunchTemplateData.NetworkInterfaces.*.Groups',
      remove,
      replace([{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }]),
    ),
    ...openings.map((type) =>
      guard(type, 'Properties.GroupId', remove, replace({ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }), replace('sg')),
    ),
  ],
  bypasses: inTheDefaultGroup,
  reads: [
    { type: 'AWS::EC2::LaunchTemplate', path: 'Properties.LaunchTemplateData.NetworkInterfaces' },
    { type: 'AWS::EC2::VPCEndpoint', path: 'Properties.VpcEndpointType' },
    { type: 'AWS::Lambda::Function', path: 'Properties.VpcConfig' },
    { type: 'AWS::RDS::DBInstance', path: 'Properties.DBClusterIdentifier' },
  ],
};

/** Whether a server names its groups at its interfaces alone. */
function leavesToInterfaces(resource: Resource, path: string): boolean {
  return resource.at(path) === undefined && interfacesOf(resource).length > 0;
}

/** Names of a default group, and groups that the template does not tell, may be opened from anywhere. */
function openingFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const group = resource.at('GroupId');
  if (!isDefault(group) && assembly.target(group, resource.stack)?.type === 'AWS::EC2::SecurityGroup') return [];
  const fix = 'Refer to the security group; the default one is for nothing.';
  return [finding(resource, 'opened', 'Properties.GroupId', 'a security group of the deployment', fix)];
}

/** A resource names its groups itself, or each of its interfaces does. An interface that exists by itself is asked by itself. */
function membershipFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = members[resource.type] ?? '';
  const own = { path, groups: listOf(resource.at(path)) };
  const interfaces = interfacesOf(resource)
    .filter(({ existing }) => assembly.target(existing, resource.stack)?.type !== 'AWS::EC2::NetworkInterface')
    .map(({ groupsPath, groups }) => ({ path: groupsPath, groups }));
  const named = interfaces.length === 0 || own.groups.length > 0 ? [own, ...interfaces] : interfaces;
  return named
    .filter(({ groups }) => groups.length === 0 || groups.some(isDefault))
    .slice(0, 1)
    .map((at) =>
      finding(
        resource,
        'member',
        `Properties.${at.path}`,
        'a security group of its tier',
        'Name a security group; the default one is for nothing.',
      ),
    );
}

function isEmptied(vpc: Resource, assembly: Assembly): boolean {
  return assembly.ofType(emptying).some((custom) => {
    const group = custom.at('SecurityGroupId');
    const byFunction = assembly.target(custom.at('ServiceToken'), custom.stack)?.type === 'AWS::Lambda::Function';
    return byFunction && isDefault(group) && assembly.refersTo(group, custom, vpc);
  });
}

function isDefault(value: Json | undefined): boolean {
  const getAtt = isObject(value) ? value['Fn::GetAtt'] : undefined;
  return getAtt === undefined ? false : listOf(getAtt).join('.').endsWith('.DefaultSecurityGroup');
}

function notEmptied(vpc: Resource) {
  const fix = 'Build DefaultSecurityGroup for the VPC.';
  return finding(vpc, 'emptied', '', `a ${emptying} that empties the default security group`, fix);
}
