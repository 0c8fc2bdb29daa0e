// What the execution role of the bootstrap may do, evaluated by AWS's policy logic: each creation of the templates,
// and no escalation.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boundaryStatements, executionStatements } from '../../../tools/bootstrap/execution';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { bounded, creations, customResource, ownRole } from './creations';
import { account, archive, document, elsewhere, iam, names, region, target, user } from './target';

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
/** Types of a deployment with a setting that no reviewed site has. */
const optional = ['AWS::EC2::InstanceConnectEndpoint'];
const types = [
  ...optional,
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

  test('with the longest name of a deployment, whose audit archive has a shortened name', async () => {
    const deployment = 'a'.repeat(24);
    const longest = { ...target, site: { ...target.site, deployment } };
    for (const cut of ['-account', '-acco', '-', ''])
      for (const action of ['s3:DeleteBucket', 's3:DeleteBucketPolicy'])
        expect([cut, await may(action, `arn:aws:s3:::${deployment}${cut}-auditarchive60ebc247-1a2b`, {}, longest)]).toEqual([cut, false]);
    expect(await may('s3:DeleteBucketPolicy', `arn:aws:s3:::${deployment}-uploads-${account}-${region}`, {}, longest)).toBe(true);
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
