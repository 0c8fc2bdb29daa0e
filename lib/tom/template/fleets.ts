// Fleets as their templates draw them: the group, its launch template, role, security groups, and what acts on it.
import { roleTag } from '../../labels/labels';
import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { interfacesOf, serverPath } from './interfaces';

export const fleetType = 'AWS::AutoScaling::AutoScalingGroup';
export const serverTemplateType = 'AWS::EC2::LaunchTemplate';

/** The role of servers that take hits. */
const collectorRole = 'collector';

/** Where a group names its launch template. */
const templatePath = 'LaunchTemplate.LaunchTemplateId';

/** The launch template of a fleet, if it is one of the deployment. */
export function templateOf(fleet: Resource, assembly: Assembly): Resource | undefined {
  const template = assembly.target(fleet.at(templatePath), fleet.stack);
  return template?.type === serverTemplateType ? template : undefined;
}

/** The tags by which a fleet says what its servers are for. */
export function roleTagsOf(
  fleet: Resource,
): readonly { readonly index: number; readonly value: Json | undefined; readonly onServers: boolean }[] {
  return listOf(fleet.at('Tags')).flatMap((tag, index) =>
    isObject(tag) && tag.Key === roleTag ? [{ index, value: tag.Value, onServers: tag.PropagateAtLaunch === true }] : [],
  );
}

/** Whether the fleet says that it takes hits; one that says nothing is asked about its role by the rule single-task-servers. */
export const isCollecting = (fleet: Resource): boolean => roleTagsOf(fleet).some(({ value }) => value === collectorRole);

export interface GroupPlace {
  /** Where in the launch template the group is named. */
  readonly path: string;
  readonly value: Json;
}

/** Every security group that a launch template names. */
export function securityGroupsOf(template: Resource): readonly GroupPlace[] {
  const own = serverPath(template.type, 'SecurityGroupIds');
  const named = listOf(template.at(own)).map((value, index) => ({ path: `${own}.${index}`, value }));
  const ofInterfaces = interfacesOf(template).flatMap(({ groups, groupsPath }) =>
    groups.map((value, index) => ({ path: `${groupsPath}.${index}`, value })),
  );
  return [...named, ...ofInterfaces];
}

/** What names the fleet in its property `AutoScalingGroupName`: policies, schedules, pools. */
export function actingOn(fleet: Resource, type: string, assembly: Assembly): readonly Resource[] {
  return assembly.ofType(type).filter((resource) => assembly.refersTo(resource.at('AutoScalingGroupName'), resource, fleet));
}

/** Alarms on a metric of the fleet, which they name by the dimension AutoScalingGroupName. */
export function alarmsOn(fleet: Resource, metric: string, assembly: Assembly): readonly Resource[] {
  return assembly
    .ofType('AWS::CloudWatch::Alarm')
    .filter(
      (alarm) =>
        alarm.at('MetricName') === metric &&
        listOf(alarm.at('Dimensions')).some(
          (dimension) =>
            isObject(dimension) &&
            dimension.Name === 'AutoScalingGroupName' &&
            (assembly.refersTo(dimension.Value, alarm, fleet) ||
              (dimension.Value !== undefined && dimension.Value === fleet.at('AutoScalingGroupName'))),
        ),
    );
}

/** A number, also where it is written as text, as CloudFormation takes both. */
export function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
