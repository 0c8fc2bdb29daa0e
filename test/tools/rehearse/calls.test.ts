// The calls of roles: each is allowed in the templates, and each policy on the way that is changed is found.
import { rehearseCalls } from '../../../tools/rehearse/calls';
import { declaredCalls } from '../../../tools/rehearse/declared-calls';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { changed, production, removed, withText } from './faults/fault';

type Changes = Parameters<typeof changed>[1];

const refusals = async (changes: Changes) => {
  const rows = await rehearseCalls(new StandIn(changed(production, changes).assembly));
  return rows.filter(({ allowed }) => !allowed).map((row) => `${row.role} ${row.action} ${row.optionalKeys}: ${row.reason}`);
};

test('each call of production is allowed', async () => {
  const rows = await rehearseCalls(new StandIn(production.assembly));
  expect(rows.length).toBeGreaterThan(500);
  expect(rows.filter(({ allowed }) => !allowed)).toEqual([]);
});

test.each<[string, Changes, string]>([
  [
    'a role that lost a permission',
    { 'collection/SiteSnapshotFunctionPermissions': withText('"s3:PutObject"', '"s3:GetObject"') },
    'collection/SiteSnapshotFunctionRole s3:PutObject absent: not allowed by the permissions of the role',
  ],
  [
    'a role that lost its policy',
    { 'data/UpkeepFunctionPermissions': removed },
    'data/UpkeepFunctionRole rds-db:connect present: not allowed by the permissions of the role',
  ],
  [
    'a boundary that denies',
    { 'account/BoundaryPolicy': withText('"Statement":[', '"Statement":[{"Effect":"Deny","Action":"rds-db:*","Resource":"*"},') },
    'data/UpkeepFunctionRole rds-db:connect present: denied by the permissions boundary',
  ],
  [
    'a boundary that denies where a key is absent',
    {
      'account/BoundaryPolicy': withText(
        '"Statement":[',
        '"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpc":"vpc-0123456789abcdef0"}}},',
      ),
    },
    'collection/SiteSnapshotFunctionRole s3:PutObject absent: denied by the permissions boundary',
  ],
  [
    'a bucket policy that denies',
    {
      'data/SettingsPolicy': withText(
        '"Statement":[',
        '"Statement":[{"Effect":"Deny","Action":"s3:PutObject","Resource":"*","Principal":{"AWS":"*"}},',
      ),
    },
    'collection/SiteSnapshotFunctionRole s3:PutObject present: denied by the resource policy',
  ],
  [
    'an endpoint policy without the bucket',
    { 'network/EndpointsS3': withText('"Resource":"*"', '"Resource":"arn:aws:s3:::others/*"') },
    's3:GetObject present: not allowed by the endpoint policy',
  ],
  [
    'a key policy without the delegation to the account',
    { 'data/DataKey': withText('"kms:*"', '"kms:ListKeys"') },
    'kms:Decrypt present: not allowed by the resource policy',
  ],
])('%s', async (_, changes, refusal) => {
  expect((await refusals(changes)).filter((row) => row.includes(refusal))).not.toEqual([]);
});

test('the contract of a role has concrete resources, and a role without a contract has none', () => {
  const standIn = new StandIn(production.assembly);
  const [connect] = declaredCalls('data/UpkeepFunctionRole', standIn).filter(({ action }) => action === 'rds-db:connect');
  expect(connect?.resource).toMatch(/^arn:aws:rds-db:eu-west-3:111122223333:dbuser:prx-[0-9a-f]{17}\/rempart_maintenance$/);
  expect(declaredCalls('data/AnotherRole', standIn)).toEqual([]);
});
