// Endpoints of EC2 Instance Connect with their security groups, and the groups of the servers that they reach.
import { type Assembly, listOf, type Resource } from './assembly';
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
