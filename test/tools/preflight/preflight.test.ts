// The preflight over the protocols of the SDK: what it finds in an account that is ready, and in one that is not.
import { spawnSync } from 'node:child_process';
import { openAccount } from '../../../tools/preflight/account';
import { type Line, linesOf } from '../../../tools/preflight/line';
import { checksOf } from '../../../tools/preflight/preflight';
import { summary, table } from '../../../tools/preflight/print';
import { resourcesOf } from '../../../tools/preflight/templates';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';
import { commandArguments } from '../command-arguments';
import { answersBefore, executionRole } from './deployed-account';
import { site } from './production-site';
import { type ListedResource, type Played, type StandIn, startStandIn } from './stand-in';

const { stacks } = synthesized('production');
const resources = resourcesOf(stacks);
const { region } = site;

const parameters = Object.fromEntries(
  resources
    .filter(({ type }) => type === 'AWS::RDS::DBClusterParameterGroup')
    .flatMap(({ properties }) => Object.entries(properties.Parameters as Record<string, string>)),
);

const empty: Played = {
  account: '111111111111',
  quotas: {},
  stacks: { CDKToolkit: { status: 'UPDATE_COMPLETE', bootstrap: '30' } },
  blockPublicAccess: 'off',
  existing: [],
  parameters,
  buckets: {},
  denied: [],
  answers: answersBefore(site),
};

const analyzer = 'arn:aws:access-analyzer:eu-west-3:111111111111:analyzer/console';
const webAcl: ListedResource = {
  ...{ type: 'AWS::WAFv2::WebACL', identifier: 'production-edge|0a1b|REGIONAL' },
  properties: { Name: 'production-edge', Scope: 'REGIONAL' },
};
const queryLog: ListedResource = {
  ...{ type: 'AWS::Route53Resolver::ResolverQueryLoggingConfig', identifier: 'rqlc-0a1b' },
  properties: { Name: 'production-dns-queries' },
};

/** Every role but one exists. */
const rolesWithout = (name: string) => {
  const { GetRole: roleOf } = answersBefore(site);
  return (input: { readonly parameters: Readonly<Record<string, string>> }): object =>
    input.parameters.RoleName === name ? {} : (roleOf?.({ region, ...input }) ?? {});
};

let standIn: StandIn | undefined;
const before = { ...process.env };
afterEach(async () => {
  await standIn?.close();
  process.env = { ...before };
});

/** All lines of the preflight against an account; the SDK takes endpoint and credentials from the environment. */
async function preflight(played: Partial<Played> = {}): Promise<readonly Line[]> {
  standIn = await startStandIn({ ...empty, ...played });
  Object.assign(process.env, { AWS_ENDPOINT_URL: standIn.url, AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' });
  const account = await openAccount(region, undefined);
  const lines: Line[] = [];
  for (const check of checksOf(account, stacks, site)) lines.push(...(await linesOf(check)));
  return lines;
}

const verdictsOf = (lines: readonly Line[], check: RegExp) => lines.filter((line) => check.test(line.check)).map(({ verdict }) => verdict);

test('an empty account that is bootstrapped and has large quotas is ready; the rest is for later', async () => {
  const lines = await preflight();
  expect(lines.filter(({ verdict }) => verdict === 'change' || verdict === 'unknown')).toEqual([]);
  expect(verdictsOf(lines, /^pinned sessions/)).toEqual(['later']);
  expect(summary(lines)).toMatch(/^\d+ checks: 0 change, 0 unknown, \d+ later, \d+ ready$/);
});

test('only operations that read are called', async () => {
  await preflight();
  expect(standIn?.calls.filter((operation) => !/^(?:Get|Describe|List|Lookup|Simulate|GET )/.test(operation))).toEqual([]);
});

describe.each<readonly [string, Partial<Played>, RegExp, RegExp]>([
  ['no bootstrap', { stacks: {} }, /^bootstrap/, /npm run bootstrap -- --deployment production --site home --account 111111111111/],
  ['an old bootstrap', { stacks: { CDKToolkit: { status: 'CREATE_COMPLETE', bootstrap: '20' } } }, /^bootstrap/, /npm run bootstrap/],
  [
    'an execution role without a boundary',
    { answers: { ...answersBefore(site), GetRole: () => ({ Role: {} }) } },
    /^execution role/,
    /npm run bootstrap/,
  ],
  [
    'an execution role with another boundary',
    { answers: { ...answersBefore(site), GetRole: () => executionRole('arn:aws:iam::111111111111:policy/other') } },
    /^execution role/,
    /npm run bootstrap/,
  ],
  ['exactly 100 executions', { quotas: { 'L-B99A9384': 100 } }, /^quota: Lambda/, /--desired-value 1\d\d/],
  ['too few processors', { quotas: { 'L-1216C47A': 5 } }, /^quota: EC2 On-Demand/, /--desired-value/],
  [
    'firewalls of another deployment',
    { firewalls: ['a-1', 'a-2', 'a-3'] },
    /^quota: Network Firewall/,
    /--quota-code L-FIREWALLS --desired-value 6/,
  ],
  [
    'policies of log groups that others made',
    { logPolicies: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] },
    /^quota: resource policies of CloudWatch Logs/,
    /^aws logs describe-resource-policies --policy-scope ACCOUNT .* aws logs delete-resource-policy --policy-name NAME --region eu-west-3$/m,
  ],
  ['too few addresses', { quotas: { 'L-0263D0A3': 2 } }, /^quota: EC2 Elastic IP/, /--desired-value/],
  ['too few virtual private gateways', { quotas: { 'L-7029FAB6': 0 } }, /^quota: Virtual private gateways/, /--desired-value 1 /],
  [
    'no role of Site-to-Site VPN',
    { answers: { ...answersBefore(site), GetRole: rolesWithout('AWSServiceRoleForVPCS2SVPN') } },
    /^service-linked role/,
    /^aws iam create-service-linked-role --aws-service-name s2svpn\.amazonaws\.com$/m,
  ],
  [
    'a customer gateway of an earlier deployment',
    { listed: [{ type: 'AWS::EC2::CustomerGateway', identifier: 'cgw-0a1b', properties: { DeviceName: 'production-1' } }] },
    /^AWS::EC2::CustomerGateway production-1/,
    /--identifier cgw-0a1b /,
  ],
  ['another holder of the block', { blockPublicAccess: 'block-ingress' }, /^VPC Block Public Access/, /network\.blockPublicAccess: false/],
  [
    'an analyzer of another owner',
    { listed: [{ type: 'AWS::AccessAnalyzer::Analyzer', identifier: analyzer, properties: { Type: 'ACCOUNT' }, withoutProperties: true }] },
    /^access analyzer in eu-west-3/,
    /^aws accessanalyzer delete-analyzer --analyzer-name console --region eu-west-3$/m,
  ],
  [
    'a stack that failed',
    { stacks: { ...empty.stacks, 'production-edge': { status: 'ROLLBACK_COMPLETE' } } },
    /^stack production-edge/,
    /delete-stack/,
  ],
  [
    'a provider of GitHub that others use',
    { existing: ['arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com'] },
    /^AWS::IAM::OIDCProvider https:\/\/token\.actions/,
    /^set access\.deployer\.provider: existing in the configuration$/m,
  ],
  [
    'a service-linked role of an earlier deployment',
    { existing: ['AWSServiceRoleForAutoScaling_production-home'] },
    /^AWS::IAM::ServiceLinkedRole/,
    /aws cloudcontrol delete-resource --type-name AWS::IAM::ServiceLinkedRole --identifier AWSServiceRoleForAutoScaling_production-home/,
  ],
  [
    'a log group of an earlier deployment',
    { existing: ['/rempart/production/trail'] },
    /^AWS::Logs::LogGroup/,
    /--import-existing-resources/,
  ],
  [
    'a web ACL of an earlier deployment',
    { listed: [webAcl] },
    /^AWS::WAFv2::WebACL production-edge/,
    /^aws cloudcontrol delete-resource --type-name AWS::WAFv2::WebACL --identifier 'production-edge\|0a1b\|REGIONAL' --region eu-west-3$/m,
  ],
  [
    'a query log of an earlier deployment, listed without its name',
    { listed: [{ ...queryLog, withoutProperties: true }] },
    /^AWS::Route53Resolver::ResolverQueryLoggingConfig production-dns-queries/,
    /--identifier rqlc-0a1b /,
  ],
  [
    'a policy of log groups of an earlier deployment',
    { existing: ['production-edge-log-delivery'] },
    /^AWS::Logs::ResourcePolicy/,
    /--import-existing-resources/,
  ],
  ['a parameter that the family lacks', { parameters: {} }, /^parameter /, /describe-engine-default-cluster-parameters/],
])('%s', (_, played, check, command) => {
  test('needs a change, with the command', async () => {
    const lines = (await preflight(played)).filter((line) => check.test(line.check));
    expect(lines.map(({ verdict }) => verdict)).toContain('change');
    expect(lines.map((line) => line.command).join('\n')).toMatch(command);
  });
});

test('firewalls of the own deployment count once', async () => {
  const lines = await preflight({ firewalls: ['production-egress-1', 'production-egress-2', 'production-egress-3'] });
  expect(verdictsOf(lines, /^quota: Network Firewall/)).toEqual(['ready']);
});

test('policies of log groups of the own deployment count once, and others fill the quota', async () => {
  const own = ['production-edge-log-delivery', 'production-network-log-delivery', 'production-tunnel-log-delivery'];
  const lines = await preflight({ logPolicies: [...own, 'a', 'b', 'c', 'd', 'e', 'f', 'g'] });
  expect(lines.find(({ check }) => check.startsWith('quota: resource policies'))).toMatchObject({
    ...{ verdict: 'ready', found: '7 besides the 3 of the deployment', wanted: 'at most 7, of a quota of 10' },
  });
});

test.each([
  ['the own stack holds it', [webAcl], { FirewallWebAcl5A849C4E: webAcl.identifier }],
  ['it has another name', [{ ...webAcl, properties: { Name: 'production-edge-two', Scope: 'REGIONAL' } }], {}],
  ['it is of CloudFront', [{ ...webAcl, properties: { Name: 'production-edge', Scope: 'CLOUDFRONT' } }], {}],
] as const)('a web ACL is no finding: %s', async (_, listed, ids) => {
  const edge = { status: 'UPDATE_COMPLETE', resources: ids };
  const lines = await preflight({ listed, stacks: { ...empty.stacks, 'production-edge': edge } });
  expect(verdictsOf(lines, /^(?:AWS::WAFv2|fixed names)/)).toEqual(['ready']);
});

test('a name that the own stack holds is no finding', async () => {
  const trail = '/rempart/production/trail';
  const account = { status: 'UPDATE_COMPLETE', resources: { AuditTrailLogGroup28BB9333: trail } };
  const lines = await preflight({ existing: [trail], stacks: { ...empty.stacks, 'production-account': account } });
  expect(verdictsOf(lines, /^(?:AWS::Logs|fixed names)/)).toEqual(['ready']);
});

test('a name that a rolled back stack retained needs a change', async () => {
  const trail = '/rempart/production/trail';
  const account = { status: 'ROLLBACK_COMPLETE', left: { AuditTrailLogGroup28BB9333: trail } };
  const lines = await preflight({ existing: [trail], stacks: { ...empty.stacks, 'production-account': account } });
  expect(verdictsOf(lines, /^AWS::Logs::LogGroup/)).toEqual(['change']);
});

test('a denied call is one line that cannot be read, and hides no other', async () => {
  const lines = await preflight({ denied: ['GetServiceQuota'] });
  expect(lines.filter(({ verdict }) => verdict === 'unknown')).toMatchObject([
    { check: 'quotas', found: expect.stringMatching(/^AccessDenied/) },
  ]);
  expect(verdictsOf(lines, /^bootstrap/)).toEqual(['ready']);
});

test('after the deployment, sessions that are pinned and policies that a service changed need a change', async () => {
  const lines = await preflight({
    metrics: { DatabaseConnectionsCurrentlySessionPinned: 3 },
    stacks: { ...empty.stacks, 'production-account': { status: 'CREATE_COMPLETE', resources: { AuditArchive60EBC247: 'auditarchive' } } },
    buckets: { auditarchive: { objects: 0, sids: ['Own', 'AWSLogDeliveryWrite1'] } },
    denied: ['GET notification', 'LookupEvents'],
  });
  expect(verdictsOf(lines, /^pinned sessions/)).toEqual(['change']);
  expect(verdictsOf(lines, /^(?:logs in|policy of) auditarchive/)).toEqual(['change', 'change']);
});

test('credentials of another account are refused', async () => {
  standIn = await startStandIn(empty);
  Object.assign(process.env, { AWS_ENDPOINT_URL: standIn.url, AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' });
  await expect(openAccount(region, '222222222222')).rejects.toThrow(/^account: expected 222222222222 .* got 111111111111; choose/);
});

describe('npm run preflight', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, commandArguments('tools/preflight.ts', ...args), {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { PATH: before.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
    });

  test('prints its usage', () => expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('read-only calls') }));

  test('without credentials it prints how to get some', () => {
    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^credentials: expected credentials of an account, got .*; sign in/m),
    });
  });

  test('refuses a site that there is not', () => {
    expect(run('--site', 'moon')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^--site: expected home or recovery, got moon/),
    });
  });
});

test('the table shows what needs a change first, with its command', () => {
  const line = { found: '1', wanted: '2', command: 'aws x' };
  const text = table([
    { ...line, check: 'a', verdict: 'ready' },
    { ...line, check: 'b', verdict: 'change' },
  ]);
  expect(text).toBe(
    'change  b: found 1; wanted 2\n        aws x\nready   a: found 1; wanted 2\n\n2 checks: 1 change, 0 unknown, 0 later, 1 ready',
  );
});
