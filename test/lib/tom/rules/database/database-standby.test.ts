import { databaseStandby } from '../../../../../lib/tom/rules/database/database-standby';
import { answers, changed, facts, type Resources, without } from '../example';
import { zone } from '../network/example-network';
import { database } from './example-database';

const scaling = (readerScaling: 'with-writer' | 'independent') => ({ ...facts.settings, data: { ...facts.settings.data, readerScaling } });
const verdict = (resources: Resources, settings = scaling('with-writer')) => answers(databaseStandby, resources, { settings }).Cluster;
const independent = scaling('independent');
const withTier = (tier: number | undefined) =>
  changed(changed(database, 'Reader', { PromotionTier: tier }), 'Writer', { PromotionTier: tier });

test('a writer and a reader of its size in another zone comply', () => {
  expect(verdict(database)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['one instance', without(database, 'Reader'), ['alone']],
  ['a reader of another cluster', changed(database, 'Reader', { DBClusterIdentifier: 'other' }), ['alone']],
  ['two in one zone', changed(database, 'Reader', { AvailabilityZone: zone(0) }), ['zones']],
  ['a reader wherever AWS puts it', changed(database, 'Reader', { AvailabilityZone: undefined }), ['zones']],
  ['a zone by name', changed(database, 'Reader', { AvailabilityZone: 'eu-west-3b' }), ['zones']],
  ['a smaller reader', changed(database, 'Reader', { DBInstanceClass: 'db.t4g.medium' }), ['size']],
  ['a reader that does not grow with the writer', changed(database, 'Reader', { PromotionTier: 2 }), ['size']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('where the configuration lets readers scale by themselves, they are promoted before other instances', () => {
  expect(verdict(withTier(2), independent)).toBe('compliant');
  expect(verdict(withTier(2))).toEqual(['size']);
  for (const tier of [3, 15, undefined]) expect(verdict(withTier(tier), independent)).toEqual(['size']);
  expect(verdict(changed(withTier(2), 'Reader', { DBInstanceClass: 'db.t4g.medium' }), independent)).toEqual(['size']);
  expect(verdict(without(withTier(2), 'Reader'), independent)).toEqual(['alone']);
});
