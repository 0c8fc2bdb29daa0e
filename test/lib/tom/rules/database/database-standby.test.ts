import { databaseStandby } from '../../../../../lib/tom/rules/database/database-standby';
import { answers, changed, type Resources, without } from '../example';
import { zone } from '../network/example-network';
import { database } from './example-database';

const verdict = (resources: Resources) => answers(databaseStandby, resources).Cluster;

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
