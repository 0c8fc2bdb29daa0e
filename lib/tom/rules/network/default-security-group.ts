// TOM-6.6: the default security group of every VPC has no rules, and no resource uses it.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { interfacesOf } from '../../template/interfaces';
import {
  databaseInstanceType,
  endpointType,
  functionType,
  ingressType,
  networkInterfaceType,
  securityGroupType,
  serverTemplateType,
  vpcType,
} from '../../template/resource-types';
import { inTheDefaultGroup } from './default-security-group-bypasses';

const ruleRemovalType = 'Custom::VpcRestrictDefaultSG';

/** The security group property of each type. A resource without security groups is in the default group. */
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

/** Separate rules of security groups. */
const separateRules = [ingressType, 'AWS::EC2::SecurityGroupEgress'];

/** Types that are in a VPC only if a property is set. */
const isOutsideVpc: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'AWS::EC2::VPCEndpoint': (endpoint) => endpoint.at('VpcEndpointType') !== 'Interface',
  'AWS::Lambda::Function': (lambda) => lambda.at('VpcConfig') === undefined,
  // An instance of a cluster is in the groups of the cluster.
  'AWS::RDS::DBInstance': (instance) => instance.at('DBClusterIdentifier') !== undefined,
};

export const defaultSecurityGroup: Rule = {
  name: 'default-security-group',
  requires: 'the default security group of every VPC has no rules, and every resource in a VPC names another group',
  types: [vpcType, ...separateRules, ...Object.keys(members)],
  check(resource, assembly) {
    if (resource.type === vpcType) return isEmptied(resource, assembly) ? [] : [ruleRemovalFinding(resource)];
    if (separateRules.includes(resource.type)) return separateRuleFindings(resource, assembly);
    return isOutsideVpc[resource.type]?.(resource) ? 'not-applicable' : membershipFindings(resource, assembly);
  },
  guards: [
    guard(ruleRemovalType, '', remove),
    guard(ruleRemovalType, 'Properties.SecurityGroupId', remove, replace('sg')),
    guard(ruleRemovalType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:function')),
    ...Object.entries(members).map(([type, path]) =>
      guardWhere(
        type,
        (resource) => !isOutsideVpc[type]?.(resource) && !leavesToInterfaces(resource, path),
        `Properties.${path}`,
        remove,
        replace([{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }]),
      ),
    ),
    guard(
      serverTemplateType,
      'Properties.LaunchTemplateData.NetworkInterfaces.*.Groups',
      remove,
      replace([{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }]),
    ),
    ...separateRules.map((type) =>
      guard(type, 'Properties.GroupId', remove, replace({ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }), replace('sg')),
    ),
  ],
  bypasses: inTheDefaultGroup,
  reads: [
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.NetworkInterfaces' },
    { type: endpointType, path: 'Properties.VpcEndpointType' },
    { type: functionType, path: 'Properties.VpcConfig' },
    { type: databaseInstanceType, path: 'Properties.DBClusterIdentifier' },
  ],
};

/** Whether a server has security groups at its interfaces only. */
function leavesToInterfaces(resource: Resource, path: string): boolean {
  return resource.at(path) === undefined && interfacesOf(resource).length > 0;
}

/** A rule of a default group or of an unresolvable group is a finding. */
function separateRuleFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const group = resource.at('GroupId');
  if (!isDefault(group) && assembly.target(group, resource.stack)?.type === securityGroupType) return [];
  const fix = 'Refer to a security group of the deployment; the default group has no rules.';
  return [finding(resource, 'opened', 'Properties.GroupId', 'a security group of the deployment', fix)];
}

/**
 * The resource or each of its interfaces has security groups. A separate network interface is evaluated as a resource.
 */
function membershipFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = members[resource.type] ?? '';
  const own = { path, groups: listOf(resource.at(path)) };
  const interfaces = interfacesOf(resource)
    .filter(({ existing }) => assembly.target(existing, resource.stack)?.type !== networkInterfaceType)
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
        'Set a security group of the tier; the default group has no rules.',
      ),
    );
}

function isEmptied(vpc: Resource, assembly: Assembly): boolean {
  return assembly.ofType(ruleRemovalType).some((custom) => {
    const group = custom.at('SecurityGroupId');
    const byFunction = assembly.target(custom.at('ServiceToken'), custom.stack)?.type === functionType;
    return byFunction && isDefault(group) && assembly.refersTo(group, custom, vpc);
  });
}

function isDefault(value: Json | undefined): boolean {
  const getAtt = isObject(value) ? value['Fn::GetAtt'] : undefined;
  return getAtt === undefined ? false : listOf(getAtt).join('.').endsWith('.DefaultSecurityGroup');
}

function ruleRemovalFinding(vpc: Resource) {
  const fix = 'Create DefaultSecurityGroup for the VPC.';
  return finding(vpc, 'emptied', '', `a ${ruleRemovalType} that removes the rules of the default security group`, fix);
}
