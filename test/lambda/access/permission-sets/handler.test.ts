// The examination as the schedule calls it, in a mocked account: the client's `send` keeps the roles of IAM and
// returns outputs with the SDK's types.
import * as iam from '@aws-sdk/client-iam';
import type { handler as Handler } from '../../../../lambda/access/permission-sets/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const account = '111122223333';
const boundary = `arn:aws:iam::${account}:policy/production-boundary-eu-west-3`;
const variables = {
  ...{ AWS_REGION: 'eu-west-3', DEPLOYMENT: 'production', METRIC_NAMESPACE: 'Rempart/Probes' },
  ...{ ACCOUNT: account, SETS: 'it-team,it-team_production', BOUNDARY: `arn:aws:iam::${account}:policy/production-boundary-*` },
};
const path = '/aws-reserved/sso.amazonaws.com/eu-west-1/';
const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${account}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE` },
      Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
      Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    },
  ],
};

const roleOf = (RoleName: string, more: Partial<iam.Role> = {}): iam.Role => ({
  ...{ RoleName, Path: path, RoleId: 'AROAEXAMPLE', Arn: `arn:aws:iam::${account}:role${path}${RoleName}`, CreateDate: new Date(0) },
  ...{ MaxSessionDuration: 43_200, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) },
  PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary },
  ...more,
});

let roles: iam.Role[];
let deleted: string[];
let refused: Record<string, Error>;
let written: string[];

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof iam.ListRolesCommand) {
    const { PathPrefix = '/', Marker = '0' } = command.input;
    const below = roles.filter(({ Path = '' }) => Path.startsWith(PathPrefix));
    const [found] = below.slice(Number(Marker));
    const next = String(Number(Marker) + 1);
    // The list has no boundaries.
    const Roles = found ? [{ ...found, PermissionsBoundary: undefined }] : [];
    return { Roles, ...(Number(next) < below.length ? { IsTruncated: true, Marker: next } : {}) };
  }
  if (command instanceof iam.GetRoleCommand) {
    const Role = roles.find(({ RoleName }) => RoleName === command.input.RoleName);
    if (!Role || deleted.includes(Role.RoleName ?? '')) throw new iam.NoSuchEntityException({ message: 'no such role', $metadata: {} });
    return { Role };
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const sentActions = recordSends(iam.IAMClient);
restoreAfterEach();

beforeEach(() => {
  roles = [
    roleOf('AWSReservedSSO_it-team_0123456789abcdef'),
    roleOf('AWSReservedSSO_it-team_production_fedcba9876543210', { Path: '/aws-reserved/sso.amazonaws.com/' }),
    roleOf('production-it-team-eu-west-3', { Path: '/' }),
  ];
  deleted = [];
  refused = {};
  jest.spyOn(iam.IAMClient.prototype, 'send').mockImplementation(async (command: object) => answer(command));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

async function run() {
  written = [];
  await loadHandler<{ handler: typeof Handler }>('access/permission-sets', variables, { '@aws-sdk/client-iam': iam }).handler();
  return JSON.parse(written[0] ?? '');
}

test('the sets on every page have no finding, and roles of other paths are not examined', async () => {
  expect(await run()).toMatchObject({ Probe: 'permission-sets', Findings: 0, Completed: 1, clause: 'TOM-3.2', looked: { roles: 2 } });
});

test('a set on the last page, a missing boundary and a foreign trust are findings', async () => {
  const open = { ...trust, Statement: [...trust.Statement, { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] };
  roles = [
    roleOf('AWSReservedSSO_it-team_0123456789abcdef', {
      PermissionsBoundary: undefined,
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(open)),
    }),
    roleOf('AWSReservedSSO_AdministratorAccess_0123456789abcdef'),
  ];
  const { findings, Findings } = await run();
  expect(Findings).toBe(3);
  expect(findings.map(({ id }: { id: string }) => id.split('::')[1])).toEqual(['boundary', 'trust', 'set']);
});

test('a role without a policy in the answer is a finding', async () => {
  roles = [roleOf('AWSReservedSSO_it-team_0123456789abcdef', { AssumeRolePolicyDocument: undefined })];
  expect(await run()).toMatchObject({ Findings: 1, findings: [{ found: '' }] });
});

test('a role that IAM Identity Center deletes after the list is no finding; an account without any is one', async () => {
  deleted = ['AWSReservedSSO_it-team_production_fedcba9876543210'];
  expect(await run()).toMatchObject({ Findings: 0, Completed: 1 });
  roles = [];
  expect(await run()).toMatchObject({ Findings: 1, findings: [{ id: 'roles' }] });
});

test.each(['ListRolesCommand', 'GetRoleCommand'])('a refused %s fails the run', async (name) => {
  refused = { [name]: Object.assign(new Error('not authorized'), { name: 'AccessDenied' }) };
  await expect(run()).rejects.toThrow('permission-sets: expected a complete run for production');
});

test('the handler sends the declared calls and no others', async () => {
  await run();
  expect([...sentActions()].sort()).toEqual(declaredActions('permission-sets'));
});
