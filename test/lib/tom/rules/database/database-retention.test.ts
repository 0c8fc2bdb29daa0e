import { databaseRetention } from '../../../../../lib/tom/rules/database/database-retention';
import type { ResourceJson } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources } from '../example';
import { database } from './example-database';

const verdict = (resources: Resources) => answers(databaseRetention, resources).Cluster;
const withPolicy = (more: Partial<ResourceJson>): Resources => ({
  ...database,
  Cluster: { ...(database.Cluster as ResourceJson), ...more },
});

test('the database complies', () => {
  expect(verdict(database)).toBe('compliant');
  expect(verdict(withPolicy({ DeletionPolicy: 'Retain' }))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['backups of a day', changed(database, 'Cluster', { BackupRetentionPeriod: 1 }), ['days']],
  ['backups past a month', changed(database, 'Cluster', { BackupRetentionPeriod: 35 }), ['days']],
  ['backups that go with the cluster', changed(database, 'Cluster', { DeleteAutomatedBackups: undefined }), ['kept']],
  ['snapshots without labels', changed(database, 'Cluster', { CopyTagsToSnapshot: false }), ['tags']],
  ['no protection', changed(database, 'Cluster', { DeletionProtection: undefined }), ['protection']],
  ['deletion without a snapshot', withPolicy({ DeletionPolicy: 'Delete' }), ['DeletionPolicy']],
  ['replacement without a snapshot', withPolicy({ UpdateReplacePolicy: 'Delete' }), ['UpdateReplacePolicy']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
