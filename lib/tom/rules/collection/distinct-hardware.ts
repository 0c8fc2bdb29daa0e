// DSS-5.6.4: servers with data run on distinct hardware.

import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import type { Resource } from '../../template/assembly';
import { fleetType, serverTemplateType } from '../../template/resource-types';
import { mostPartitions } from '../../template/server-contract';

const placementType = 'AWS::EC2::PlacementGroup';
const groupPath = 'LaunchTemplateData.Placement.GroupName';
const tenancyPath = 'LaunchTemplateData.Placement.Tenancy';

export const distinctHardware: Rule = {
  name: 'distinct-hardware',
  requires: 'every launch template has a placement group that spreads servers over all partitions, and no fleet names another',
  types: [serverTemplateType, fleetType],
  check(template, assembly) {
    if (template.type === fleetType) return fleetFindings(template);
    const group = assembly.target(template.at(groupPath), template.stack);
    if (group?.type !== placementType) {
      const fix = 'Refer to a placement group of the stack in the launch template.';
      return [finding(template, 'placement', `Properties.${groupPath}`, 'a placement group of the deployment', fix)];
    }
    return [...tenancyFindings(template), ...spreadFindings(template, group)];
  },
  guards: [
    guard(serverTemplateType, `Properties.${groupPath}`, remove, replace('elsewhere')),
    guard(serverTemplateType, `Properties.${tenancyPath}`, set('host')),
    guard(fleetType, 'Properties.PlacementGroup', set('close')),
    guard(placementType, 'Properties.Strategy', remove, replace('cluster')),
    guard(placementType, 'Properties.PartitionCount', remove, replace(1), replace(8)),
  ],
  bypasses: [
    {
      name: 'a launch template without a placement group',
      resources: { Unplaced: { Type: serverTemplateType, Properties: { LaunchTemplateData: { InstanceType: 'm8g.large' } } } },
    },
    {
      name: 'a launch template with a cluster placement group',
      resources: {
        Close: { Type: placementType, Properties: { Strategy: 'cluster' } },
        Packed: { Type: serverTemplateType, Properties: { LaunchTemplateData: { Placement: { GroupName: { Ref: 'Close' } } } } },
      },
    },
  ],
};

/** The placement group of a fleet overrides that of its launch template. */
function fleetFindings(group: Resource): readonly Finding[] {
  if (group.at('PlacementGroup') === undefined) return [];
  return [
    finding(group, 'place', 'Properties.PlacementGroup', 'none; the launch template has the placement group', 'Remove the property.'),
  ];
}

/** Dedicated hosts cannot be in placement groups ("Placement group rules and limitations"). */
function tenancyFindings(template: Resource): readonly Finding[] {
  if ([undefined, 'default', 'dedicated'].some((allowed) => allowed === template.at(tenancyPath))) return [];
  return [finding(template, 'tenancy', `Properties.${tenancyPath}`, 'default or dedicated', 'Use collection.dedicatedTenancy.')];
}

function spreadFindings(template: Resource, group: Resource): readonly Finding[] {
  const strategy = group.at('Strategy');
  if (strategy === 'spread') return [];
  const path = `${group.logicalId}.Properties.PartitionCount`;
  const required = template.at(tenancyPath) === 'dedicated' ? mostPartitions.dedicated : mostPartitions.shared;
  const partitions = group.at('PartitionCount');
  if (strategy === 'partition' && partitions === required) return [];
  const fix = 'Use a partition placement group with all partitions of a zone.';
  const found = strategy === 'partition' ? partitions : strategy;
  return [{ id: 'spread', path, found, required: `the strategy partition with ${required} partitions`, fix }];
}
