import { databaseTls } from '../../../../../lib/tom/rules/database/database-tls';
import { answers, changed, type Resources } from '../example';
import { database, parameters } from './example-database';

const verdict = (resources: Resources, id: string) => answers(databaseTls, resources)[id];
const withParameters = (more: Record<string, string>) => changed(database, 'Parameters', { Parameters: { ...parameters, ...more } });

test('the database complies', () => {
  expect([verdict(database, 'Cluster'), verdict(database, 'Proxy'), verdict(database, 'Writer')]).toEqual([
    'compliant',
    'compliant',
    'compliant',
  ]);
  expect(verdict(withParameters({ ssl_min_protocol_version: 'TLSv1.3' }), 'Cluster')).toBe('compliant');
});

test.each<[string, Resources, string, string[]]>([
  ['TLS that is not forced', withParameters({ 'rds.force_ssl': '0' }), 'Cluster', ['rds.force_ssl']],
  ['TLS 1.1', withParameters({ ssl_min_protocol_version: 'TLSv1.1' }), 'Cluster', ['ssl_min_protocol_version']],
  ['no parameters', changed(database, 'Parameters', { Parameters: undefined }), 'Cluster', ['rds.force_ssl', 'ssl_min_protocol_version']],
  [
    'the parameters of AWS',
    changed(database, 'Cluster', { DBClusterParameterGroupName: 'default.aurora-postgresql17' }),
    'Cluster',
    ['rds.force_ssl', 'ssl_min_protocol_version'],
  ],
  ['a proxy without TLS', changed(database, 'Proxy', { RequireTLS: false }), 'Proxy', ['plain']],
  ['a proxy without the setting', changed(database, 'Proxy', { RequireTLS: undefined }), 'Proxy', ['plain']],
  ['a certificate of 2048 bits', changed(database, 'Writer', { CACertificateIdentifier: 'rds-ca-rsa2048-g1' }), 'Writer', ['certificate']],
])('%s does not', (_, resources, id, ids) => {
  expect(verdict(resources, id)).toEqual(ids);
});
