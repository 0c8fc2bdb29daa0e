// TOM-6.3: every database has a standby in another zone, ready to take over.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type DeploymentFacts, isObject, type Json, type Resource } from '../../template/assembly';
import { instancesOf } from '../../template/databases';
import { clusterType, databaseInstanceType } from '../../template/resource-types';

/**
 * Promotion tiers of a standby. Its instances scale with the writer in tiers 0 and 1; in tier 2, which only the
 * configuration chooses, they are promoted next, and scale by their own load ("How Aurora Serverless v2 works").
 */
const standbyTiers = ({ settings: { data } }: DeploymentFacts): readonly number[] =>
  data.readerScaling === 'independent' ? [0, 1, 2] : [0, 1];

export const databaseStandby: Rule = {
  name: 'database-standby',
  requires: "every database cluster has instances in different zones, and at least one reader has the writer's instance class",
  types: [clusterType],
  check(cluster, assembly) {
    const instances = instancesOf(cluster, assembly);
    if (instances.length < 2)
      return [standbyFinding(cluster, 'alone', instances.length, 'at least 2 instances', 'Set data.readers to 1 or more.')];
    const zones = instances.map(zoneNumber);
    if (zones.includes(undefined) || new Set(zones).size < zones.length) {
      return [
        standbyFinding(
          cluster,
          'zones',
          JSON.stringify(zones),
          'a different zone of Fn::GetAZs for each instance',
          'Select the zones with Fn.select and Fn.getAzs().',
        ),
      ];
    }
    const tiers = standbyTiers(assembly.facts);
    const ready = instances.filter((instance) => tiers.some((tier) => tier === instance.at('PromotionTier')));
    if (ready.length >= 2 && new Set(instances.map(classOf)).size === 1) return [];
    const required = `two instances of one class in promotion tier ${tiers.join(' or ')}`;
    return [
      standbyFinding(
        cluster,
        'size',
        instances.map(({ logicalId }) => logicalId).join(),
        required,
        `Set the class of the writer and promotion tier ${tiers.at(-1)} on a reader.`,
      ),
    ];
  },
  guards: [
    guard(databaseInstanceType, '', remove),
    guard(databaseInstanceType, 'Properties.DBClusterIdentifier', remove, replace('elsewhere')),
    guard(
      databaseInstanceType,
      'Properties.AvailabilityZone',
      remove,
      replace('eu-west-3a'),
      replace({ 'Fn::Select': [7, { Ref: 'Zones' }] }),
    ),
    guard(databaseInstanceType, 'Properties.DBInstanceClass', replace('db.t4g.micro')),
    guard(databaseInstanceType, 'Properties.PromotionTier', remove, replace(15)),
  ],
};

/** Index of the zone in the list of the region. */
function zoneNumber(instance: Resource): number | undefined {
  const select = instance.at('AvailabilityZone.Fn::Select');
  if (!Array.isArray(select) || !isObject(select[1]) || !('Fn::GetAZs' in select[1])) return undefined;
  const number: Json = select[0];
  return typeof number === 'number' ? number : undefined;
}

const classOf = (instance: Resource): string => String(instance.at('DBInstanceClass'));

function standbyFinding(cluster: Resource, id: string, found: Json, required: string, fix: string): Finding {
  return { ...finding(cluster, id, 'the instances of the cluster', required, fix), found };
}
