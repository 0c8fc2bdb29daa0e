// Database clusters in the templates: instances, parameters, subnet tiers and security groups.

import { type Assembly, type Json, listOf, type Resource } from './assembly';
import {
  clusterType,
  databaseInstanceType,
  parameterGroupType,
  proxyEndpointType,
  proxyType,
  securityGroupType,
  subnetType,
} from './resource-types';
import { subnetOf } from './topology';

/** Port of PostgreSQL, as rules judge it. */
export const databasePort = 5432;

/** The instances of a cluster. */
export function instancesOf(cluster: Resource, assembly: Assembly): readonly Resource[] {
  return assembly
    .ofType(databaseInstanceType)
    .filter((instance) => assembly.refersTo(instance.at('DBClusterIdentifier'), instance, cluster));
}

/** The parameter group of a cluster; `undefined` if it is not in the deployment. */
export function parameterGroupOf(cluster: Resource, assembly: Assembly): Resource | undefined {
  const group = assembly.target(cluster.at('DBClusterParameterGroupName'), cluster.stack);
  return group?.type === parameterGroupType ? group : undefined;
}

/** The tiers of the subnets in a property; `undefined` for a value that is not a subnet of the deployment. */
export function tiersOf(subnets: Json | undefined, from: Resource, assembly: Assembly): readonly (string | undefined)[] {
  return listOf(subnets).map((value) => {
    const target = assembly.target(value, from.stack);
    return target?.type === subnetType ? subnetOf(target, assembly)?.tier : undefined;
  });
}

/** The security groups in a property; `undefined` for a value that is not a security group of the deployment. */
export function groupsOf(groups: Json | undefined, from: Resource, assembly: Assembly): readonly (Resource | undefined)[] {
  return listOf(groups).map((value) => {
    const target = assembly.target(value, from.stack);
    return target?.type === securityGroupType ? target : undefined;
  });
}

/** The security groups of every database and database proxy. */
export function databaseGroups(assembly: Assembly): ReadonlySet<Resource> {
  const found = [
    ...assembly.ofType(clusterType).flatMap((cluster) => groupsOf(cluster.at('VpcSecurityGroupIds'), cluster, assembly)),
    ...assembly.ofType(databaseInstanceType).flatMap((instance) => groupsOf(instance.at('VPCSecurityGroups'), instance, assembly)),
    ...[proxyType, proxyEndpointType]
      .flatMap((type) => assembly.ofType(type))
      .flatMap((proxy) => groupsOf(proxy.at('VpcSecurityGroupIds'), proxy, assembly)),
  ];
  return new Set(found.filter((group) => group !== undefined));
}
