// The bootstrap template: what its execution role may do, evaluated by AWS's policy logic; who may use its roles; and
// that the CDK accepts it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { peopleCalls } from '../../../lib/config/people-calls';
import { type Site, siteOf } from '../../../lib/config/site';
import type { Json } from '../../../lib/tom/template/assembly';
import { boundaryStatements, executionStatements } from '../../../tools/bootstrap/execution';
import { bootstrapVersion, namesOf, type Target, trustedBy } from '../../../tools/bootstrap/names';
import { targetOf } from '../../../tools/bootstrap/options';
import { bootstrapTemplate } from '../../../tools/bootstrap/template';
import { UsageError } from '../../../tools/command-line';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount as account } from '../../../tools/rehearse/stand-in';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { site as production } from '../preflight/production-site';
import { bounded, creations, customResource, ownRole } from './creations';

const region = 'eu-west-3';
const administrator = `arn:aws:iam::${account}:role/administrators`;
const access = {
  ...production.settings.access,
  deployer: { repository: 'example/rempart', provider: 'managed' as const },
  officeAddresses: ['192.0.2.0/24'],
};
const site: Site = { ...production, settings: { ...production.settings, access } };
const target: Target = { site, account, administrators: [administrator] };
const recovery: Target = { ...target, site: siteOf(site.deployment, 'recovery', site.settings, []) };
const elsewhere = (environment: 'staging'): Target => ({ ...target, site: { ...site, settings: { ...site.settings, environment } } });
const names = namesOf(target);
const iam = (rest: string): string => `arn:aws:iam::${account}:${rest}`;
const document = (statements: unknown) => ({ Version: '2012-10-17', Statement: statements }) as Json;

/** Policies of IAM decide about a key, as in the keys of the deployment. */
const accountDecides = document([{ Effect: 'Allow', Principal: { AWS: iam('root') }, Action: 'kms:*', Resource: '*' }]);

async function may(action: string, resource: string, context: Readonly<Record<string, string>> = {}, of = target): Promise<boolean> {
  const principal = iam(`role/${names.execution}`);
  const { allowed } = await evaluateRequest({
    ...{ principal, action, resource },
    identityPolicies: [{ name: 'execution', policy: document(executionStatements()) }],
    boundary: { name: 'boundary', policy: document(boundaryStatements(of)) },
    ...(resource.includes(':key/') ? { resourcePolicy: accountDecides } : {}),
    context: { 'aws:RequestedRegion': region, 'aws:PrincipalArn': principal, ...context },
  });
  return allowed;
}

/** Types of the reviewed templates, which a test keeps current. */
const reviewed = readdirSync(join(projectRoot, 'templates'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yaml'),
);
const types = [
  ...new Set(
    reviewed.flatMap((name) =>
      [...readFileSync(join(projectRoot, 'templates', name), 'utf8').matchAll(/^ {4}Type: ((?:AWS|Custom)::[\w:]+)$/gm)].map(
        ([, type = '']) => type,
      ),
    ),
  ),
];

describe('the execution role creates each type of the templates', () => {
  test.each(types)('%s', async (type) => {
    const needed = type.startsWith('Custom::') ? [customResource] : (creations[type] ?? []);
    expect(needed).not.toEqual([]);
    for (const [action, resource, context] of needed) expect([action, await may(action, resource, context)]).toEqual([action, true]);
  });

  test('and the table has no other type', () => {
    expect(types.length).toBeGreaterThan(60);
    expect(Object.keys(creations).filter((type) => !types.includes(type))).toEqual([]);
  });
});

const boundary = iam(`policy/production-boundary-${region}`);
const unbounded = { 'iam:PermissionsBoundary': iam('policy/other') };
const trail = `arn:aws:cloudtrail:${region}:${account}:trail/production-trail-${region}`;
const archive = 'arn:aws:s3:::production-account-auditarchive-1a2b';
const user = iam('user/mallory');

type Request = readonly [action: string, resource: string, context?: Readonly<Record<string, string>>];

const escalations: readonly Request[] = [
  ['iam:CreateUser', user],
  ['iam:CreateAccessKey', user],
  ['iam:CreateLoginProfile', user],
  ['iam:AttachUserPolicy', user],
  ['iam:PutUserPolicy', user],
  ['iam:AddUserToGroup', iam('group/administrators')],
  ['iam:CreateGroup', iam('group/administrators')],
  ['iam:CreateSAMLProvider', iam('saml-provider/x')],
  ['iam:CreateOpenIDConnectProvider', iam('oidc-provider/evil.example.com')],
  ['iam:UpdateAccountPasswordPolicy', '*'],
  ['iam:CreateRole', ownRole],
  ['iam:CreateRole', ownRole, unbounded],
  ['iam:CreateRole', iam('role/backdoor'), bounded],
  ['iam:PutRolePolicy', ownRole, unbounded],
  ['iam:AttachRolePolicy', ownRole],
  ['iam:AttachRolePolicy', iam('role/administrators'), bounded],
  ['iam:PutRolePermissionsBoundary', ownRole, unbounded],
  ['iam:DeleteRolePermissionsBoundary', ownRole, bounded],
  ['iam:DeleteRolePermissionsBoundary', iam(`role/${names.execution}`)],
  ['iam:UpdateAssumeRolePolicy', iam('role/administrators')],
  ['iam:DeleteRole', iam('role/administrators')],
  ['iam:PassRole', iam('role/administrators')],
  ['iam:PassRole', iam(`role/${names.execution}`)],
  ['sts:AssumeRole', iam('role/administrators')],
  ['sts:AssumeRole', iam(`role/${names.deploy}`)],
  ...['execution', 'deploy', 'publishing', 'lookup'].flatMap((role) =>
    ['iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:DeleteRole', 'iam:DeleteRolePolicy'].map(
      (action): Request => [...([action, iam(`role/${names[role as 'deploy']}`)] as const), { 'iam:PermissionsBoundary': boundary }],
    ),
  ),
  ...['iam:CreatePolicyVersion', 'iam:DeletePolicy', 'iam:DeletePolicyVersion', 'iam:SetDefaultPolicyVersion'].map(
    (action): Request => [action, iam(`policy/${names.boundary}`)],
  ),
  ['s3:PutBucketPolicy', `arn:aws:s3:::${names.bucket}`],
  ['s3:PutObject', `arn:aws:s3:::${names.bucket}/code.zip`],
  ['s3:DeleteObjectVersion', `arn:aws:s3:::${names.bucket}/code.zip`],
  ['ssm:PutParameter', `arn:aws:ssm:${region}:${account}:parameter${names.parameter}`],
  ['cloudformation:UpdateStack', `arn:aws:cloudformation:${region}:${account}:stack/CDKToolkit/1`],
  ['cloudtrail:DeleteTrail', trail],
  ['cloudtrail:StopLogging', trail],
  ['s3:DeleteBucket', archive],
  ['s3:DeleteBucketPolicy', archive],
  ['s3:BypassGovernanceRetention', `${archive}/cloudtrail/1`],
  ['s3:PutObjectRetention', `${archive}/cloudtrail/1`],
  ['s3:DeleteObjectVersion', `${archive}/cloudtrail/1`],
  ['s3:GetObject', `${archive}/cloudtrail/1`],
  ['s3:GetObject', `arn:aws:s3:::production-uploads-${account}-${region}/file`],
  ['backup:DeleteBackupVaultLockConfiguration', `arn:aws:backup:${region}:${account}:backup-vault:production`],
  ['kms:ScheduleKeyDeletion', `arn:aws:kms:${region}:${account}:key/1`],
  ['kms:DisableKey', `arn:aws:kms:${region}:${account}:key/1`],
  ['rds:DeleteDBCluster', `arn:aws:rds:${region}:${account}:cluster:production-data`],
  ['rds:ModifyDBClusterSnapshotAttribute', `arn:aws:rds:${region}:${account}:cluster-snapshot:x`],
  ['ec2:ModifySnapshotAttribute', `arn:aws:ec2:${region}::snapshot/snap-1`],
  ['rds-db:connect', `arn:aws:rds-db:${region}:${account}:dbuser:prx-1/rempart_application`],
  ['ssm:StartSession', `arn:aws:ec2:${region}:${account}:instance/i-1`],
  ['ssm:SendCommand', `arn:aws:ec2:${region}:${account}:instance/i-1`],
  ['ec2:CreateVpc', '*', { 'aws:RequestedRegion': 'us-east-1' }],
  [
    'rds:RestoreDBClusterFromSnapshot',
    `arn:aws:rds:${region}:${account}:cluster-snapshot:x`,
    { 'aws:ResourceTag/rempart:environment': 'staging' },
  ],
  ['organizations:LeaveOrganization', '*'],
  ['account:CloseAccount', '*'],
];

describe('the execution role cannot escalate', () => {
  test('by any of the requests', async () => {
    const allowed: Request[] = [];
    for (const request of escalations) if (await may(...request)) allowed.push(request);
    expect(allowed).toEqual([]);
    expect(escalations.length).toBeGreaterThan(70);
  });

  test('outside production a deployment is deleted whole, and stays bounded', async () => {
    for (const [action, resource] of [
      ['cloudtrail:DeleteTrail', trail],
      ['kms:ScheduleKeyDeletion', `arn:aws:kms:${region}:${account}:key/1`],
      ['rds:DeleteDBCluster', `arn:aws:rds:${region}:${account}:cluster:staging-data`],
    ] as const) {
      expect([action, await may(action, resource, {}, elsewhere('staging'))]).toEqual([action, true]);
    }
    expect(await may('iam:CreateUser', user, {}, elsewhere('staging'))).toBe(false);
  });
});

type Policies = Readonly<
  Record<string, { readonly AssumeRolePolicyDocument: Json; readonly Policies: readonly { PolicyDocument: Json }[] }>
>;
const rolesOf = (of: Target): Policies =>
  Object.fromEntries(
    Object.entries(bootstrapTemplate(of).Resources).flatMap(([id, { Type, Properties }]) =>
      Type === 'AWS::IAM::Role' ? [[id, Properties as unknown as Policies[string]]] : [],
    ),
  );

async function mayAssume(role: string, principal: string, context: Readonly<Record<string, string>> = {}, of = target): Promise<boolean> {
  const { allowed } = await evaluateRequest({
    ...{ principal, action: 'sts:AssumeRole', resource: iam(`role/${role}`) },
    identityPolicies: [{ name: 'all', policy: document([{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }]) }],
    resourcePolicy: rolesOf(of)[role]?.AssumeRolePolicyDocument,
    context: { 'aws:PrincipalArn': principal, ...context },
  });
  return allowed;
}

describe('the roles of the bootstrap', () => {
  const usable = ['DeploymentActionRole', 'FilePublishingRole', 'LookupRole'];

  test('trust the deployer of the site and the administrators alone', async () => {
    for (const role of usable) {
      expect(await mayAssume(role, iam(`role/production-deployer-${region}`))).toBe(true);
      expect(await mayAssume(role, administrator)).toBe(true);
      expect(await mayAssume(role, administrator, { 'sts:ExternalId': 'x' })).toBe(false);
      const others = ['it-team-eu-west-3', 'recovery-eu-west-3', 'deployer-eu-central-1'].map((name) => iam(`role/production-${name}`));
      for (const other of [...others, iam('role/staging-deployer-eu-west-3'), user, iam('role/administrators2')]) {
        expect([other, await mayAssume(role, other)]).toEqual([other, false]);
      }
    }
    expect(await mayAssume('CloudFormationExecutionRole', administrator)).toBe(false);
  });

  test('at the recovery site, the roles that recover too', async () => {
    for (const name of ['recovery-eu-west-3', 'recovery-eu-central-1', 'deployer-eu-central-1']) {
      expect(await mayAssume('DeploymentActionRole', iam(`role/production-${name}`), {}, recovery)).toBe(true);
    }
    expect(await mayAssume('DeploymentActionRole', iam('role/production-deployer-eu-west-3'), {}, recovery)).toBe(false);
  });

  test('are those that the deployer may assume', () => {
    const assumed = peopleCalls.deployer.flatMap(({ resources }) => resources);
    const own = [names.deploy, names.publishing, names.lookup].map((name) => iam(`role/${name}`));
    const filled = assumed.map((resource) => resource.replaceAll('${AWS::AccountId}', account).replaceAll('<region>', region));
    expect(filled.toSorted()).toEqual(own.toSorted());
  });

  test.each<[string, string, string, boolean]>([
    ['DeploymentActionRole', 'cloudformation:CreateChangeSet', `arn:aws:cloudformation:${region}:${account}:stack/production-data/1`, true],
    ['DeploymentActionRole', 'cloudformation:UpdateStack', `arn:aws:cloudformation:${region}:${account}:stack/staging-data/1`, false],
    ['DeploymentActionRole', 'cloudformation:UpdateStack', `arn:aws:cloudformation:${region}:${account}:stack/CDKToolkit/1`, false],
    ['DeploymentActionRole', 'iam:PassRole', iam(`role/${names.execution}`), true],
    ['DeploymentActionRole', 'iam:PassRole', iam('role/administrators'), false],
    ['DeploymentActionRole', 's3:PutObject', `arn:aws:s3:::${names.bucket}/code.zip`, false],
    ['DeploymentActionRole', 's3:GetObject', `${archive}/1`, false],
    ['FilePublishingRole', 's3:PutObject', `arn:aws:s3:::${names.bucket}/code.zip`, true],
    ['FilePublishingRole', 's3:DeleteObject', `arn:aws:s3:::${names.bucket}/code.zip`, false],
    ['FilePublishingRole', 's3:PutObject', `${archive}/1`, false],
    ['LookupRole', 'cloudformation:GetTemplate', `arn:aws:cloudformation:${region}:${account}:stack/production-data/1`, true],
    ['LookupRole', 's3:GetObject', `${archive}/1`, false],
    ['LookupRole', 'secretsmanager:GetSecretValue', '*', false],
  ])('%s: %s on %s: %s', async (role, action, resource, allowed) => {
    const policies = rolesOf(target)[role]?.Policies ?? [];
    const identityPolicies = policies.map(({ PolicyDocument: policy }, index) => ({ name: `${index}`, policy }));
    const context = { 'aws:RequestedRegion': region };
    expect((await evaluateRequest({ principal: iam(`role/${role}`), action, resource, context, identityPolicies })).allowed).toBe(allowed);
  });
});

describe('the template', () => {
  const template = bootstrapTemplate(target);
  const installed = parse(readFileSync(join(projectRoot, 'node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml'), 'utf8'), {
    logLevel: 'silent',
  }) as { Parameters: object; Outputs: Record<string, { Value: string }> };

  test('has the parameters and the version of the installed CDK', () => {
    expect(Object.keys(template.Parameters).toSorted()).toEqual(Object.keys(installed.Parameters).toSorted());
    expect(Number(installed.Outputs.BootstrapVersion?.Value)).toBe(bootstrapVersion);
  });

  test('has policies within the quotas of IAM, and no administrator', () => {
    const size = (value: unknown) => JSON.stringify(value).length;
    for (const one of [target, recovery]) expect(size(document(boundaryStatements(one)))).toBeLessThanOrEqual(6144);
    // "IAM and AWS STS quotas": inline policies of a role in all.
    for (const role of Object.values(rolesOf(target)))
      expect(size(role.Policies.map((one) => one.PolicyDocument))).toBeLessThanOrEqual(10_240);
    expect(JSON.stringify(template)).not.toContain('AdministratorAccess');
    expect(JSON.stringify(template).length).toBeLessThan(51_200);
  });

  test('has a bucket that is encrypted, versioned, private and reached by TLS alone', () => {
    const { StagingBucket: bucket, StagingBucketPolicy: policy } = template.Resources;
    expect(bucket?.Properties).toMatchObject({
      BucketEncryption: { ServerSideEncryptionConfiguration: [expect.anything()] },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(JSON.stringify(policy?.Properties)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-bootstrap-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'tools/bootstrap.ts', ...args], { cwd: projectRoot, encoding: 'utf8' });

  test('writes the template and names the command', () => {
    const out = join(folder, 'bootstrap.json');
    const { status, stdout } = run('--account', account, '--administrator', administrator, '--out', out, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ account, region, boundary: names.boundary },
      command: `npx cdk bootstrap aws://${account}/${region} --template ${out} --termination-protection`,
    });
    expect(JSON.parse(readFileSync(out, 'utf8')).Outputs.BootstrapVersion.Value).toBe('33');
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Writes the bootstrap template') });
    expect(run('--out', join(folder, 'no/where.json'), '--account', account).status).toBe(1);
  });

  test('refuses mistakes', () => {
    expect(() => targetOf(site, '123', [])).toThrow(UsageError);
    expect(() => targetOf(site, undefined, [])).toThrow('--account: expected twelve digits');
    expect(() => targetOf({ ...site, settings: { ...site.settings, account: '999999999999' } }, account)).toThrow('as configured');
    expect(() => targetOf(site, account, ['arn:aws:iam::999999999999:role/x'])).toThrow('no other account deploys');
    expect(() => targetOf(site, account, [`arn:aws:iam::${account}:role/*`])).toThrow(UsageError);
    const { deployer: _, ...without } = access;
    const nobody = { ...site, settings: { ...site.settings, access: without } } as Site;
    expect(() => targetOf(nobody, account)).toThrow('nobody could deploy');
    expect(trustedBy(targetOf(nobody, account, [administrator]))).toEqual([administrator]);
  });
});
