// TOM-6.6: the default security group of every VPC is emptied, and nothing is put into it.
import { type Assembly, isObject, type Json, listOf, type Resource } from '../assembly';
import { finding, guard, guardWhere, type Rule, remove, replace } from '../rule';

const emptying = 'Custom::VpcRestrictDefaultSG';

/** Where each type names its security groups. One that names none is put into the default group. */
const members: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::Instance': ['SecurityGroupIds'],
  'AWS::EC2::LaunchTemplate': ['LaunchTemplateData.SecurityGroupIds', 'LaunchTemplateData.NetworkInterfaces.0.Groups'],
  'AWS::EC2::NetworkInterface': ['GroupSet'],
  'AWS::EC2::VPCEndpoint': ['SecurityGroupIds'],
  'AWS::ECS::Service': ['NetworkConfiguration.AwsvpcConfiguration.SecurityGroups'],
  'AWS::EFS::MountTarget': ['SecurityGroups'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['SecurityGroups'],
  'AWS::Lambda::Function': ['VpcConfig.SecurityGroupIds'],
  'AWS::RDS::DBCluster': ['VpcSecurityGroupIds'],
  'AWS::RDS::DBProxy': ['VpcSecurityGroupIds'],
};

/** Types that are in a VPC only if they say so. */
const isOutside: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'AWS::EC2::VPCEndpoint': (endpoint) => endpoint.at('VpcEndpointType') !== 'Interface',
  'AWS::Lambda::Function': (lambda) => lambda.at('VpcConfig') === undefined,
};

export const defaultSecurityGroup: Rule = {
  name: 'default-security-group',
  requires: 'the default security group of every VPC is emptied, and whatever is in a VPC names another group',
  types: ['AWS::EC2::VPC', ...Object.keys(members)],
  check(resource, assembly) {
    if (resource.type === 'AWS::EC2::VPC') return isEmptied(resource, assembly) ? [] : [notEmptied(resource)];
    if (isOutside[resource.type]?.(resource)) return 'not-applicable';
    const paths = members[resource.type] ?? [];
    const groups = paths.flatMap((path) => listOf(resource.at(path)));
    if (groups.length > 0 && !groups.some(isDefault)) return [];
    const path = `Properties.${paths[0]}`;
    return [finding(resource, 'member', path, 'a security group of its tier', 'Name a security group; the default one is for nothing.')];
  },
  guards: [
    guard(emptying, '', remove),
    guard(emptying, 'Properties.SecurityGroupId', remove, replace('sg')),
    guard(emptying, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:function')),
    ...Object.entries(members).flatMap(([type, paths]) =>
      paths.map((path) =>
        guardWhere(
          type,
          (resource) => !isOutside[type]?.(resource),
          `Properties.${path}`,
          remove,
          replace([{ 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] }]),
        ),
      ),
    ),
  ],
  consults: [
    { type: 'AWS::EC2::VPCEndpoint', path: 'Properties.VpcEndpointType' },
    { type: 'AWS::Lambda::Function', path: 'Properties.VpcConfig' },
  ],
};

function isEmptied(vpc: Resource, assembly: Assembly): boolean {
  return assembly.ofType(emptying).some((custom) => {
    const group = custom.at('SecurityGroupId');
    const byFunction = assembly.target(custom.at('ServiceToken'), custom.stack)?.type === 'AWS::Lambda::Function';
    return byFunction && isDefault(group) && assembly.leadsTo(group, custom, vpc);
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
