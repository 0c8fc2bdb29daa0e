// TOM-5.1: the security group of collectors admits the load balancer, and no other source but, on the port of SSH, the
// instance-connect endpoint of a deployment with `access.instanceConnect`. (DSS-5.6.6)
import { type Finding, finding } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { isSshFromEndpoint } from '../../template/connect-endpoints';
import { securityGroupsOf, templateOf } from '../../template/fleets';
import { balancerType, ingressType, securityGroupType } from '../../template/resource-types';

export function sourceFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  const group = groupOf(fleet, assembly);
  if (!group)
    return [finding(fleet, 'group', 'Properties.MixedInstancesPolicy', 'a security group of the deployment', 'Set one security group.')];
  const sources = sourcesOf(group, assembly);
  const others = sources.filter(({ group: source, isGroup }) => !isGroup || !isOfBalancer(source, assembly));
  const findings = others.map(({ by }) => ({
    ...finding(fleet, `admits::${by}`, by, 'the security group of the load balancer', 'Admit the load balancer only.'),
  }));
  return sources.length > 0
    ? findings
    : [finding(fleet, 'closed', group.logicalId, 'ingress from the load balancer', 'Admit the load balancer.')];
}

interface Source {
  readonly by: string;
  readonly group: Resource | undefined;
  /** Whether the source is a security group only. */
  readonly isGroup: boolean;
}

const ranges = ['CidrIp', 'CidrIpv6', 'SourcePrefixListId'];

function sourcesOf(group: Resource, assembly: Assembly): readonly Source[] {
  const own = listOf(group.at('SecurityGroupIngress')).map((entry, index) => ({
    by: `SecurityGroupIngress.${index}`,
    group: isObject(entry) ? assembly.target(entry.SourceSecurityGroupId, group.stack) : undefined,
    isGroup: isObject(entry) && ranges.every((name) => entry[name] === undefined),
  }));
  const beside = assembly
    .ofType(ingressType)
    .filter((rule) => assembly.refersTo(rule.at('GroupId'), rule, group) && !isSshFromEndpoint(rule.properties, rule.stack, assembly));
  return [
    ...own,
    ...beside.map((rule) => ({
      by: rule.logicalId,
      group: assembly.target(rule.at('SourceSecurityGroupId'), rule.stack),
      isGroup: ranges.every((name) => rule.at(name) === undefined),
    })),
  ];
}

function isOfBalancer(group: Resource | undefined, assembly: Assembly): boolean {
  return assembly
    .ofType(balancerType)
    .some((balancer) =>
      listOf(balancer.at('SecurityGroups')).some((value) => group !== undefined && assembly.refersTo(value, balancer, group)),
    );
}

export function groupOf(fleet: Resource, assembly: Assembly): Resource | undefined {
  const template = templateOf(fleet, assembly);
  const value = groupValue(fleet, assembly);
  const target = template && assembly.target(value, template.stack);
  return target?.type === securityGroupType ? target : undefined;
}

export function groupValue(fleet: Resource, assembly: Assembly): Json | undefined {
  const template = templateOf(fleet, assembly);
  return template && securityGroupsOf(template)[0]?.value;
}
