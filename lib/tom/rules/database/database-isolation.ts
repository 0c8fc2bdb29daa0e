// TOM-4.2, TOM-7.2: databases stand in isolated subnets, have no public endpoint, and admit named tiers on the database's port alone.

import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { ingressOf } from '../../template/access-lists';
import type { Assembly, Resource } from '../../template/assembly';
import {
  clusterType,
  databaseGroups,
  databasePort,
  groupsOf,
  instanceType,
  proxyEndpointType,
  proxyType,
  tiersOf,
} from '../../template/databases';
import { isolatedTier } from '../../template/topology';

const group = 'AWS::EC2::SecurityGroup';
const ingress = 'AWS::EC2::SecurityGroupIngress';
const subnetGroup = 'AWS::RDS::DBSubnetGroup';

export const databaseIsolation: Rule = {
  name: 'database-isolation',
  requires:
    'each deployment has one database cluster; every database, database proxy and endpoint of one is in isolated subnets with its own security group, has no public endpoint, and admits security groups of named tiers on port 5432 alone',
  types: [clusterType, instanceType, proxyType, proxyEndpointType, subnetGroup, group, ingress],
  check(resource, assembly) {
    switch (resource.type) {
      case clusterType:
        return clusterFindings(resource, assembly);
      case instanceType:
        return instanceFindings(resource);
      case proxyType:
      case proxyEndpointType:
        return [...inTier(resource, 'VpcSubnetIds', assembly), ...ownGroup(resource, 'VpcSecurityGroupIds', assembly)];
      case subnetGroup:
        return inTier(resource, 'SubnetIds', assembly);
      case group:
        return databaseGroups(assembly).has(resource) ? admissionFindings(resource, assembly) : 'not-applicable';
      default: {
        const target = assembly.target(resource.at('GroupId'), resource.stack);
        return target && databaseGroups(assembly).has(target) ? admissionFindings(resource, assembly) : 'not-applicable';
      }
    }
  },
  guards: [
    guard(clusterType, 'Properties.DBSubnetGroupName', remove, replace('default')),
    guard(clusterType, 'Properties.VpcSecurityGroupIds', remove, replace([]), append('sg-shared')),
    guard(clusterType, 'Properties.EnableHttpEndpoint', set(true)),
    guard(clusterType, 'Properties.PubliclyAccessible', set(true)),
    guard(instanceType, 'Properties.PubliclyAccessible', remove, replace(true)),
    guard(proxyType, 'Properties.VpcSubnetIds', remove, append('subnet-elsewhere')),
    guard(proxyType, 'Properties.VpcSecurityGroupIds', remove, append('sg-shared')),
    guard(subnetGroup, 'Properties.SubnetIds', remove, append('subnet-elsewhere')),
    guardWhere(
      group,
      isOfDatabase,
      'Properties.SecurityGroupIngress',
      append({ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp: '10.0.0.0/8' }),
    ),
    ...ingressGuards(),
  ],
  bypasses: [
    {
      name: 'a second endpoint of the proxy, in subnets of servers',
      beside: proxyType,
      resources: (beside) => ({
        Endpoint: {
          Type: proxyEndpointType,
          Properties: { DBProxyName: { Ref: beside.logicalId }, VpcSubnetIds: ['subnet-elsewhere'], VpcSecurityGroupIds: ['sg-elsewhere'] },
        },
      }),
    },
    {
      name: 'a second cluster',
      beside: clusterType,
      resources: (beside) => ({ Second: { Type: clusterType, Properties: beside.properties } }),
    },
  ],
  reads: [
    { type: instanceType, path: 'Properties.VPCSecurityGroups' },
    { type: 'AWS::EC2::Subnet', path: 'Properties.Tags' },
    { type: ingress, path: 'Properties' },
    { type: group, path: 'Properties.SecurityGroupIngress' },
  ],
};

function clusterFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings = [...ownGroup(resource, 'VpcSecurityGroupIds', assembly)];
  if (assembly.ofType(clusterType).length > 1) {
    findings.push(finding(resource, 'single', '', 'the only cluster of the deployment', 'Keep one database cluster in each environment.'));
  }
  if (assembly.target(resource.at('DBSubnetGroupName'), resource.stack)?.type !== subnetGroup) {
    const fix = 'Give the cluster a subnet group of the isolated subnets.';
    findings.push(finding(resource, 'subnets', 'Properties.DBSubnetGroupName', 'a subnet group of the deployment', fix));
  }
  for (const property of ['EnableHttpEndpoint', 'PubliclyAccessible']) {
    if (resource.at(property) === undefined || resource.at(property) === false) continue;
    findings.push(
      finding(resource, property, `Properties.${property}`, 'false', 'Leave it off: the database is reached through the VPC alone.'),
    );
  }
  return findings;
}

/** Without a word an instance in a subnet group with a route to the internet would be public. */
function instanceFindings(resource: Resource): readonly Finding[] {
  if (resource.at('PubliclyAccessible') === false) return [];
  return [finding(resource, 'public', 'Properties.PubliclyAccessible', 'false', 'Set publiclyAccessible: false.')];
}

function inTier(resource: Resource, property: string, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(resource.at(property), resource, assembly);
  if (tiers.length > 0 && tiers.every((tier) => tier === isolatedTier)) return [];
  const fix = 'Give it the data subnets of the network stack.';
  return [finding(resource, 'tier', `Properties.${property}`, `subnets of the tier ${isolatedTier} alone`, fix)];
}

/** Its own: a group that something else has too would open both. */
function ownGroup(resource: Resource, property: string, assembly: Assembly): readonly Finding[] {
  const groups = groupsOf(resource.at(property), resource, assembly);
  const others = [clusterType, proxyType, proxyEndpointType].flatMap((type) => assembly.ofType(type)).filter((other) => other !== resource);
  const shared = others.some((other) =>
    groupsOf(other.at('VpcSecurityGroupIds'), other, assembly).some((one) => one && groups.includes(one)),
  );
  if (groups.length > 0 && !groups.includes(undefined) && !shared) return [];
  const required = 'security groups of the deployment that nothing else has';
  return [finding(resource, 'group', `Properties.${property}`, required, 'Make a security group for it.')];
}

/** Only groups of the deployment are named tiers; an address range is not. Port and protocol are exact. */
function admissionFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return ingressOf(resource, assembly).flatMap(({ path, json }) => {
    const source = assembly.target(json.SourceSecurityGroupId, resource.stack);
    const named = source?.type === group && ['CidrIp', 'CidrIpv6', 'SourcePrefixListId'].every((key) => json[key] === undefined);
    const exact = json.IpProtocol === 'tcp' && json.FromPort === databasePort && json.ToPort === databasePort;
    if (named && exact) return [];
    const required = `a security group of the deployment, on tcp ${databasePort}`;
    return [finding(resource, `admission::${path}`, path, required, 'Admit the tier by its security group with `admit`.')];
  });
}

function isOfDatabase(resource: Resource, assembly: Assembly): boolean {
  const target = resource.type === group ? resource : assembly.target(resource.at('GroupId'), resource.stack);
  return target !== undefined && databaseGroups(assembly).has(target);
}

function ingressGuards(): readonly Guard[] {
  const of = (path: string, ...breaks: Guard['breaks']) => guardWhere(ingress, isOfDatabase, `Properties.${path}`, ...breaks);
  return [
    of('SourceSecurityGroupId', remove, replace('sg-elsewhere')),
    of('CidrIp', set('10.64.0.0/16')),
    of('CidrIpv6', set('2001:db8::/32')),
    of('SourcePrefixListId', set('list')),
    of('IpProtocol', replace('-1')),
    of('FromPort', remove, replace(5431)),
    of('ToPort', remove, replace(5433)),
  ];
}
