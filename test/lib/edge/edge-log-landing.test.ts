// The landing bucket: the load balancer writes, one role reads and removes, and nothing stays.
import { administrator, decide } from '../identity/evaluate';
import { account, accountTemplate, propertiesOf } from '../stacks/account-stack';
import { attributes, only, resourcesOf } from '../stacks/edge-stack';

const template = accountTemplate();
const [bucket] = Object.entries(template.findResources('AWS::S3::Bucket')).flatMap(([id, found]) =>
  id.startsWith('EdgeLogLanding') ? [found] : [],
);
const name = `example-edge-landing-${account}-eu-west-3`;

test('accepts the logs of a load balancer: with S3 managed keys', () => {
  expect(bucket?.Properties).toMatchObject({
    BucketName: name,
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  });
});

test('keeps nothing for more than a day, in no version and no replica', () => {
  expect(bucket?.Properties.LifecycleConfiguration).toEqual({
    Rules: [{ Id: 'expire', Status: 'Enabled', ExpirationInDays: 1, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
  });
  for (const property of ['VersioningConfiguration', 'ReplicationConfiguration', 'ObjectLockEnabled']) {
    expect(bucket?.Properties[property]).toBeUndefined();
  }
});

test('sends events of its objects, so that nothing must exist before it', () => {
  expect(bucket?.Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
});

test('is retained with its policy, and its accesses are recorded', () => {
  const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  expect(bucket).toMatchObject(retained);
  const policies = Object.entries(template.findResources('AWS::S3::BucketPolicy')).filter(([id]) => id.startsWith('EdgeLogLanding'));
  expect(policies.map(([, policy]) => policy)).toMatchObject([retained]);
  expect(JSON.stringify(template.findResources('AWS::CloudTrail::Trail'))).toContain(`arn:aws:s3:::${name}/`);
});

test('is part of the account stack, so that the test file of the load balancer does not prevent its deletion after a failed deployment', () => {
  expect(resourcesOf({}, 'AWS::S3::Bucket')).toEqual({});
  const { LoadBalancerAttributes } = only({}, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const bucketName = attributes(LoadBalancerAttributes)['access_logs.s3.bucket'];
  expect(JSON.stringify(bucketName)).toContain('example-account:ExportsOutputRefEdgeLogLanding');
});

describe('the bucket policy', () => {
  const text = JSON.stringify(propertiesOf(template, 'AWS::S3::BucketPolicy', 'EdgeLogLanding').PolicyDocument).replace(
    /arn:aws:s3:::(edgelogredactionfunctionrole\w+)/,
    `arn:aws:iam::${account}:role/$1`,
  );
  const resource: unknown = JSON.parse(text);
  const arn = /arn:aws:s3:::[a-z0-9-]+/.exec(text)?.[0] ?? '';
  const redaction = /"ArnNotEquals":\{"aws:PrincipalArn":"([^"]+)"/.exec(text)?.[1] ?? '';
  const secure = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
  const service = { ...secure, 'aws:PrincipalIsAWSService': 'true' };
  const person = { ...secure, 'aws:PrincipalIsAWSService': 'false' };
  const balancer = 'logdelivery.elasticloadbalancing.amazonaws.com';
  const deployment = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`;
  const others = [deployment, `arn:aws:iam::${account}:role/any`, `arn:aws:iam::${account}:root`];
  const put = (principal: string, folder: string, context: Record<string, string> = service) =>
    decide({ resource }, { principal, action: 's3:PutObject', resource: `${arn}/${folder}/x.log.gz`, context });
  const decisionFor = (principal: string, action: string, at = `${arn}/access/x.log.gz`) =>
    decide(
      { identity: administrator, resource },
      { principal, action, resource: at, context: { ...person, 'aws:PrincipalArn': principal } },
    );
  const source = (of: string, region = 'eu-west-3') => ({
    'aws:SourceAccount': of,
    'aws:SourceArn': `arn:aws:elasticloadbalancing:${region}:${of}:loadbalancer/app/x/1`,
  });

  test.each(['access', 'connection'])(
    'allows a load balancer of the account to write its %s log, with or without its source',
    async (log) => {
      expect(await put(balancer, `${log}/AWSLogs/${account}`)).toBe('Allowed');
      expect(await put(balancer, `${log}/AWSLogs/${account}`, { ...service, ...source(account) })).toBe('Allowed');
    },
  );

  test.each<[string, string, string, Record<string, string>]>([
    ['the load balancer of another account', balancer, 'access/AWSLogs/222222222222', service],
    ['a source in another account', balancer, `access/AWSLogs/${account}`, { ...service, ...source('222222222222') }],
    ['a source in another region', balancer, `access/AWSLogs/${account}`, { ...service, ...source(account, 'eu-central-1') }],
    ['a load balancer that writes to another folder', balancer, 'other', service],
    ['another service', 'delivery.logs.amazonaws.com', `access/AWSLogs/${account}`, service],
  ])('does not allow %s', async (_, principal, folder, context) => {
    expect(await put(principal, folder, context)).toBe('ImplicitlyDenied');
  });

  test('denies records of other principals, and records without TLS', async () => {
    for (const principal of others) expect(await decisionFor(principal, 's3:PutObject')).toBe('ExplicitlyDenied');
    const plain = { ...service, 'aws:SecureTransport': 'false' };
    expect(await put(balancer, `access/AWSLogs/${account}`, plain)).toBe('ExplicitlyDenied');
  });

  test.each(['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectVersionForReplication', 's3:DeleteObject'])(
    'allows only the function %s',
    async (action) => {
      expect(await decisionFor(redaction, action)).toBe('Allowed');
      for (const principal of others) expect([principal, await decisionFor(principal, action)]).toEqual([principal, 'ExplicitlyDenied']);
    },
  );

  test.each(['s3:PutLifecycleConfiguration', 's3:PutReplicationConfiguration'])('allows only a deployment %s', async (action) => {
    expect(await decisionFor(deployment, action, arn)).toBe('Allowed');
    expect(await decisionFor(redaction, action, arn)).toBe('ExplicitlyDenied');
  });
});
