import { databaseCredentials } from '../../../../../lib/tom/rules/database/database-credentials';
import { answers, changed, type Resources } from '../example';
import { database } from './example-database';

const verdict = (resources: Resources, id: string) => answers(databaseCredentials, resources)[id];

test('the database complies', () => {
  expect([verdict(database, 'Cluster'), verdict(database, 'Proxy')]).toEqual(['compliant', 'compliant']);
});

test.each<[string, Resources, string, string[]]>([
  ['no IAM sign-in', changed(database, 'Cluster', { EnableIAMDatabaseAuthentication: undefined }), 'Cluster', ['iam']],
  ['a password without rotation', changed(database, 'Cluster', { ManageMasterUserPassword: undefined }), 'Cluster', ['managed']],
  ['a password under a key of AWS', changed(database, 'Cluster', { MasterUserSecret: undefined }), 'Cluster', ['key']],
  ['a password in the template', changed(database, 'Cluster', { MasterUserPassword: 'hunter2' }), 'Cluster', ['password']],
  ['a proxy with secrets', changed(database, 'Proxy', { DefaultAuthScheme: 'NONE' }), 'Proxy', ['sign-in']],
  ['a proxy with a secret besides', changed(database, 'Proxy', { Auth: [{ AuthScheme: 'SECRETS' }] }), 'Proxy', ['sign-in']],
])('%s does not', (_, resources, id, ids) => {
  expect(verdict(resources, id)).toEqual(ids);
});
