// The facts that only an account shows: each check against an account after the deployment, and against one that
// differs in this fact.
import { openAccount } from '../../../tools/preflight/account';
import { type Line, linesOf } from '../../../tools/preflight/line';
import { signInsOf } from '../../../tools/preflight/live/sign-in';
import { checksOf } from '../../../tools/preflight/preflight';
import { resourcesOf } from '../../../tools/preflight/templates';
import { after, before, key, own, region, stacks } from './accounts';
import { account, grant, grantEvent, simulation } from './deployed-account';
import { facts } from './live-facts';
import { site } from './production-site';
import { signInFacts } from './sign-in-facts';
import { type Played, type StandIn, startStandIn } from './stand-in';

let standIn: StandIn | undefined;
const environment = { ...process.env };
afterEach(async () => {
  await standIn?.close();
  process.env = { ...environment };
});

/** The lines of the checks of an account, of all or of one by its name. */
async function linesOfAccount(played: Played, of?: string): Promise<readonly Line[]> {
  standIn = await startStandIn(played);
  Object.assign(process.env, { AWS_ENDPOINT_URL: standIn.url, AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' });
  const checks = checksOf(await openAccount(region, undefined), stacks, site).filter(({ name }) => of === undefined || name === of);
  expect(checks.length).toBeGreaterThan(0);
  const lines: Line[] = [];
  for (const check of checks) lines.push(...(await linesOf(check)));
  return lines;
}

describe.each([...facts, ...signInFacts])('$name', ({ of, subject, first, broken, found, command }) => {
  test('needs a change', async () => {
    const played = { ...after, ...broken, answers: { ...after.answers, ...broken.answers } };
    const changed = (await linesOfAccount(played, of)).filter(({ check, verdict }) => subject.test(check) && verdict === 'change');
    expect(changed[0]).toMatchObject({ found: expect.stringMatching(found), command: expect.stringMatching(command) });
  });

  test('is searched, and absent in the account of the templates', () => {
    expect(linesAfter.filter(({ check }) => subject.test(check)).map(({ verdict }) => verdict)).toContain('ready');
    expect(new Set(linesBefore.filter(({ check }) => subject.test(check)).map(({ verdict }) => verdict))).toEqual(new Set([first]));
  });
});

let linesBefore: readonly Line[] = [];
let linesAfter: readonly Line[] = [];
beforeAll(async () => {
  linesBefore = await linesOfAccount(before);
  await standIn?.close();
  linesAfter = await linesOfAccount(after);
  await standIn?.close();
});

const unmet = (lines: readonly Line[]) =>
  lines.filter(({ check, verdict }) => (verdict === 'change' || verdict === 'unknown') && !check.startsWith('parameter '));

test('an account before the deployment, and one after it, need no change', () => {
  expect(unmet(linesBefore)).toEqual([]);
  expect(unmet(linesAfter)).toEqual([]);
});

test('facts that a person reads are for later, before and after, with the command', () => {
  const later = linesAfter.filter(({ verdict }) => verdict === 'later').map(({ check, command }) => `${check}: ${command}`);
  expect(later).toEqual([
    expect.stringMatching(/^a grant by a person on VpnKey.*: aws kms create-grant --dry-run .* --operations Sign /),
    expect.stringMatching(
      /^a grant by a person on DeploymentKey.*: aws kms create-grant --dry-run --key-id DeploymentKey\w+-id .* --operations Decrypt /,
    ),
    expect.stringMatching(/^a grant by a person on AuditKey.*: aws kms create-grant --dry-run /),
    expect.stringMatching(/^a grant by a person on BackupsKey.*: aws kms create-grant --dry-run /),
    expect.stringMatching(/^a grant by a person on DataKey.*: aws kms create-grant --dry-run /),
    expect.stringMatching(/SELECT pg_has_role\('rempart_master', 'rds_iam', 'MEMBER'\)"$/),
    expect.stringMatching(/^database: pgaudit\.log: psql .*--command="SHOW pgaudit\.log"$/),
    expect.stringMatching(/^database: the extension pgaudit: psql .* WHERE extname = 'pgaudit'"$/),
    expect.stringMatching(/^database: rds\.force_ssl: psql --username=rempart_master --dbname=rempart --command="SHOW rds\.force_ssl"$/),
  ]);
  expect(linesAfter.find(({ check }) => check === 'database: pgaudit.log')?.wanted).toBe('ddl,role');
});

describe('before the first deployment', () => {
  const leftLogs = 'log groups of an earlier deployment';
  const left = (...names: readonly string[]): Played => ({
    ...before,
    answers: {
      ...before.answers,
      DescribeLogGroups: ({ parameters: { logGroupNamePrefix: prefix = '' } }) => ({
        logGroups: names.filter((name) => name.startsWith(prefix)).map((logGroupName) => ({ logGroupName })),
      }),
    },
  });

  test.each([
    '/rempart/production/trail',
    '/aws/rds/cluster/production-data/upgrade',
    '/aws/rds/proxy/production-data',
    'aws-waf-logs-production-edge',
  ])('the log group %s needs a change', async (name) => {
    const changed = (await linesOfAccount(left(name), leftLogs)).filter(({ verdict }) => verdict === 'change');
    expect(changed).toMatchObject([{ found: name, command: expect.stringContaining(`delete-log-group --log-group-name ${name} `) }]);
  });

  test('the log groups of a deployment whose name begins like this one are no finding', async () => {
    const names = ['/rempart/production-two/trail', '/aws/rds/cluster/production-data-two/postgresql', 'aws-waf-logs-production-edge-two'];
    expect(unmet(await linesOfAccount(left(...names), leftLogs))).toEqual([]);
  });

  test('a CAA record of the name needs a change, with the command that deletes it', async () => {
    const lines = await linesOfAccount({ ...before, answers: { ...before.answers, ...own } }, 'CAA records');
    expect(lines).toMatchObject([{ verdict: 'change', command: expect.stringMatching(/--change-batch '{"Changes":\[{"Action":"DELETE"/) }]);
  });

  test('a bucket that an earlier deployment retained without policy needs a change', async () => {
    const lines = await linesOfAccount(
      { ...before, buckets: { [`production-archive-${account}-eu-west-3`]: { objects: 0 } } },
      'policies of buckets',
    );
    expect(unmet(lines)).toMatchObject([{ check: expect.stringMatching(/production-archive/), found: 'no policy' }]);
  });
});

describe('grants', () => {
  const functionRole = Object.keys(after.stacks['production-data']?.resources ?? {}).find((id) => /FunctionRole/.test(id));
  test.each([
    ['a role of the deployment', `arn:aws:iam::${account}:role/${functionRole}-id`, false],
    ['a session of such a role', `arn:aws:sts::${account}:assumed-role/${functionRole}-id/function`, false],
    ['the infrastructure of EC2', `arn:aws:sts::${account}:assumed-role/aws:ec2-infrastructure/i-0123456789`, false],
    ['another role', `arn:aws:iam::${account}:role/other`, true],
    ['a role of that name in another account', `arn:aws:iam::222222222222:role/${functionRole}-id`, true],
  ])('to %s', async (_, principal, expected) => {
    const played = { ...after, answers: { ...after.answers, ListGrants: () => ({ Grants: [grant(principal)] }) } };
    expect(unmet(await linesOfAccount(played, 'grants of keys')).length > 0).toBe(expected);
  });

  test('events of other keys are no answer', async () => {
    const answers = { ...after.answers, LookupEvents: () => ({ Events: [grantEvent('other', { arn: 'eve' })] }) };
    expect(await linesOfAccount({ ...after, answers }, 'grants that the trail recorded')).toMatchObject([
      { verdict: 'later', found: 'no grant' },
    ]);
  });

  test('a person who is refused a grant is no fault', async () => {
    const answers = { ...after.answers, LookupEvents: () => ({ Events: [grantEvent(key, { arn: 'eve' }, 'AccessDenied')] }) };
    expect(await linesOfAccount({ ...after, answers }, 'grants that the trail recorded')).toMatchObject([{ verdict: 'ready' }]);
  });
});

test('Aurora writes the log of failed sign-ins at the first failure', async () => {
  const answers = { ...after.answers, DescribeLogStreams: () => ({ logStreams: [] }) };
  const lines = await linesOfAccount({ ...after, answers }, 'logs of the database');
  expect(lines.filter(({ verdict }) => verdict === 'later')).toMatchObject([{ check: expect.stringMatching(/iam-db-auth-error$/) }]);
});

describe('sign-ins to the database', () => {
  const resources = resourcesOf(stacks);

  test('are those of every role that the templates allow one, as a user of the database', () => {
    const signIns = signInsOf(resources);
    const policies = resources.filter((resource) => JSON.stringify(resource.properties).includes('rds-db:connect'));
    expect(policies.length).toBeGreaterThan(2);
    expect(new Set(signIns.map(({ role }) => role))).toEqual(
      new Set(policies.flatMap(({ properties }) => ((properties.Roles ?? []) as { Ref: string }[]).map(({ Ref }) => Ref))),
    );
    expect(
      signIns.filter(
        ({ user }) => !/^(?:rempart_(?:admission|application|maintenance|validation)|(?:auditor|support)_preflight)$/.test(user),
      ),
    ).toEqual([]);
    const direct = signIns.filter(({ to }) => to === 'database').map(({ role }) => role.replace(/Role.*/, ''));
    expect(direct.sort()).toEqual(['Proxy', 'Proxy', 'RestoreValidationReader', 'StaffAccess', 'StaffReads', 'StaffReads']);
  });

  test('an answer without the effect of the boundary is no answer', async () => {
    const [member] = simulation('allowed', true).EvaluationResults.member.map(({ ResourceSpecificResults: _, ...rest }) => rest);
    const answers = { ...after.answers, SimulatePrincipalPolicy: () => ({ EvaluationResults: { member } }) };
    const lines = await linesOfAccount({ ...after, answers }, 'permissions to sign in to the database');
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(lines[0]?.found).toMatch(/^allowed \(no boundary in the answer\) with/);
  });

  test('a proxy without data is for later, with the command that reads them', async () => {
    expect(await linesOfAccount({ ...after, metrics: {} }, 'sign-ins of functions to the database')).toMatchObject([
      { verdict: 'later', found: 'no data', command: expect.stringMatching(/^aws cloudwatch get-metric-statistics/) },
    ]);
  });
});
