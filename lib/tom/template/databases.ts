// Database clusters as the templates have them: what belongs to each, and what surrounds it.
import { type Assembly, type Json, listOf, type Resource } from './assembly';
import { subnetOf } from './topology';

export const clusterType = 'AWS::RDS::DBCluster';
export const instanceType = 'AWS::RDS::DBInstance';
export const proxyType = 'AWS::RDS::DBProxy';
/** What a proxy leads to. */
export const targetGroupType = 'AWS::RDS::DBProxyTargetGroup';
export const parameterGroupType = 'AWS::RDS::DBClusterParameterGroup';
/** A second way to a proxy, with subnets and security groups of its own. */
export const proxyEndpointType = 'AWS::RDS::DBProxyEndpoint';

export const databasePort = 5432;

/** The instances of a cluster. */
export function instancesOf(cluster: Resource, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(instanceType).filter((instance) => assembly.refersTo(instance.at('DBClusterIdentifier'), instance, cluster));
}

/** The parameters that a cluster is given; empty where its group cannot be found. */
export function parameterGroupOf(cluster: Resource, assembly: Assembly): Resource | undefined {
  const group = assembly.target(cluster.at('DBClusterParameterGroupName'), cluster.stack);
  return group?.type === parameterGroupType ? group : undefined;
}

/** The tiers of the subnets that a property lists; `undefined` for one that is no subnet of the deployment. */
export function tiersOf(subnets: Json | undefined, from: Resource, assembly: Assembly): readonly (string | undefined)[] {
  return listOf(subnets).map((value) => {
    const target = assembly.target(value, from.stack);
    return target?.type === 'AWS::EC2::Subnet' ? subnetOf(target, assembly)?.tier : undefined;
  });
}

/** The security groups that a property lists. */
export function groupsOf(groups: Json | undefined, from: Resource, assembly: Assembly): readonly (Resource | undefined)[] {
  return listOf(groups).map((value) => {
    const target = assembly.target(value, from.stack);
    return target?.type === 'AWS::EC2::SecurityGroup' ? target : undefined;
  });
}

/** The security groups of every database and database proxy. */
export function databaseGroups(assembly: Assembly): ReadonlySet<Resource> {
  const found = [
    ...assembly.ofType(clusterType).flatMap((cluster) => groupsOf(cluster.at('VpcSecurityGroupIds'), cluster, assembly)),
    ...assembly.ofType(instanceType).flatMap((instance) => groupsOf(instance.at('VPCSecurityGroups'), instance, assembly)),
    ...[proxyType, proxyEndpointType]
      .flatMap((type) => assembly.ofType(type))
      .flatMap((proxy) => groupsOf(proxy.at('VpcSecurityGroupIds'), proxy, assembly)),
  ];
  return new Set(found.filter((group) => group !== undefined));
}
