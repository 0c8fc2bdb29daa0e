import { administrator, decide } from '../identity/evaluate';
import { account, concrete } from '../stacks/account-stack';
import { dataStack, only, resourcesOf } from '../stacks/data-stack';

const buckets = Object.entries(resourcesOf({}, 'AWS::S3::Bucket'));

test.each(buckets)('%s is private, encrypted, versioned and sends events to EventBridge', (_, { Properties }) => {
  expect(Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['DataKey17AFBB84', 'Arn'] } },
        },
      ],
    },
  });
  const Value = String(Properties.BucketName).includes('-settings-') ? 'internal' : 'personal';
  expect(Properties.Tags).toEqual(expect.arrayContaining([{ Key: 'rempart:classification', Value }]));
});

test('they bear the names that the audit trail records, and outlive the stack', () => {
  expect(buckets.map(([, { Properties }]) => Properties.BucketName)).toEqual([
    `example-archive-${account}-eu-west-3`,
    `example-uploads-${account}-eu-west-3`,
    `example-dead-letters-${account}-eu-west-3`,
    `example-settings-${account}-eu-west-3`,
  ]);
  dataStack().template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test('no function comes with the events', () => {
  expect(Object.keys(resourcesOf({}, 'Custom::S3BucketNotifications'))).toEqual([]);
});

test('replaced versions go after 30 days everywhere, of the lake after 14, of raw hits and exports after 7, dead letters after 1', () => {
  for (const [, { Properties }] of buckets) {
    const { Rules } = Properties.LifecycleConfiguration as { Rules: Record<string, unknown>[] };
    expect(Rules).toContainEqual({
      Id: 'versions-as-long-as-backups',
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    });
  }
  const { Rules } = only({}, 'AWS::S3::Bucket', 'Archive').LifecycleConfiguration as { Rules: Record<string, unknown>[] };
  const exported = { ExpirationInDays: 21, NoncurrentVersionExpiration: { NoncurrentDays: 7 } };
  expect(Rules).toContainEqual({ Id: 'exports-go', Prefix: 'exports/', Status: 'Enabled', ...exported });
  const versions = { NoncurrentVersionExpiration: { NoncurrentDays: 14 } };
  for (const prefix of ['hits/', 'hits-errors/']) {
    const raw = { NoncurrentVersionExpiration: { NoncurrentDays: 7 } };
    expect(Rules).toContainEqual(expect.objectContaining({ Prefix: prefix, Status: 'Enabled', ExpirationInDays: 14, ...raw }));
  }
  // The upkeep removes a day of the lake after its month and 25 more; its objects end a month later in any case.
  expect(Rules).toContainEqual(
    expect.objectContaining({
      ...{ Prefix: 'lake/', Status: 'Enabled', ExpirationInDays: 27 * 31, ...versions },
      Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }],
    }),
  );
  const letters = only({}, 'AWS::S3::Bucket', 'DeadLetters').LifecycleConfiguration as { Rules: Record<string, unknown>[] };
  expect(letters.Rules).toContainEqual({
    ...{ Id: 'dead-letters-go', Status: 'Enabled', ExpirationInDays: 30 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  });
});

describe('access', () => {
  const resource = concrete(only({}, 'AWS::S3::BucketPolicy', 'Uploads').PolicyDocument);
  const ask = (context: Record<string, string>, principal = `arn:aws:iam::${account}:role/example-x`) =>
    decide(
      { identity: administrator, resource },
      {
        principal,
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::uploads4f6eb0fd/x',
        context: { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', 'aws:PrincipalIsAWSService': 'false', ...context },
      },
    );

  test('a role of the account, over TLS 1.2 or better', async () => {
    expect(await ask({ 'aws:PrincipalAccount': account })).toBe('Allowed');
    expect(await ask({ 'aws:PrincipalAccount': account, 'aws:SecureTransport': 'false' })).toBe('ExplicitlyDenied');
    expect(await ask({ 'aws:PrincipalAccount': account, 's3:TlsVersion': '1.1' })).toBe('ExplicitlyDenied');
  });

  test('no principal of another account', async () => {
    expect(await ask({ 'aws:PrincipalAccount': '222222222222' }, 'arn:aws:iam::222222222222:role/any')).toBe('ExplicitlyDenied');
  });
});
