// Pairs for TOM-7.4: actions on backups that the boundary allows, and actions that would move them out of production.
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { administrator, decide } from './evaluate';

const keyPolicy = {
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
};

const sites: Choice[] = [{ site: 'home' }, { site: 'recovery' }];

describe.each(sites)('at the $site site', (choice) => {
  const boundary = propertiesOf(accountTemplate(choice), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
  const region = choice.site === 'recovery' ? 'eu-central-1' : 'eu-west-3';
  const ask = (action: string, resource: string, context: Record<string, string> = {}) =>
    decide(
      // A key is used by nobody whom its own policy does not admit.
      { identity: administrator, boundary, ...(action.startsWith('kms:') ? { resource: keyPolicy } : {}) },
      {
        principal: `arn:aws:iam::${account}:role/example-backup-x`,
        action,
        resource,
        context: { 'aws:RequestedRegion': region, ...context },
      },
    );
  const rds = (kind: string) => `arn:aws:rds:${region}:${account}:${kind}:x`;

  test.each([
    ['rds:RestoreDBClusterFromSnapshot', rds('cluster')],
    ['rds:CreateDBClusterSnapshot', rds('cluster-snapshot')],
    ['rds:CopyDBClusterSnapshot', rds('cluster-snapshot')],
    ['rds:DescribeDBClusterSnapshots', rds('cluster-snapshot')],
  ])('%s is left to the policies of the role', async (action, resource) => {
    expect(await ask(action, resource)).toBe('Allowed');
  });

  test.each([
    ['rds:ModifyDBClusterSnapshotAttribute', rds('cluster-snapshot')],
    ['rds:ModifyDBSnapshotAttribute', rds('snapshot')],
    ['rds:StartExportTask', '*'],
    ['ec2:ModifySnapshotAttribute', `arn:aws:ec2:${region}::snapshot/snap-1`],
    ['ec2:ModifyImageAttribute', `arn:aws:ec2:${region}::image/ami-1`],
    ['backup:PutBackupVaultAccessPolicy', `arn:aws:backup:${region}:${account}:backup-vault:x`],
  ])('%s is denied', async (action, resource) => {
    expect(await ask(action, resource)).toBe('ExplicitlyDenied');
  });

  const environment = (value: string) => ({ 'aws:ResourceTag/rempart:environment': value });
  const foreign = (kind: string) => `arn:aws:rds:${region}:999999999999:${kind}:x`;

  test.each([
    ['rds:RestoreDBClusterFromSnapshot', rds('cluster-snapshot')],
    ['rds:RestoreDBClusterToPointInTime', rds('cluster')],
    ['rds:CopyDBClusterSnapshot', rds('cluster-snapshot')],
    ['rds:CreateDBClusterSnapshot', rds('cluster')],
    ['rds:RestoreDBInstanceFromDBSnapshot', rds('snapshot')],
    ['rds:RemoveTagsFromResource', rds('cluster-snapshot')],
    ['ec2:DeleteNetworkInterface', `arn:aws:ec2:${region}:${account}:network-interface/eni-1`],
    ['backup:StartRestoreJob', `arn:aws:backup:${region}:${account}:recovery-point:x`],
    ['kms:Decrypt', `arn:aws:kms:${region}:${account}:key/x`],
  ])('%s is allowed for resources of production, and denied for resources of another environment', async (action, resource) => {
    expect(await ask(action, resource, environment('production'))).toBe('Allowed');
    for (const other of ['staging', 'development']) expect(await ask(action, resource, environment(other))).toBe('ExplicitlyDenied');
  });

  test.each([
    ['rds:RestoreDBClusterFromSnapshot', 'cluster-snapshot'],
    ['rds:RestoreDBInstanceFromDBSnapshot', 'snapshot'],
    ['rds:RestoreDBClusterToPointInTime', 'cluster'],
    ['rds:CopyDBClusterSnapshot', 'cluster-snapshot'],
    ['rds:CopyDBSnapshot', 'snapshot'],
  ])('%s is denied for resources that another account shares', async (action, kind) => {
    expect(await ask(action, foreign(kind))).toBe('ExplicitlyDenied');
    expect(await ask(action, rds(kind))).toBe('Allowed');
  });

  test.each(['kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptTo'])(
    '%s is denied on a key of another account, also where a service asks in the name of the role',
    async (action) => {
      const context = action === 'kms:CreateGrant' ? { 'kms:GrantIsForAWSResource': 'true' } : {};
      expect(await ask(action, `arn:aws:kms:${region}:999999999999:key/theirs`, context)).toBe('ExplicitlyDenied');
      expect(await ask(action, `arn:aws:kms:${region}:${account}:key/ours`, context)).toBe('Allowed');
    },
  );

  test('keys are still listed', async () => {
    expect(await ask('kms:ListKeys', '*')).toBe('Allowed');
  });

  test('a key is granted to services of AWS alone', async () => {
    const key = `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const grant = (forService: string) =>
      decide(
        { identity: administrator, boundary, resource: keyPolicy },
        {
          principal: `arn:aws:iam::${account}:role/example-backup-x`,
          action: 'kms:CreateGrant',
          resource: key,
          context: { 'aws:RequestedRegion': region, 'kms:GrantIsForAWSResource': forService },
        },
      );
    expect(await grant('true')).toBe('Allowed');
    expect(await grant('false')).toBe('ExplicitlyDenied');
  });

  test.each([
    '/aws/rds/cluster/example-data/postgresql',
    '/aws/rds/cluster/example-data-0a1b2c3d/postgresql',
    '/aws/rds/proxy/example-data',
    'aws-waf-logs-example-edge',
  ])('the log group %s cannot be deleted or shortened', async (name) => {
    const logGroup = `arn:aws:logs:${region}:${account}:log-group:${name}`;
    expect(await ask('logs:DeleteLogGroup', logGroup)).toBe('ExplicitlyDenied');
    expect(await ask('logs:PutRetentionPolicy', logGroup)).toBe('ExplicitlyDenied');
    expect(await ask('logs:FilterLogEvents', logGroup)).toBe('Allowed');
  });
});

describe.each(['staging', 'development'] as const)('a role of %s', (own) => {
  const boundary = propertiesOf(accountTemplate({ environment: own }), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
  const snapshot = `arn:aws:rds:eu-west-3:${account}:cluster-snapshot:x`;
  const ask = (action: string, environment: string) =>
    decide(
      { identity: administrator, boundary },
      {
        principal: `arn:aws:iam::${account}:role/example-backup-x`,
        action,
        resource: snapshot,
        context: { 'aws:RequestedRegion': 'eu-west-3', 'aws:ResourceTag/rempart:environment': environment },
      },
    );

  test.each(['rds:RestoreDBClusterFromSnapshot', 'rds:CopyDBClusterSnapshot', 'rds:DescribeDBClusterSnapshotAttributes'])(
    'has no %s for a snapshot of production, and has it for its own',
    async (action) => {
      expect(await ask(action, 'production')).toBe('ExplicitlyDenied');
      expect(await ask(action, own)).toBe('Allowed');
    },
  );
});
