import { administrator, decide } from '../identity/evaluate';
import { account, accountTemplate, propertiesOf } from '../stacks/account-stack';
import { attributes, only, resourcesOf } from '../stacks/edge-stack';

const template = accountTemplate();
const bucket = template.findResources('AWS::S3::Bucket').EdgeLogs3E8D2A9E;
const name = `example-edge-logs-${account}-eu-west-3`;

test('accepts the logs of a load balancer: with S3 managed keys, and without object lock', () => {
  expect(bucket?.Properties).toMatchObject({
    BucketName: name,
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
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

test.each([90, 400])('retains records for the configured %d days', (logDays) => {
  const { LifecycleConfiguration } = propertiesOf(accountTemplate({ settings: { edge: { logDays } } }), 'AWS::S3::Bucket', 'EdgeLogs') as {
    LifecycleConfiguration: { Rules: unknown[] };
  };
  expect(LifecycleConfiguration.Rules).toContainEqual({
    Id: 'expire',
    Status: 'Enabled',
    ExpirationInDays: logDays,
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
  });
});

test('is part of the account stack, so that the test file of the load balancer does not prevent its deletion after a failed deployment', () => {
  expect(resourcesOf({}, 'AWS::S3::Bucket')).toEqual({});
  const { LoadBalancerAttributes } = only({}, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const bucketName = attributes(LoadBalancerAttributes)['access_logs.s3.bucket'];
  expect(JSON.stringify(bucketName)).toContain('example-account:ExportsOutputRefEdgeLogs3E8D2A9E');
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
  const resource = propertiesOf(template, 'AWS::S3::BucketPolicy', 'EdgeLogs').PolicyDocument;
  const secure = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
  const service = { ...secure, 'aws:PrincipalIsAWSService': 'true' };
  const person = { ...secure, 'aws:PrincipalIsAWSService': 'false' };
  const object = (folder: string) => `arn:aws:s3:::edgelogs3e8d2a9e/${folder}/x.log.gz`;
  const balancer = 'logdelivery.elasticloadbalancing.amazonaws.com';
  const deployment = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`;
  const otherRole = `arn:aws:iam::${account}:role/any`;
  const put = (principal: string, folder: string, context: Record<string, string> = service) =>
    decide({ resource }, { principal, action: 's3:PutObject', resource: object(folder), context });

  test.each(['access', 'connection'])('allows a load balancer of the account to write its %s log', async (log) => {
    expect(await put(balancer, `${log}/AWSLogs/${account}`)).toBe('Allowed');
  });

  test.each([
    ['the load balancer of another account', balancer, 'access/AWSLogs/222222222222'],
    ['a load balancer that writes to another folder', balancer, 'other'],
    ['another service', 'delivery.logs.amazonaws.com', `access/AWSLogs/${account}`],
  ])('does not allow %s', async (_, principal, folder) => {
    expect(await put(principal, folder)).toBe('ImplicitlyDenied');
  });

  test('denies records of other principals, and records without TLS', async () => {
    const folder = `access/AWSLogs/${account}`;
    const administrators = { identity: administrator, resource };
    const request = { principal: otherRole, action: 's3:PutObject', resource: object(folder) };
    expect(await decide(administrators, { ...request, context: person })).toBe('ExplicitlyDenied');
    expect(await put(balancer, folder, { ...service, 'aws:SecureTransport': 'false' })).toBe('ExplicitlyDenied');
  });

  test.each([otherRole, deployment, `arn:aws:iam::${account}:root`])('denies %s every deletion', async (principal) => {
    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) {
      const request = { principal, action, resource: object('access'), context: person };
      expect(await decide({ identity: administrator, resource }, request)).toBe('ExplicitlyDenied');
    }
  });

  test.each(['s3:PutLifecycleConfiguration', 's3:PutBucketNotification'])('allows only a deployment %s', async (action) => {
    const request = { action, resource: 'arn:aws:s3:::edgelogs3e8d2a9e' };
    const decisionFor = (principal: string) =>
      decide({ identity: administrator, resource }, { ...request, principal, context: { ...person, 'aws:PrincipalArn': principal } });
    expect(await decisionFor(deployment)).toBe('Allowed');
    expect(await decisionFor(otherRole)).toBe('ExplicitlyDenied');
  });
});
