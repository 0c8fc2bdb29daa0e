// Endpoints of EC2 Instance Connect with their security groups, and the groups of the servers that they reach.
import { type Assembly, type JsonObject, listOf, type Resource, type StackTemplate } from './assembly';
import { securityGroupsOf, templateOf } from './fleets';
import { connectEndpointType, fleetType, securityGroupType } from './resource-types';

/** The security groups of an endpoint; one that is not of the deployment is `undefined`. */
export const groupsOfEndpoint = (endpoint: Resource, assembly: Assembly): readonly (Resource | undefined)[] =>
  listOf(endpoint.at('SecurityGroupIds')).map((value) => {
    const group = assembly.target(value, endpoint.stack);
    return group?.type === securityGroupType ? group : undefined;
  });

/** Whether a resource is the security group of an endpoint. */
export const isGroupOfEndpoint = (group: Resource | undefined, assembly: Assembly): boolean =>
  group !== undefined && assembly.ofType(connectEndpointType).some((endpoint) => groupsOfEndpoint(endpoint, assembly).includes(group));

/** Whether a resource is a security group of servers of a fleet. */
export const isGroupOfServers = (group: Resource | undefined, assembly: Assembly): boolean =>
  group !== undefined &&
  assembly.ofType(fleetType).some((fleet) => {
    const template = templateOf(fleet, assembly);
    return template !== undefined && securityGroupsOf(template).some(({ value }) => assembly.target(value, template.stack) === group);
  });

const otherSources = ['CidrIp', 'CidrIpv6', 'SourcePrefixListId'];

/**
 * Whether an ingress rule admits the group of an endpoint on the port of SSH, and nothing else, in a deployment with
 * `access.instanceConnect`.
 */
export function isSshFromEndpoint(rule: JsonObject, stack: StackTemplate, assembly: Assembly): boolean {
  if (!assembly.facts.settings.access.instanceConnect) return false;
  const isSsh = rule.IpProtocol === 'tcp' && String(rule.FromPort) === '22' && String(rule.ToPort) === '22';
  const isGroupAlone = otherSources.every((name) => rule[name] === undefined);
  return isSsh && isGroupAlone && isGroupOfEndpoint(assembly.target(rule.SourceSecurityGroupId, stack), assembly);
}
