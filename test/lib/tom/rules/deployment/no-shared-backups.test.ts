import { noSharedBackups } from '../../../../../lib/tom/rules/deployment/no-shared-backups';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { boundaryPolicy, denials } from '../audit/example-audit';
import { database, sharing } from '../database/example-database';
import { answers, changed, join, type Resources, ref } from '../example';

const says = (resources: Resources, id: string) => answers(noSharedBackups, resources)[id];
const withBoundary = (more: Record<string, JsonObject>) =>
  changed(database, 'Boundary', { PolicyDocument: boundaryPolicy({ ...denials, ...more }) });
const { snapshots, grants, environments, foreignBackups, foreignKeys } = sharing as Record<keyof typeof ids, JsonObject>;
const tag = 'aws:ResourceTag/rempart:environment';
const ids = {
  snapshots: 'snapshots',
  grants: 'grants',
  environments: 'environments',
  foreignBackups: 'foreign-backups',
  foreignKeys: 'foreign-keys',
} as const;
const own = (service: string, account: JsonObject | string) => join('arn:', ref('AWS::Partition'), `:${service}:*:`, account, ':*');

test('the database and its boundary comply', () => {
  expect([says(database, 'Cluster'), says(database, 'Boundary')]).toEqual(['compliant', 'compliant']);
});

test('a boundary without the denials does not comply', () => {
  expect(says(withBoundary({}), 'Boundary')).toEqual(Object.values(ids));
});

test.each(Object.keys(ids) as (keyof typeof ids)[])('a boundary without %s does not comply', (left) => {
  const rest = Object.fromEntries(Object.entries(sharing).filter(([name]) => name !== left));
  expect(says(withBoundary(rest), 'Boundary')).toEqual([ids[left]]);
});

const production = environments.Condition as JsonObject;

test.each<[string, keyof typeof ids, JsonObject]>([
  ['one action less', 'snapshots', { ...snapshots, Action: 'rds:StartExportTask' }],
  ['the snapshots of one cluster', 'snapshots', { ...snapshots, Resource: 'arn:aws:rds:x' }],
  ['snapshots under a condition', 'snapshots', { ...snapshots, Condition: { Bool: { x: 'true' } } }],
  ['grants to services', 'grants', { ...grants, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }],
  ['what is of this environment', 'environments', { ...environments, Condition: { ...production, StringNotEquals: { [tag]: 'staging' } } }],
  ['what bears no tag', 'environments', { ...environments, Condition: { StringNotEquals: production.StringNotEquals ?? null } }],
  ['databases of other environments only', 'environments', { ...environments, Resource: 'arn:aws:rds:x' }],
  ['restores of other environments only', 'environments', { ...environments, Action: 'rds:Restore*' }],
  ['copies from elsewhere, but not restores', 'foreignBackups', { ...foreignBackups, Action: 'rds:Copy*' }],
  ['restores from elsewhere, but not of two accounts', 'foreignBackups', { ...foreignBackups, NotResource: own('rds', '999999999999') }],
  ['restores from anywhere', 'foreignBackups', { ...foreignBackups, NotResource: own('rds', '*') }],
  ['keys of elsewhere, but not decryption', 'foreignKeys', { ...foreignKeys, Action: ['kms:CreateGrant'] }],
  ['keys under a condition', 'foreignKeys', { ...foreignKeys, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'false' } } }],
])('a boundary that denies %s does not', (_, name, statement) => {
  expect(says(withBoundary({ ...sharing, [name]: statement }), 'Boundary')).toEqual([ids[name]]);
});

test('the excepted environment is that of the deployment', () => {
  expect(answers(noSharedBackups, database, { environment: 'staging' }).Boundary).toEqual(['environments']);
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

test('a database with a key of another account does not comply', () => {
  expect(says(changed(database, 'Cluster', { KmsKeyId: 'arn:aws:kms:x' }), 'Cluster')).toEqual(['key']);
});
