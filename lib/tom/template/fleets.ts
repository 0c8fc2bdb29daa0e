// Fleets in the templates: auto scaling group, launch template, role, security groups, policies and alarms.

import { roleTag } from '../../labels/labels';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from './assembly';
import { interfacesOf, serverPath } from './interfaces';
import { serverTemplateType } from './resource-types';

/** The role of servers that receive hits. */
const collectorRole = 'collector';

/** Paths of the launch template in a group: with one instance type, or with several. */
const templatePaths = ['LaunchTemplate', 'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification'];

/** Path of the overrides: one instance type each, and optionally another launch template. */
export const overridesPath = 'MixedInstancesPolicy.LaunchTemplate.Overrides';

/** Path of the launch template in this group. EC2 Auto Scaling rejects a group with two, or none. */
export function templatePathOf(fleet: Resource): string | undefined {
  const [path, ...others] = templatePaths.filter((candidate) => fleet.at(candidate) !== undefined);
  return others.length === 0 ? path : undefined;
}

/** The launch template of a fleet; `undefined` if it is not in the deployment or not the only one. */
export function templateOf(fleet: Resource, assembly: Assembly): Resource | undefined {
  const path = templatePathOf(fleet);
  const others = listOf(fleet.at(overridesPath)).some((override) => valueAt(override, 'LaunchTemplateSpecification') !== undefined);
  if (path === undefined || others) return undefined;
  const template = assembly.target(fleet.at(`${path}.LaunchTemplateId`), fleet.stack);
  return template?.type === serverTemplateType ? template : undefined;
}

/** The instance types of a fleet, the preferred one first: those of its overrides, or that of its launch template. */
export function instanceTypesOf(fleet: Resource, template: Resource | undefined): readonly (Json | undefined)[] {
  const overrides = listOf(fleet.at(overridesPath));
  return overrides.length > 0
    ? overrides.map((override) => valueAt(override, 'InstanceType'))
    : [template?.at('LaunchTemplateData.InstanceType')];
}

/** The role tags of a fleet. */
export function roleTagsOf(
  fleet: Resource,
): readonly { readonly index: number; readonly value: Json | undefined; readonly onServers: boolean }[] {
  return listOf(fleet.at('Tags')).flatMap((tag, index) =>
    isObject(tag) && tag.Key === roleTag ? [{ index, value: tag.Value, onServers: tag.PropagateAtLaunch === true }] : [],
  );
}

/** Whether the fleet receives hits, by its role. The rule single-task-servers requires a role for every fleet. */
export const isCollecting = (fleet: Resource): boolean => roleTagsOf(fleet).some(({ value }) => value === collectorRole);

export interface GroupReference {
  /** Path of the security group in the launch template. */
  readonly path: string;
  readonly value: Json;
}

/** Every security group of a launch template, with those of its interfaces. */
export function securityGroupsOf(template: Resource): readonly GroupReference[] {
  const listPath = serverPath(template.type, 'SecurityGroupIds');
  const named = listOf(template.at(listPath)).map((value, index) => ({ path: `${listPath}.${index}`, value }));
  const ofInterfaces = interfacesOf(template).flatMap(({ groups, groupsPath }) =>
    groups.map((value, index) => ({ path: `${groupsPath}.${index}`, value })),
  );
  return [...named, ...ofInterfaces];
}

/** The policies, schedules or warm pools of a fleet, which refer to it in the property `AutoScalingGroupName`. */
export function actingOn(fleet: Resource, type: string, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(type).filter((resource) => assembly.refersTo(resource.at('AutoScalingGroupName'), resource, fleet));
}

/** Dimension of the metrics of a fleet. */
export const fleetDimension = 'AutoScalingGroupName';

/** The value of a number or of a number in text: CloudFormation accepts both. */
export function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
