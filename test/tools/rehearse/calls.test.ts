// The calls of roles: each is allowed in the templates, and each policy on the way that is changed is found.
import { controlCalls } from '../../../lib/config/calls';
import { bootObjects } from '../../../lib/tom/world/identity-values';
import { rehearseCalls } from '../../../tools/rehearse/calls';
import { certificateModes, certificateRole, deploymentIn } from '../../../tools/rehearse/certificate-modes';
import { declaredCalls, omittedCalls } from '../../../tools/rehearse/declared-calls';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { changed, production, removed, withText } from './faults/fault';

type Changes = Parameters<typeof changed>[1];

/** The refused calls: those of the role with which `wanted` begins, or of all roles. */
const refusals = async (changes: Changes, wanted: string) => {
  const role = /^\w+\/\w+Role(?= )/.exec(wanted) ?? undefined;
  const rows = await rehearseCalls(new StandIn(changed(production, changes).assembly), role);
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
    'an endpoint policy that refuses what servers send',
    { 'network/EndpointsKinesis': withText('"kinesis:*"', '"kinesis:GetRecords"') },
    'collection/CollectorsRole kinesis:PutRecords present: not allowed by the endpoint policy',
  ],
  [
    'an endpoint policy that requires a key which servers do not always send',
    {
      'network/EndpointsS3': withText('"aws:PrincipalAccount":', '"aws:PrincipalOrgID":"o-exampleorgid","aws:PrincipalAccount":'),
    },
    'collection/CollectorsRole s3:GetObject absent: not allowed by the endpoint policy',
  ],
  [
    'a boundary that denies servers outside a VPC',
    {
      'account/BoundaryPolicy': withText(
        '"Statement":[',
        '"Statement":[{"Effect":"Deny","Action":"kinesis:*","Resource":"*","Condition":{"Null":{"aws:SourceVpc":"true"}}},',
      ),
    },
    'collection/CollectorsRole kinesis:PutRecords absent: denied by the permissions boundary',
  ],
  [
    'a key policy without the delegation to the account',
    { 'data/DataKey': withText('"kms:*"', '"kms:ListKeys"') },
    'kms:Decrypt present: not allowed by the resource policy',
  ],
])('%s', async (_, changes, refusal) => {
  expect((await refusals(changes, refusal)).filter((row) => row.includes(refusal))).not.toEqual([]);
});

test.each(certificateModes)('each call of the certificate in the mode %s is declared, concrete and allowed', async (mode) => {
  const standIn = new StandIn(deploymentIn(mode).assembly);
  const own = controlCalls.certificate.filter(({ modes }) => modes === undefined || modes.includes(mode));
  const declared = declaredCalls(certificateRole, standIn);
  expect(declared.map(({ action }) => action)).toEqual(expect.arrayContaining(own.flatMap(({ actions }) => actions)));
  expect(declared.filter(({ resource, conditions }) => /[<$]/.test(`${resource} ${JSON.stringify(conditions)}`))).toEqual([]);
  const rows = await rehearseCalls(standIn, [certificateRole]);
  expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(declared.map(({ action }) => action)));
  expect(rows.filter(({ allowed }) => !allowed)).toEqual([]);
});

test('every declared call is rehearsed, or left out for a stated reason', () => {
  const standIn = new StandIn(production.assembly);
  expect(omittedCalls(standIn).map(({ role, reason }) => `${role}: ${reason}`)).toEqual([
    'access/PeopleClientDataTeamRole: access.instanceConnect is off',
    // test/lib/access/permission-sets.test.ts rehearses them.
    'access/PermissionSetsFunctionRole: production has no such function',
    'data/GeneratedDataFunctionRole: production has no such function',
  ]);
  const files = declaredCalls('collection/CollectorsRole', standIn).filter(({ resource }) => resource.includes(':s3:::cdk-'));
  expect(files.map(({ action }) => action)).toEqual(bootObjects(production.assembly).map(() => 's3:GetObject'));
  expect(files.length).toBeGreaterThan(5);
  expect(declaredCalls('data/UpkeepRole', standIn).map(({ action }) => action)).toContain('lambda:InvokeFunction');
});

test('the contract of a role has concrete resources, and a role without a contract has none', () => {
  const standIn = new StandIn(production.assembly);
  const [connect] = declaredCalls('data/UpkeepFunctionRole', standIn).filter(({ action }) => action === 'rds-db:connect');
  expect(connect?.resource).toMatch(/^arn:aws:rds-db:eu-west-3:111122223333:dbuser:prx-[0-9a-f]{17}\/rempart_maintenance$/);
  expect(declaredCalls('data/AnotherRole', standIn)).toEqual([]);
});
