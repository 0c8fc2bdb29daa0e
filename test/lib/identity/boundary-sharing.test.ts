// Pairs for TOM-7.4: what of backups a role may do under the boundary, and what would carry them out of production.
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { administrator, decide } from './evaluate';

const sites: Choice[] = [{ site: 'home' }, { site: 'recovery' }];

describe.each(sites)('at the $site site', (choice) => {
  const boundary = propertiesOf(accountTemplate(choice), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
  const region = choice.site === 'recovery' ? 'eu-central-1' : 'eu-west-3';
  const ask = (action: string, resource: string, context: Record<string, string> = {}) =>
    decide(
      { identity: administrator, boundary },
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

  test('a key is granted to services of AWS alone', async () => {
    const key = `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const resource = {
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
    };
    const grant = (forService: string) =>
      decide(
        { identity: administrator, boundary, resource },
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
  ])('the log group %s cannot be deleted or shortened', async (name) => {
    const logGroup = `arn:aws:logs:${region}:${account}:log-group:${name}`;
    expect(await ask('logs:DeleteLogGroup', logGroup)).toBe('ExplicitlyDenied');
    expect(await ask('logs:PutRetentionPolicy', logGroup)).toBe('ExplicitlyDenied');
    expect(await ask('logs:FilterLogEvents', logGroup)).toBe('Allowed');
  });
});
