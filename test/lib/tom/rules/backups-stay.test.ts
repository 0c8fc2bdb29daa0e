import type { JsonObject } from '../../../../lib/tom/assembly';
import { backupsStay } from '../../../../lib/tom/rules/backups-stay';
import { answers, changed, join, type Resources, ref } from './example';
import { boundaryPolicy, denials } from './example-audit';
import { database, sharing } from './example-database';

const says = (resources: Resources, id: string) => answers(backupsStay, resources)[id];
const withBoundary = (more: Record<string, JsonObject>) =>
  changed(database, 'Boundary', { PolicyDocument: boundaryPolicy({ ...denials, ...more }) });
const { snapshots, grants } = sharing as Record<'snapshots' | 'grants', JsonObject>;

test('the database and its boundary comply', () => {
  expect([says(database, 'Cluster'), says(database, 'Boundary')]).toEqual(['compliant', 'compliant']);
});

test.each<[string, Record<string, JsonObject>, string[]]>([
  ['nothing of it', {}, ['snapshots', 'grants']],
  ['no grants', { snapshots }, ['grants']],
  ['no snapshots', { grants }, ['snapshots']],
  ['one action less', { grants, snapshots: { ...snapshots, Action: 'rds:StartExportTask' } }, ['snapshots']],
  ['the snapshots of one cluster', { grants, snapshots: { ...snapshots, Resource: 'arn:aws:rds:x' } }, ['snapshots']],
  ['snapshots under a condition', { grants, snapshots: { ...snapshots, Condition: { Bool: { x: 'true' } } } }, ['snapshots']],
  ['grants to services', { snapshots, grants: { ...grants, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } } }, ['grants']],
])('a boundary that denies %s does not', (_, more, ids) => {
  expect(says(withBoundary(more), 'Boundary')).toEqual(ids);
});

test.each<[string, JsonObject]>([
  ['another account', { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }],
  ['another account among ours', { Principal: { AWS: [join('arn:aws:iam::', ref('AWS::AccountId'), ':root'), '999999999999'] } }],
  ['everybody', { Principal: '*' }],
  ['everybody but one', { NotPrincipal: { AWS: 'x' } }],
  ['a federation', { Principal: { Federated: 'x' } }],
])('a key that admits %s does not', (_, who) => {
  const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', ...who };
  expect(says(changed(database, 'Key', { KeyPolicy: { Statement: [statement] } }), 'Cluster')).toEqual(['admits::KeyPolicy.Statement.0']);
});

test('a database under a key from elsewhere does not', () => {
  expect(says(changed(database, 'Cluster', { KmsKeyId: 'arn:aws:kms:x' }), 'Cluster')).toEqual(['key']);
});
