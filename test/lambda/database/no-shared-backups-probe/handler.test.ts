// The probe as Lambda calls it, in a mocked account: the clients' `send` returns outputs with the SDK's types.
import * as backup from '@aws-sdk/client-backup';
import * as ec2 from '@aws-sdk/client-ec2';
import * as kms from '@aws-sdk/client-kms';
import * as rds from '@aws-sdk/client-rds';
import type { handler as Handler } from '../../../../lambda/database/no-shared-backups-probe/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';
import { type Account, type Answer, absent, inOrder, key, other, own, policyFor, restore, snapshot, vault } from './account';

const variables = {
  AWS_REGION: 'eu-west-3',
  DEPLOYMENT: 'production',
  ACCOUNT: own,
  REGIONS: 'eu-west-3',
  KEYS: key,
  METRIC_NAMESPACE: 'Rempart/Probes',
};

let account: Account;
let written: string[];
let asked: string[];

/** The page that a token asks for; the next page's number is the token. */
function page<Output>(pages: Answer<Output>[], token: string | undefined, name: 'Marker' | 'NextToken' | 'NextMarker'): object {
  const at = Number(token ?? 0);
  const answer = pages[at] ?? {};
  if (answer instanceof Error) throw answer;
  return at + 1 < pages.length ? { ...answer, [name]: String(at + 1), Truncated: true } : answer;
}

function one<Output>(answer: Answer<Output> | undefined): object {
  if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nobody should have asked');
  return answer;
}

function answer(command: object): object {
  asked.push(command.constructor.name);
  if (command instanceof backup.ListBackupVaultsCommand) return page(account.vaults, command.input.NextToken, 'NextToken');
  if (command instanceof backup.GetBackupVaultAccessPolicyCommand) return one(account.vaultPolicies[command.input.BackupVaultName ?? '']);
  if (command instanceof rds.DescribeDBClusterSnapshotsCommand) {
    const pages = command.input.SnapshotType === 'awsbackup' ? account.recoveryPoints : account.clusterSnapshots;
    return page(pages, command.input.Marker, 'Marker');
  }
  if (command instanceof rds.DescribeDBClusterSnapshotAttributesCommand)
    return one(account.clusterSnapshotSharing[command.input.DBClusterSnapshotIdentifier ?? '']);
  if (command instanceof rds.DescribeDBSnapshotsCommand && command.input.SnapshotType === 'awsbackup') return {};
  if (command instanceof rds.DescribeDBSnapshotsCommand) return page(account.instanceSnapshots, command.input.Marker, 'Marker');
  if (command instanceof rds.DescribeDBSnapshotAttributesCommand) return one(account.instanceSnapshotSharing);
  if (command instanceof ec2.DescribeSnapshotsCommand) return page(account.diskSnapshots, command.input.NextToken, 'NextToken');
  if (command instanceof ec2.DescribeSnapshotAttributeCommand) return one(account.diskSnapshotSharing);
  if (command instanceof ec2.DescribeImagesCommand) return page(account.images, command.input.NextToken, 'NextToken');
  if (command instanceof ec2.DescribeImageAttributeCommand) return one(account.imageSharing);
  if (command instanceof kms.GetKeyPolicyCommand) return one(account.policy);
  if (command instanceof kms.ListGrantsCommand) return page(account.grants, command.input.Marker, 'NextMarker');
  throw new Error(`the mock knows no ${command.constructor.name}`);
}

const loaded = (changed: Readonly<Record<string, string | undefined>> = {}) =>
  loadHandler<{ handler: typeof Handler }>(
    'database/no-shared-backups-probe',
    { ...variables, ...changed },
    { '@aws-sdk/client-rds': rds, '@aws-sdk/client-backup': backup, '@aws-sdk/client-ec2': ec2, '@aws-sdk/client-kms': kms },
  ).handler;

/** Runs the probe over the account; its evidence as it was written. */
async function run(changed: Readonly<Record<string, string>> = {}) {
  await loaded(changed)();
  expect(written).toHaveLength(1);
  return JSON.parse(written[0] ?? '');
}

const sentActions = recordSends(backup.BackupClient, rds.RDSClient, ec2.EC2Client, kms.KMSClient);
restoreAfterEach();

beforeEach(() => {
  account = inOrder();
  written = [];
  asked = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    written.push(String(line));
    return true;
  });
  const send = async (command: object) => answer(command);
  jest.spyOn(backup.BackupClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(rds.RDSClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation(send);
  jest.spyOn(kms.KMSClient.prototype, 'send').mockImplementation(send);
});

test('an account without sharing: all resources are examined without a finding, in one line of embedded metrics', async () => {
  const evidence = await run();
  expect(evidence).toMatchObject({
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'Rempart/Probes', Dimensions: [['Deployment', 'Probe']], Metrics: [{ Name: 'Findings' }, { Name: 'Completed' }] },
      ],
    },
    Deployment: 'production',
    Probe: 'no-shared-backups-probe',
    Findings: 0,
    Completed: 1,
    clause: 'TOM-7.4',
    looked: {
      'cluster snapshots in eu-west-3': 3,
      'instance snapshots in eu-west-3': 1,
      'disk snapshots in eu-west-3': 1,
      'images in eu-west-3': 1,
      'backup vaults in eu-west-3': 2,
      keys: 1,
    },
    findings: [],
    unseen: [],
  });
  expect(evidence._aws.Timestamp).toBe(Date.parse(evidence.at));
  expect(written[0]).toMatch(/^[^\n]+\n$/);
});

test.each<[string, Partial<Account>, string, RegExp]>([
  [
    'a cluster snapshot',
    { clusterSnapshotSharing: { 'awsbackup:job-1': restore(), manual: restore(own, other) } },
    `shared::manual::${other}`,
    /values-to-remove 999999999999/,
  ],
  [
    'a cluster snapshot, with everybody',
    { clusterSnapshotSharing: { 'awsbackup:job-1': restore(), manual: restore('all') } },
    'shared::manual::all',
    /modify-db-cluster-snapshot/,
  ],
  [
    'an instance snapshot',
    {
      instanceSnapshotSharing: {
        DBSnapshotAttributesResult: { DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: [other] }] },
      },
    },
    `shared::instance::${other}`,
    /modify-db-snapshot-attribute/,
  ],
  [
    'a recovery point of AWS Backup',
    { clusterSnapshotSharing: { manual: restore(), 'awsbackup:job-1': restore(other) } },
    `shared::awsbackup:job-1::${other}`,
    /modify-db-cluster-snapshot/,
  ],
  [
    'a vault, on a later page',
    { vaultPolicies: { 'production-backups': absent, Default: { Policy: policyFor(own, other) } } },
    `vault-policy::eu-west-3::Default::arn:aws:iam::${other}:root`,
    /delete-backup-vault-access-policy --region eu-west-3 --backup-vault-name Default\. Then find the caller/,
  ],
  [
    'a vault under a key of another account',
    { vaults: [{ BackupVaultList: [vault('Default', { EncryptionKeyArn: `arn:aws:kms:eu-west-3:${other}:key/theirs` })] }] },
    'vault-key::eu-west-3::Default',
    /copy them to a vault of the deployment/,
  ],
  [
    'a vault that AWS RAM can share',
    { vaults: [{ BackupVaultList: [vault('Default', { VaultType: 'LOGICALLY_AIR_GAPPED_BACKUP_VAULT' })] }] },
    'vault-type::eu-west-3::Default',
    /End its shares/,
  ],
  ['a disk snapshot', { diskSnapshotSharing: { CreateVolumePermissions: [{ Group: 'all' }] } }, 'shared::snap-1::all', /reset-snapshot/],
  ['an image', { imageSharing: { LaunchPermissions: [{ UserId: other }] } }, `shared::ami-1::${other}`, /reset-image-attribute/],
  [
    'an image, with an organisation',
    { imageSharing: { LaunchPermissions: [{ OrganizationArn: 'arn:aws:organizations::1:organization/o-1' }] } },
    'shared::ami-1::arn:aws:organizations::1:organization/o-1',
    /reset-image-attribute/,
  ],
  ['the policy of a key', { policy: { Policy: policyFor(own, other) } }, `policy::${key}::arn:aws:iam::${other}:root`, /Deploy the stack/],
  [
    'a grant, on a later page',
    { grants: [{ Grants: [] }, { Grants: [{ GrantId: 'x', GranteePrincipal: `arn:aws:iam::${other}:user/x` }] }] },
    `grant::${key}::x`,
    /revoke-grant --region eu-west-3 --key-id \S+ --grant-id x/,
  ],
])('%s shared with others is found, with its remedy', async (_, changed, id, fix) => {
  Object.assign(account, changed);
  const evidence = await run();
  expect(evidence).toMatchObject({ Findings: 1, Completed: 1, findings: [{ id, fix: expect.stringMatching(fix) }] });
});

test('a copy is identified by its database, its tag or its key, on any page, and copies of other deployments are ignored', async () => {
  const copy = (id: string, more: object) => snapshot(id, { DBClusterIdentifier: 'x', KmsKeyId: undefined, ...more });
  account.clusterSnapshots = [
    { DBClusterSnapshots: [copy('by-restored-database', { DBClusterIdentifier: 'production-data-0a1b2c3d' })] },
    { DBClusterSnapshots: [copy('by-tag', { TagList: [{ Key: 'rempart:deployment', Value: 'production' }] })] },
    { DBClusterSnapshots: [copy('by-key', { KmsKeyId: key }), copy('staging', { DBClusterIdentifier: 'staging-data' })] },
    { DBClusterSnapshots: [copy('alike', { DBClusterIdentifier: 'production-database' })] },
  ];
  const ids = ['by-restored-database', 'by-tag', 'by-key', 'staging', 'alike'];
  account.recoveryPoints = [];
  account.clusterSnapshotSharing = Object.fromEntries(ids.map((id) => [id, restore('all')]));
  const { findings } = await run();
  expect(findings.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 3).map((id) => `shared::${id}::all`));
});

test('a copy of a disk without a sign of its origin is examined, unless it has the tag of another deployment', async () => {
  const staging = [{ Key: 'rempart:deployment', Value: 'staging' }];
  account.diskSnapshots = [{ Snapshots: [{ SnapshotId: 'snap-bare' }, { SnapshotId: 'snap-staging', Tags: staging }] }];
  account.diskSnapshotSharing = { CreateVolumePermissions: [{ UserId: other }] };
  account.images = [{ Images: [{ ImageId: 'ami-bare' }, { ImageId: 'ami-staging', Tags: staging }] }];
  account.imageSharing = { LaunchPermissions: [{ Group: 'all' }] };
  const { findings } = await run();
  expect(findings.map(({ id }: { id: string }) => id)).toEqual([`shared::snap-bare::${other}`, 'shared::ami-bare::all']);
});

test('a copy under a key of another account is found in any region', async () => {
  account.clusterSnapshots = [{ DBClusterSnapshots: [snapshot('manual', { KmsKeyId: `arn:aws:kms:eu-west-3:${other}:key/theirs` })] }];
  expect(await run()).toMatchObject({ Findings: 1, findings: [{ id: 'key::manual' }] });
});

test('the key of a vault of the deployment is examined in its region, and that of another vault is not', async () => {
  const theirs = `arn:aws:kms:eu-west-3:${own}:key/theirs`;
  account.vaults = [
    { BackupVaultList: [vault('production-copies', { EncryptionKeyArn: theirs }), vault('Default', { EncryptionKeyArn: `${theirs}-2` })] },
  ];
  account.vaultPolicies = { 'production-copies': absent, Default: absent };
  account.grants = [{ Grants: [{ GrantId: 'x', GranteePrincipal: `arn:aws:iam::${other}:role/x` }] }];
  const { findings } = await run();
  expect(findings.map(({ id }: { id: string }) => id)).toEqual([`grant::${theirs}::x`, `grant::${key}::x`]);
});

test('both regions are examined', async () => {
  const { looked } = await run({ REGIONS: 'eu-west-3,eu-central-1' });
  expect(Object.keys(looked)).toHaveLength(11);
  expect(asked.filter((name) => name === 'DescribeDBClusterSnapshotsCommand')).toHaveLength(4);
});

test('a snapshot deleted during the run is neither a finding nor a failure', async () => {
  account.clusterSnapshotSharing = {
    'awsbackup:job-1': restore(),
    manual: new rds.DBClusterSnapshotNotFoundFault({ message: 'gone', $metadata: {} }),
  };
  expect(await run()).toMatchObject({ Findings: 0, Completed: 1 });
});

const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });

test.each<[string, Partial<Account>, string]>([
  ['cluster snapshots', { clusterSnapshots: [denied] }, 'cluster snapshots in eu-west-3: AccessDenied'],
  ['vaults', { vaults: [denied] }, 'backup vaults in eu-west-3: AccessDenied'],
  ['the policy of a vault', { vaultPolicies: { 'production-backups': absent, Default: denied } }, 'Default: AccessDenied'],
  [
    'the sharing of one',
    { clusterSnapshotSharing: { 'awsbackup:job-1': restore(), manual: denied } },
    'cluster snapshot manual: AccessDenied',
  ],
  ['a later page', { diskSnapshots: [{ Snapshots: [] }, denied] }, 'disk snapshots in eu-west-3: AccessDenied'],
  ['a key', { grants: [denied] }, `${key}: AccessDenied`],
  ['a policy', { policy: { Policy: '' } }, `${key}: SyntaxError`],
])('a run that cannot read %s fails, after it has written the evidence of the others', async (_, changed, told) => {
  account.imageSharing = { LaunchPermissions: [{ UserId: other }] };
  Object.assign(account, changed);
  await expect(loaded()()).rejects.toThrow(told);
  const evidence = JSON.parse(written[0] ?? '');
  expect(evidence).toMatchObject({ Findings: 1, Completed: 0, unseen: [expect.stringContaining(told)] });
});

test('a missing variable is an error before any call', () => {
  expect(() => loaded({ ACCOUNT: undefined })).toThrow('ACCOUNT: expected an account of 12 digits, got undefined');
  expect(asked).toEqual([]);
});

test('makes the calls that its contract declares, and no others', () => {
  expect(sentActions()).toEqual(declaredActions('no-shared-backups-probe'));
});
