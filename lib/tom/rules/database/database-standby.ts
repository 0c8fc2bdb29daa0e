// TOM-6.3: every database has a standby in another zone, ready to take over.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { isObject, type Json, type Resource } from '../../template/assembly';
import { clusterType, instancesOf, instanceType } from '../../template/databases';

/** Promotion tiers whose instances are as large as the writer ("Aurora Serverless v2": tiers 0 and 1 scale with it). */
const ready = [0, 1];

export const databaseStandby: Rule = {
  name: 'database-standby',
  requires: 'every database cluster has at least two instances, each in another zone, of which one besides the writer is as large as it',
  types: [clusterType],
  check(cluster, assembly) {
    const instances = instancesOf(cluster, assembly);
    if (instances.length < 2)
      return [standbyFinding(cluster, 'alone', instances.length, 'at least 2 instances', 'Raise data.readers to 1 or more.')];
    const zones = instances.map(zoneOf);
    if (zones.includes(undefined) || new Set(zones).size < zones.length) {
      return [
        standbyFinding(
          cluster,
          'zones',
          JSON.stringify(zones),
          'each instance in another of Fn::GetAZs',
          'Choose the zones with Fn.select.',
        ),
      ];
    }
    if (instances.filter(takesOver).length >= 2 && new Set(instances.map(classOf)).size === 1) return [];
    const required = 'two instances of one class in promotion tier 0 or 1';
    return [
      standbyFinding(
        cluster,
        'size',
        instances.map(({ logicalId }) => logicalId).join(),
        required,
        'Give the reader class and tier of a standby.',
      ),
    ];
  },
  guards: [
    guard(instanceType, '', remove),
    guard(instanceType, 'Properties.DBClusterIdentifier', remove, replace('elsewhere')),
    guard(instanceType, 'Properties.AvailabilityZone', remove, replace('eu-west-3a'), replace({ 'Fn::Select': [7, { Ref: 'Zones' }] })),
    guard(instanceType, 'Properties.DBInstanceClass', replace('db.t4g.micro')),
    guard(instanceType, 'Properties.PromotionTier', remove, replace(15)),
  ],
};

/** Zones are told apart by their number in the region's list. */
function zoneOf(instance: Resource): number | undefined {
  const select = instance.at('AvailabilityZone.Fn::Select');
  if (!Array.isArray(select) || !isObject(select[1]) || !('Fn::GetAZs' in select[1])) return undefined;
  const number: Json = select[0];
  return typeof number === 'number' ? number : undefined;
}

const classOf = (instance: Resource): string => String(instance.at('DBInstanceClass'));
const takesOver = (instance: Resource): boolean => ready.some((tier) => tier === instance.at('PromotionTier'));

function standbyFinding(cluster: Resource, id: string, found: Json, required: string, fix: string): Finding {
  return { ...finding(cluster, id, 'the instances of the cluster', required, fix), found };
}
