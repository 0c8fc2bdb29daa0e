// TOM-6.8: each fleet has one role, declared by its tag, and its own instance profile, security group and open port.
// The port of SSH does not count if it admits the instance-connect endpoint alone. (DSS-5.6.6)

import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { isSshFromEndpoint } from '../../template/connect-endpoints';
import { overridesPath, roleTagsOf, securityGroupsOf, templateOf } from '../../template/fleets';
import {
  connectEndpointType,
  fleetType,
  securityGroupType as groupType,
  ingressType,
  roleType,
  serverTemplateType,
} from '../../template/resource-types';

const profileType = 'AWS::IAM::InstanceProfile';
const profilePath = 'LaunchTemplateData.IamInstanceProfile.Arn';

export const singleTaskServers: Rule = {
  name: 'single-task-servers',
  requires: 'each fleet has one role tag, its own role, instance profile, security group and open port',
  types: [fleetType],
  check(fleet, assembly) {
    const template = templateOf(fleet, assembly);
    if (!template) {
      return [
        ...roleFindings(fleet, assembly),
        finding(
          fleet,
          'template',
          'Properties',
          'one launch template of the deployment for all instance types',
          'Refer to one launch template.',
        ),
      ];
    }
    return [...roleFindings(fleet, assembly), ...profileFindings(template, assembly), ...groupFindings(template, assembly)];
  },
  guards: [
    guard(fleetType, 'Properties.Tags', remove, append({ Key: 'rempart:role', Value: 'portal', PropagateAtLaunch: true })),
    guard(fleetType, 'Properties.Tags.[Key=rempart:role].Key', replace('role')),
    guard(fleetType, 'Properties.Tags.[Key=rempart:role].Value', remove, replace('collector, portal'), replace({ Ref: 'Role' })),
    guard(fleetType, 'Properties.Tags.[Key=rempart:role].PropagateAtLaunch', remove, replace(false)),
    guard(fleetType, 'Properties.MixedInstancesPolicy', remove),
    guard(fleetType, 'Properties.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification', remove),
    guard(
      fleetType,
      'Properties.MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId',
      remove,
      replace('lt-1'),
    ),
    guard(fleetType, `Properties.${overridesPath}.*.LaunchTemplateSpecification`, set({ LaunchTemplateId: 'lt-1', Version: '1' })),
    guard(fleetType, 'Properties.LaunchTemplate', set({ LaunchTemplateId: 'lt-1', Version: '1' })),
    guard(serverTemplateType, `Properties.${profilePath}`, remove, replace('arn:aws:iam::x:instance-profile/shared')),
    guard(profileType, 'Properties.Roles', remove, replace(['shared'])),
    guard(
      serverTemplateType,
      'Properties.LaunchTemplateData.NetworkInterfaces.*.Groups',
      remove,
      append({ 'Fn::GetAtt': ['Other', 'GroupId'] }),
    ),
    guard(serverTemplateType, 'Properties.LaunchTemplateData.SecurityGroupIds', set(['sg'])),
    {
      type: ingressType,
      where: isOfServers,
      path: 'Properties.FromPort',
      breaks: [replace(1)],
    },
    { type: ingressType, where: isOfServers, path: 'Properties.ToPort', breaks: [replace(65_535)] },
    { type: ingressType, where: isOfServers, path: 'Properties.IpProtocol', breaks: [replace('-1')] },
  ],
  bypasses: [
    {
      name: 'a second open port of the servers',
      beside: fleetType,
      resources: (beside, assembly) => ({
        Second: {
          Type: ingressType,
          Properties: {
            GroupId: groupOf(beside, assembly) ?? 'Missing',
            IpProtocol: 'tcp',
            FromPort: 9000,
            ToPort: 9000,
            CidrIp: '10.0.0.0/8',
          },
        },
      }),
    },
    {
      name: 'a fleet with the same role and instance profile',
      beside: fleetType,
      resources: (beside) => ({ Twin: { Type: fleetType, Properties: beside.properties } }),
    },
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData' },
    { type: profileType, path: 'Properties' },
    { type: groupType, path: 'Properties.SecurityGroupIngress' },
    { type: ingressType, path: 'Properties' },
    { type: connectEndpointType, path: 'Properties.SecurityGroupIds' },
  ],
};

function roleFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  const tags = roleTagsOf(fleet);
  const [tag] = tags;
  const path = 'Properties.Tags';
  if (!tag || tags.length > 1) {
    return [
      { ...finding(fleet, 'role', path, 'exactly one tag rempart:role', 'Add one tag with the role of the fleet.'), found: tags.length },
    ];
  }
  const at = `${path}.${tag.index}`;
  const findings: Finding[] = [];
  if (typeof tag.value !== 'string' || !/^[a-z]+(-[a-z]+)*$/.test(tag.value)) {
    findings.push(finding(fleet, 'role', `${at}.Value`, 'one role in kebab-case', 'Set one role.'));
  }
  if (!tag.onServers) findings.push(finding(fleet, 'propagate', `${at}.PropagateAtLaunch`, 'true', 'Propagate the tag to the servers.'));
  const twin = assembly.ofType(fleetType).find((other) => other !== fleet && roleTagsOf(other).some(({ value }) => value === tag.value));
  if (twin)
    findings.push(finding(fleet, 'twin', `${at}.Value`, `a role other than that of ${twin.logicalId}`, 'Use one fleet for each role.'));
  return findings;
}

/** A server with the instance profile has the permissions of its role. */
function profileFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const own = profileOf(template, assembly);
  const path = `Properties.${profilePath}`;
  const role = own && assembly.target(listOf(own.at('Roles'))[0], own.stack);
  if (role?.type !== roleType)
    return [
      finding(template, 'profile', path, 'an instance profile with one role, both of the stack', 'Create a role for the launch template.'),
    ];
  const sharing = assembly
    .ofType(profileType)
    .filter((other) => other !== own && listOf(other.at('Roles')).some((value) => assembly.refersTo(value, other, role)));
  const users = assembly.ofType(serverTemplateType).filter((other) => other !== template && profileOf(other, assembly) === own);
  return [...sharing, ...users].map((other) => ({
    ...finding(template, `shared::${other.logicalId}`, path, 'an instance profile of this fleet only', 'Create a role for each fleet.'),
  }));
}

function profileOf(template: Resource, assembly: Assembly): Resource | undefined {
  const named = template.at(profilePath) ?? template.at('LaunchTemplateData.IamInstanceProfile.Name');
  const target = assembly.target(named, template.stack);
  return target?.type === profileType ? target : undefined;
}

function groupFindings(template: Resource, assembly: Assembly): readonly Finding[] {
  const named = securityGroupsOf(template);
  const [only] = named;
  const group = only && assembly.target(only.value, template.stack);
  if (named.length !== 1 || group?.type !== groupType) {
    const required = 'one security group of the deployment';
    return [
      {
        ...finding(template, 'group', 'Properties.LaunchTemplateData', required, 'Use one security group in the launch template.'),
        found: named.length,
      },
    ];
  }
  const path = `Properties.${only?.path}`;
  const users = assembly
    .ofType(serverTemplateType)
    .filter((other) => other !== template && securityGroupsOf(other).some(({ value }) => assembly.refersTo(value, other, group)));
  const shared = users.map((other) =>
    finding(template, `group::${other.logicalId}`, path, 'a security group of this fleet only', 'Create a security group for each fleet.'),
  );
  const ports = [...new Set(ingressOf(group, assembly).map(portsOf))];
  const isSinglePort = ports.length === 1 && /^tcp (\d+)-\1$/.test(ports[0] ?? '');
  const open = isSinglePort
    ? []
    : [{ ...finding(template, 'port', path, 'one open TCP port', 'Open the port of the role only.'), found: ports }];
  return [...shared, ...open];
}

interface Ingress {
  readonly from: Json | undefined;
  readonly to: Json | undefined;
  readonly protocol: Json | undefined;
}

/** The ingress rules of a security group: inline, and as separate resources. */
function ingressOf(group: Resource, assembly: Assembly): readonly Ingress[] {
  const own = listOf(group.at('SecurityGroupIngress')).map((entry) => (isObject(entry) ? entry : {}));
  const separate = assembly
    .ofType(ingressType)
    .filter((rule) => assembly.refersTo(rule.at('GroupId'), rule, group) && !isSshFromEndpoint(rule.properties, rule.stack, assembly));
  return [
    ...own.map(({ FromPort: from, ToPort: to, IpProtocol: protocol }) => ({ from, to, protocol })),
    ...separate.map((rule) => ({ from: rule.at('FromPort'), to: rule.at('ToPort'), protocol: rule.at('IpProtocol') })),
  ];
}

const portsOf = ({ from, to, protocol }: Ingress): string => `${protocol} ${from}-${to}`;

function groupOf(fleet: Resource, assembly: Assembly): Json | undefined {
  const template = templateOf(fleet, assembly);
  return template && securityGroupsOf(template)[0]?.value;
}

function isOfServers(rule: Resource, assembly: Assembly): boolean {
  const group = assembly.target(rule.at('GroupId'), rule.stack);
  return assembly
    .ofType(serverTemplateType)
    .some((template) => securityGroupsOf(template).some(({ value }) => assembly.target(value, template.stack) === group));
}
