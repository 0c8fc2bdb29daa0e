// TOM-4.2, TOM-7.2: databases are in isolated subnets, without a public endpoint, and admit named security groups.

import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { ingressOf } from '../../template/access-lists';
import type { Assembly, Resource } from '../../template/assembly';
import { databaseGroups, databasePort, groupsOf, tiersOf } from '../../template/databases';
import {
  clusterType,
  databaseInstanceType,
  ingressType,
  proxyEndpointType,
  proxyType,
  securityGroupType,
  subnetGroupType,
  subnetType,
} from '../../template/resource-types';
import { isolatedTier } from '../../template/topology';

export const databaseIsolation: Rule = {
  name: 'database-isolation',
  requires: `the one database cluster and its proxies are in isolated subnets and admit named security groups on port ${databasePort} only`,
  types: [clusterType, databaseInstanceType, proxyType, proxyEndpointType, subnetGroupType, securityGroupType, ingressType],
  check(resource, assembly) {
    switch (resource.type) {
      case clusterType:
        return clusterFindings(resource, assembly);
      case databaseInstanceType:
        return instanceFindings(resource);
      case proxyType:
      case proxyEndpointType:
        return [...tierFindings(resource, 'VpcSubnetIds', assembly), ...groupFindings(resource, 'VpcSecurityGroupIds', assembly)];
      case subnetGroupType:
        return tierFindings(resource, 'SubnetIds', assembly);
      case securityGroupType:
        return databaseGroups(assembly).has(resource) ? ingressFindings(resource, assembly) : 'not-applicable';
      default: {
        const target = assembly.target(resource.at('GroupId'), resource.stack);
        return target && databaseGroups(assembly).has(target) ? ingressFindings(resource, assembly) : 'not-applicable';
      }
    }
  },
  guards: [
    guard(clusterType, 'Properties.DBSubnetGroupName', remove, replace('default')),
    guard(clusterType, 'Properties.VpcSecurityGroupIds', remove, replace([]), append('sg-shared')),
    guard(clusterType, 'Properties.EnableHttpEndpoint', set(true)),
    guard(clusterType, 'Properties.PubliclyAccessible', set(true)),
    guard(databaseInstanceType, 'Properties.PubliclyAccessible', remove, replace(true)),
    guard(proxyType, 'Properties.VpcSubnetIds', remove, append('subnet-elsewhere')),
    guard(proxyType, 'Properties.VpcSecurityGroupIds', remove, append('sg-shared')),
    guard(subnetGroupType, 'Properties.SubnetIds', remove, append('subnet-elsewhere')),
    guardWhere(
      securityGroupType,
      isOfDatabase,
      'Properties.SecurityGroupIngress',
      append({ IpProtocol: 'tcp', FromPort: databasePort, ToPort: databasePort, CidrIp: '10.0.0.0/8' }),
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
    { type: databaseInstanceType, path: 'Properties.VPCSecurityGroups' },
    { type: subnetType, path: 'Properties.Tags' },
    { type: ingressType, path: 'Properties' },
    { type: securityGroupType, path: 'Properties.SecurityGroupIngress' },
  ],
};

function clusterFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings = [...groupFindings(resource, 'VpcSecurityGroupIds', assembly)];
  if (assembly.ofType(clusterType).length > 1) {
    findings.push(finding(resource, 'single', '', 'the only cluster of the deployment', 'Keep one database cluster in each environment.'));
  }
  if (assembly.target(resource.at('DBSubnetGroupName'), resource.stack)?.type !== subnetGroupType) {
    const fix = 'Create a subnet group of the isolated subnets for the cluster.';
    findings.push(finding(resource, 'subnets', 'Properties.DBSubnetGroupName', 'a subnet group of the deployment', fix));
  }
  for (const property of ['EnableHttpEndpoint', 'PubliclyAccessible']) {
    if (resource.at(property) === undefined || resource.at(property) === false) continue;
    findings.push(
      finding(resource, property, `Properties.${property}`, 'false', 'Remove it: the database is reachable within the VPC only.'),
    );
  }
  return findings;
}

/** By default an instance in a subnet group with a route to the internet would be public. */
function instanceFindings(resource: Resource): readonly Finding[] {
  if (resource.at('PubliclyAccessible') === false) return [];
  return [finding(resource, 'public', 'Properties.PubliclyAccessible', 'false', 'Set publiclyAccessible: false on the instance.')];
}

function tierFindings(resource: Resource, property: string, assembly: Assembly): readonly Finding[] {
  const tiers = tiersOf(resource.at(property), resource, assembly);
  if (tiers.length > 0 && tiers.every((tier) => tier === isolatedTier)) return [];
  const fix = 'Use the isolated subnets of the network stack.';
  return [finding(resource, 'tier', `Properties.${property}`, `subnets of the tier ${isolatedTier} only`, fix)];
}

/** A shared security group would apply its rules to both resources. */
function groupFindings(resource: Resource, property: string, assembly: Assembly): readonly Finding[] {
  const groups = groupsOf(resource.at(property), resource, assembly);
  const others = [clusterType, proxyType, proxyEndpointType].flatMap((type) => assembly.ofType(type)).filter((other) => other !== resource);
  const shared = others.some((other) =>
    groupsOf(other.at('VpcSecurityGroupIds'), other, assembly).some((one) => one && groups.includes(one)),
  );
  if (groups.length > 0 && !groups.includes(undefined) && !shared) return [];
  const required = 'security groups of the deployment that no other database or proxy uses';
  return [finding(resource, 'group', `Properties.${property}`, required, 'Create a security group for the resource.')];
}

/**
 * The source must be a security group of the deployment, not an address range. Port and protocol must match exactly.
 */
function ingressFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  return ingressOf(resource, assembly).flatMap(({ path, json }) => {
    const source = assembly.target(json.SourceSecurityGroupId, resource.stack);
    const named =
      source?.type === securityGroupType && ['CidrIp', 'CidrIpv6', 'SourcePrefixListId'].every((key) => json[key] === undefined);
    const exact = json.IpProtocol === 'tcp' && json.FromPort === databasePort && json.ToPort === databasePort;
    if (named && exact) return [];
    const required = `a security group of the deployment, on tcp ${databasePort}`;
    return [finding(resource, `admission::${path}`, path, required, 'Call admit of DatabaseCluster with the security group.')];
  });
}

function isOfDatabase(resource: Resource, assembly: Assembly): boolean {
  const target = resource.type === securityGroupType ? resource : assembly.target(resource.at('GroupId'), resource.stack);
  return target !== undefined && databaseGroups(assembly).has(target);
}

function ingressGuards(): readonly Guard[] {
  const of = (path: string, ...breaks: Guard['breaks']) => guardWhere(ingressType, isOfDatabase, `Properties.${path}`, ...breaks);
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
