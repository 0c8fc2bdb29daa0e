import { databaseAuditLog } from '../../../../../lib/tom/rules/database/database-audit-log';
import { answers, changed, type Resources, without } from '../example';
import { database, parameters } from './example-database';

const says = (resources: Resources, id: string) => answers(databaseAuditLog, resources)[id];

test('the database complies', () => {
  expect([says(database, 'Cluster'), says(database, 'Proxy')]).toEqual(['compliant', 'compliant']);
});

test.each<[name: string, value: string]>([
  ['shared_preload_libraries', 'pg_stat_statements'],
  ['pgaudit.log', 'ddl'],
  ['pgaudit.log', 'none'],
  ['pgaudit.log', 'ddl,role,write'],
  ['pgaudit.log_parameter', '1'],
  ['log_connections', '0'],
  ['log_disconnections', '0'],
  ['log_statement', 'all'],
  ['log_min_duration_statement', '500'],
  ['log_parameter_max_length_on_error', '-1'],
  ['log_error_verbosity', 'verbose'],
])('%s = %s does not', (name, value) => {
  expect(says(changed(database, 'Parameters', { Parameters: { ...parameters, [name]: value } }), 'Cluster')).toEqual([name]);
});

test.each<[string, Resources, string, string[]]>([
  ['a log that is not exported', changed(database, 'Cluster', { EnableCloudwatchLogsExports: [] }), 'Cluster', ['export']],
  ['a log group that RDS would make', without(database, 'DatabaseLog'), 'Cluster', ['group::postgresql']],
  ['a log group of another name', changed(database, 'Cluster', { DBClusterIdentifier: 'other' }), 'Cluster', ['group::postgresql']],
  ['a proxy without its log group', without(database, 'ProxyLog'), 'Proxy', ['group']],
  ['a proxy that logs statements', changed(database, 'Proxy', { DebugLogging: true }), 'Proxy', ['debug']],
])('%s does not', (_, resources, id, ids) => {
  expect(says(resources, id)).toEqual(ids);
});

test.each<[name: string, value: string, ids: string[]]>([
  ['pgaudit.log', 'ddl,role,misc_set', ['pgaudit.log', 'refused::pgaudit.log']],
  ['pgaudit.log_rows', '0', ['refused::pgaudit.log_rows']],
  ['log_connections', 'on', ['log_connections', 'refused::log_connections']],
  ['password_encryption', 'scram', ['refused::password_encryption']],
  ['old_snapshot_threshold', '1', ['refused::old_snapshot_threshold']],
  ['work_mem', '8192', []],
])('Aurora is asked what it takes: %s = %s', (name, value, ids) => {
  const answer = says(changed(database, 'Parameters', { Parameters: { ...parameters, [name]: value } }), 'Cluster');
  expect(answer).toEqual(ids.length > 0 ? ids : 'compliant');
});
