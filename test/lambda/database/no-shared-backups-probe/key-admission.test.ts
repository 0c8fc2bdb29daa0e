// Foreign principals in key policies and grants, in the form that KMS returns.
import { foreignGrantees, foreignPrincipals } from '../../../../lambda/database/no-shared-backups-probe/key-admission';

const own = '111111111111';
const other = '999999999999';
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (who: object, more: object = {}) => ({ Effect: 'Allow', Action: 'kms:*', Resource: '*', ...who, ...more });
const everybody = { Principal: { AWS: '*' } };

test.each<[string, object]>([
  ['the account itself', allow({ Principal: { AWS: `arn:aws:iam::${own}:root` } })],
  ['the account by its number', allow({ Principal: { AWS: own } })],
  ['a role of it', allow({ Principal: { AWS: [`arn:aws:iam::${own}:role/a`, `arn:aws:sts::${own}:assumed-role/a/b`] } })],
  ['a service', allow({ Principal: { Service: 'logs.eu-west-3.amazonaws.com' } })],
  ['callers of the account', allow(everybody, { Condition: { StringEquals: { 'kms:CallerAccount': own } } })],
  ['principals of the account', allow({ Principal: '*' }, { Condition: { StringEquals: { 'aws:PrincipalAccount': [own] } } })],
  ['nobody', { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }],
])('a policy for %s has no foreign principal', (_, statement) => {
  expect(foreignPrincipals(policy(statement), own)).toEqual([]);
});

test.each<[string, object, string]>([
  ['another account', allow({ Principal: { AWS: `arn:aws:iam::${other}:root` } }), `arn:aws:iam::${other}:root`],
  ['another by its number', allow({ Principal: { AWS: [own, other] } }), other],
  ['everybody', allow({ Principal: '*' }), '*'],
  ['no principal at all', allow({}), '*'],
  ['everybody, by a service', allow(everybody, { Condition: { StringEquals: { 'kms:ViaService': 'rds.eu-west-3.amazonaws.com' } } }), '*'],
  ['callers of two accounts', allow(everybody, { Condition: { StringEquals: { 'kms:CallerAccount': [own, other] } } }), '*'],
  ['callers like the account', allow(everybody, { Condition: { StringLike: { 'kms:CallerAccount': '1*' } } }), '*'],
  ['callers of others', allow(everybody, { Condition: { StringNotEquals: { 'kms:CallerAccount': own } } }), '*'],
  ['everybody but one', allow({ NotPrincipal: { AWS: own } }), `every principal except {"AWS":"${own}"}`],
  ['an identity provider', allow({ Principal: { Federated: 'accounts.example.com' } }), 'accounts.example.com'],
  ['a principal that is no more', allow({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } }), 'AROAEXAMPLEEXAMPLE123'],
])('a policy for %s has a foreign principal', (_, statement, principal) => {
  expect(foreignPrincipals(policy(allow({ Principal: { AWS: own } }), statement), own)).toEqual([principal]);
});

test('a single statement is read, and a text that is not a policy is an error', () => {
  expect(foreignPrincipals(JSON.stringify({ Statement: allow({ Principal: '*' }) }), own)).toEqual(['*']);
  for (const text of ['', '[]', '{}', '{"Statement":[]}']) expect(() => foreignPrincipals(text, own)).toThrow();
});

test('grants to the account and to services are not foreign, others are', () => {
  const grants = [
    { GrantId: 'a', GranteePrincipal: `arn:aws:iam::${own}:role/a` },
    { GrantId: 'b', GranteePrincipal: 'rds.eu-west-3.amazonaws.com' },
    { GrantId: 'c', GranteeServicePrincipal: 'dynamodb.amazonaws.com' },
    { GrantId: 'd', GranteePrincipal: `arn:aws:iam::${other}:user/x` },
    { GrantId: 'e', GranteePrincipal: 'AROAEXAMPLEEXAMPLE123' },
    { GrantId: 'f' },
  ];
  expect(foreignGrantees(grants, own)).toEqual([
    { grant: 'd', to: `arn:aws:iam::${other}:user/x` },
    { grant: 'e', to: 'AROAEXAMPLEEXAMPLE123' },
    { grant: 'f', to: 'an unnamed principal' },
  ]);
});
