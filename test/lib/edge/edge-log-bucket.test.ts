// The bucket of the redacted logs: its keys, its retention, and its policy as IAM evaluates it.
import { administrator, decide } from '../identity/evaluate';
import { account, accountTemplate, propertiesOf } from '../stacks/account-stack';

const template = accountTemplate();
const bucket = template.findResources('AWS::S3::Bucket').EdgeLogs3E8D2A9E;
const name = `example-edge-logs-${account}-eu-west-3`;

test("is encrypted with the deployment's key", () => {
  expect(bucket?.Properties).toMatchObject({
    BucketName: name,
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: 'aws:kms',
            KMSMasterKeyID: { 'Fn::GetAtt': [expect.stringContaining('DeploymentKey'), 'Arn'] },
          },
        },
      ],
    },
  });
  expect(bucket?.Properties.ObjectLockEnabled).toBeUndefined();
});

test('is private, is retained when the stack is deleted, and has a classification', () => {
  expect(bucket).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(bucket?.Properties).toMatchObject({
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    Tags: expect.arrayContaining([{ Key: 'rempart:classification', Value: 'personal' }]),
  });
});

test.each([90, 400])('retains records for the configured %d days, and those with whole addresses for 90', (logDays) => {
  const { LifecycleConfiguration } = propertiesOf(accountTemplate({ settings: { edge: { logDays } } }), 'AWS::S3::Bucket', 'EdgeLogs') as {
    LifecycleConfiguration: { Rules: unknown[] };
  };
  const enabled = { Status: 'Enabled' };
  expect(LifecycleConfiguration.Rules).toEqual([
    { Id: 'expire', ...enabled, ExpirationInDays: logDays, NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
    {
      ...{ Id: 'whole-addresses-expire', ...enabled, Prefix: 'whole/' },
      ...{ ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    },
    { Id: 'tidy', ...enabled, ExpiredObjectDeleteMarker: true, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
  ]);
});

test('its policy is retained with it', () => {
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy')).filter(({ Properties }) =>
    JSON.stringify(Properties.Bucket).includes('EdgeLogs'),
  );
  expect(policy).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test('the audit trail records each read', () => {
  expect(JSON.stringify(accountTemplate().findResources('AWS::CloudTrail::Trail'))).toContain(`arn:aws:s3:::${name}/`);
});

describe('the bucket policy', () => {
  const text = JSON.stringify(propertiesOf(template, 'AWS::S3::BucketPolicy', 'EdgeLogs').PolicyDocument).replace(
    /arn:aws:s3:::(edgelogredactionfunctionrole\w+)/,
    `arn:aws:iam::${account}:role/$1`,
  );
  const resource: unknown = JSON.parse(text);
  const secure = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
  const arn = /arn:aws:s3:::[a-z0-9-]+/.exec(text)?.[0] ?? '';
  const redaction = /"ArnNotEquals":\{"aws:PrincipalArn":"([^"]+)"/.exec(text)?.[1] ?? '';
  const deployment = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`;
  const otherRole = `arn:aws:iam::${account}:role/any`;
  const decisionFor = (principal: string, action: string, at = `${arn}/whole/x.log.gz`, context = {}) =>
    decide(
      { identity: administrator, resource },
      { principal, action, resource: at, context: { ...secure, 'aws:PrincipalArn': principal, ...context } },
    );

  test('allows only the function to write, over TLS', async () => {
    expect(await decisionFor(redaction, 's3:PutObject')).toBe('Allowed');
    expect(await decisionFor(redaction, 's3:PutObject', undefined, { 'aws:SecureTransport': 'false' })).toBe('ExplicitlyDenied');
    for (const other of [otherRole, deployment, `arn:aws:iam::${account}:root`]) {
      expect([other, await decisionFor(other, 's3:PutObject')]).toEqual([other, 'ExplicitlyDenied']);
    }
  });

  test('denies a service to write', async () => {
    const principal = 'logdelivery.elasticloadbalancing.amazonaws.com';
    const context = { ...secure, 'aws:PrincipalIsAWSService': 'true' };
    expect(await decide({ resource }, { principal, action: 's3:PutObject', resource: `${arn}/whole/x`, context })).toBe('ExplicitlyDenied');
  });

  test.each(['s3:DeleteObject', 's3:DeleteObjectVersion'])('denies %s to everyone', async (action) => {
    for (const principal of [redaction, otherRole, deployment, `arn:aws:iam::${account}:root`]) {
      expect([principal, await decisionFor(principal, action)]).toEqual([principal, 'ExplicitlyDenied']);
    }
  });

  test.each(['s3:PutLifecycleConfiguration', 's3:PutBucketNotification'])('allows only a deployment %s', async (action) => {
    expect(await decisionFor(deployment, action, arn)).toBe('Allowed');
    expect(await decisionFor(otherRole, action, arn)).toBe('ExplicitlyDenied');
  });
});
