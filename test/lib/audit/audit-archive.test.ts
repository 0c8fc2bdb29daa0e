import { Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLog, FlowLogDestination, FlowLogFileFormat, FlowLogResourceType } from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import { flowLogPrefix } from '../../../lib/audit/audit-archive';
import { FlowRecords } from '../../../lib/network/flow-records';
import { administrator, type Decision, decide, type Request } from '../identity/evaluate';
import { account, accountStack, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';

const template = accountTemplate();
const bucket = 'arn:aws:s3:::auditarchive60ebc247';
const record = `${bucket}/cloudtrail/AWSLogs/${account}/CloudTrail/eu-west-3/2026/11/22/x.json.gz`;

const retention = (choice: Choice) => propertiesOf(accountTemplate(choice), 'AWS::S3::Bucket', 'AuditArchive').ObjectLockConfiguration;

describe('how the archive keeps records', () => {
  test.each(['home', 'recovery'] as const)('production locks them for every principal, at the %s site', (site) => {
    expect(retention({ environment: 'production', site })).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 400 } },
    });
  });

  test.each(['staging', 'development'] as const)('%s can be emptied by the root user', (environment) => {
    expect(retention({ environment })).toMatchObject({ Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 400 } } });
  });

  test('for the configured number of days: they expire after the lock ends', () => {
    const properties = propertiesOf(accountTemplate({ settings: { audit: { retentionDays: 1000 } } }), 'AWS::S3::Bucket', 'AuditArchive');
    expect(properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 1000 } } },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 1001 }, {}] },
    });
  });

  test('in versions, under the audit key, for its owner alone', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditKey'), 'Arn'] },
            },
          },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  test.each(['production', 'staging', 'development'] as const)('beyond the life of the stack in %s', (environment) => {
    accountTemplate({ environment }).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

/** What the bucket policy says to a request that carries everything S3 would put into it. */
function ask(request: Partial<Request> & { action: string }, identity?: unknown): Promise<Decision> {
  const { principal = `arn:aws:iam::${account}:role/admin`, resource = bucket, context = {} } = request;
  const isService = principal.endsWith('.amazonaws.com');
  const common: Record<string, string> = {
    'aws:SecureTransport': 'true',
    's3:TlsVersion': '1.3',
    'aws:PrincipalIsAWSService': String(isService),
    ...(isService ? {} : { 'aws:PrincipalArn': principal }),
  };
  const policy = propertiesOf(template, 'AWS::S3::BucketPolicy', 'AuditArchive').PolicyDocument;
  return decide(
    { resource: policy, ...(identity ? { identity } : {}) },
    { principal, action: request.action, resource, context: { ...common, ...context } },
  );
}

describe('writers', () => {
  const trail = { 'aws:SourceArn': `arn:aws:cloudtrail:eu-west-3:${account}:trail/example-trail-eu-west-3` };
  const acl = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  const delivery = { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:logs:eu-west-3:${account}:x` };
  const flowLog = `${bucket}/flow-logs/AWSLogs/aws-account-id=${account}/aws-service=vpcflowlogs/x.parquet`;
  const write = { action: 's3:PutObject' };
  const group = `arn:aws:logs:eu-west-3:${account}:log-group:/rempart/example/sessions`;
  const sessions = { 'aws:SourceAccount': account, 'aws:SourceArn': group };
  const session = `${bucket}/sessions/2026/11/28/1/stream/000000.gz`;
  const marks = [`${bucket}/sessions/2026/11/28/aws-logs-write-test`, `${bucket}/sessions/completed/2026-11-28.json`];
  const exports = { principal: 'logs.eu-west-3.amazonaws.com' };
  const cloudtrail = { principal: 'cloudtrail.amazonaws.com' };
  const logs = { principal: 'delivery.logs.amazonaws.com' };

  test.each([
    ['the trail', { ...write, ...cloudtrail, resource: record, context: { ...trail, ...acl } }],
    ['the trail, asking who owns the bucket', { action: 's3:GetBucketAcl', ...cloudtrail, context: trail }],
    ['flow logs', { ...write, ...logs, resource: flowLog, context: { ...delivery, ...acl } }],
    ['flow logs, asking who owns the bucket', { action: 's3:GetBucketAcl', ...logs, context: delivery }],
    ['server sessions', { ...write, ...exports, resource: session, context: { ...sessions, ...acl } }],
    [
      'server sessions, by the ARN with streams',
      { ...write, ...exports, resource: session, context: { ...sessions, ...acl, 'aws:SourceArn': `${group}:*` } },
    ],
    ['server sessions, asking who owns the bucket', { action: 's3:GetBucketAcl', ...exports, context: sessions }],
  ])('%s', async (_, request) => {
    expect(await ask(request)).toBe('Allowed');
  });

  test.each([
    ['another trail', { ...write, ...cloudtrail, resource: record, context: { ...acl, 'aws:SourceArn': `${trail['aws:SourceArn']}-2` } }],
    ['the trail, outside its folder', { ...write, ...cloudtrail, resource: flowLog, context: { ...trail, ...acl } }],
    ['the trail, leaving its records to another owner', { ...write, ...cloudtrail, resource: record, context: trail }],
    [
      'flow logs of another account',
      { ...write, ...logs, resource: flowLog, context: { ...delivery, ...acl, 'aws:SourceAccount': '222222222222' } },
    ],
    ['flow logs, outside their folder', { ...write, ...logs, resource: record, context: { ...delivery, ...acl } }],
    [
      'another log group',
      {
        ...write,
        ...exports,
        resource: session,
        context: { ...sessions, ...acl, 'aws:SourceArn': group.replace('sessions', 'sessions-2') },
      },
    ],
    [
      'server sessions of another account',
      { ...write, ...exports, resource: session, context: { ...sessions, ...acl, 'aws:SourceAccount': '222222222222' } },
    ],
    ['server sessions, outside their folder', { ...write, ...exports, resource: flowLog, context: { ...sessions, ...acl } }],
    [
      'CloudWatch Logs of another region',
      { ...write, principal: 'logs.us-east-1.amazonaws.com', resource: session, context: { ...sessions, ...acl } },
    ],
    ['flow logs, reading', { action: 's3:GetObject', ...logs, resource: flowLog, context: delivery }],
  ])('but not %s', async (_, request) => {
    expect(await ask(request)).toBe('ImplicitlyDenied');
  });

  test.each(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'])(
    'nor the replication of another bucket: %s',
    async (action) => {
      for (const name of ['admin', `cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`, 'replication']) {
        const principal = `arn:aws:iam::${account}:role/${name}`;
        expect(await ask({ action, resource: record, principal }, administrator)).toBe('ExplicitlyDenied');
      }
    },
  );

  test('nor an administrator', async () => {
    for (const resource of [record, session, ...marks]) {
      expect(await ask({ ...write, resource, context: acl }, administrator)).toBe('ExplicitlyDenied');
    }
  });

  test('the role of the export writes the tests of its permission and its records, and no session', async () => {
    const principal = `arn:aws:iam::${account}:role/example-session-archive-eu-west-3`;
    for (const resource of marks) expect(await ask({ ...write, principal, resource }, administrator)).toBe('Allowed');
    for (const resource of [record, session, flowLog, `${bucket}/aws-logs-write-test`]) {
      expect(await ask({ ...write, principal, resource }, administrator)).toBe('ExplicitlyDenied');
    }
    const [mark] = marks;
    const other = { ...write, principal: principal.replace('eu-west-3', 'eu-central-1'), resource: mark ?? '' };
    expect(await ask(other, administrator)).toBe('ExplicitlyDenied');
    expect(await ask({ action: 's3:DeleteObject', principal, resource: mark ?? '' }, administrator)).toBe('ExplicitlyDenied');
  });
});

describe('deletion', () => {
  const deployment = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`;

  test('an auditor reads objects that IAM policies allow', async () => {
    expect(await ask({ action: 's3:GetObject', resource: record }, administrator)).toBe('Allowed');
  });

  describe.each([
    ['an administrator', `arn:aws:iam::${account}:role/admin`],
    ['a deployment', deployment],
  ])('not %s', (_, principal) => {
    test.each(['DeleteObject', 'DeleteObjectVersion', 'BypassGovernanceRetention', 'PutObjectRetention', 'PutObjectLegalHold'])(
      's3:%s',
      async (action) => {
        expect(await ask({ action: `s3:${action}`, resource: record, principal }, administrator)).toBe('ExplicitlyDenied');
      },
    );
    test('s3:DeleteBucket', async () => {
      expect(await ask({ action: 's3:DeleteBucket', principal }, administrator)).toBe('ExplicitlyDenied');
    });
  });

  test.each([
    'DeleteBucketPolicy',
    'PutBucketObjectLockConfiguration',
    'PutBucketOwnershipControls',
    'PutBucketPolicy',
    'PutBucketPublicAccessBlock',
    'PutBucketVersioning',
    'PutEncryptionConfiguration',
    'PutLifecycleConfiguration',
    'PutReplicationConfiguration',
  ])('only a deployment changes the bucket: s3:%s', async (action) => {
    expect(await ask({ action: `s3:${action}` }, administrator)).toBe('ExplicitlyDenied');
    expect(await ask({ action: `s3:${action}`, principal: deployment }, administrator)).toBe('Allowed');
    expect(await ask({ action: `s3:${action}`, principal: deployment.replace('eu-west-3', 'us-east-1') }, administrator)).toBe(
      'ExplicitlyDenied',
    );
  });

  test.each([
    ['plain HTTP', { 'aws:SecureTransport': 'false' }],
    ['TLS 1.1', { 's3:TlsVersion': '1.1' }],
  ])('nothing is read over %s', async (_, context) => {
    expect(await ask({ action: 's3:GetObject', resource: record, context }, administrator)).toBe('ExplicitlyDenied');
  });
});

describe('flow logs of the network', () => {
  const { app, stack, site } = accountStack();
  const network = new Stack(app, 'example-network', { env: { account, region: site.region } });
  new FlowLog(network, 'OfTheLibrary', {
    resourceType: FlowLogResourceType.fromNetworkInterfaceId('eni-1'),
    destination: FlowLogDestination.toS3(stack.auditArchive, flowLogPrefix, {
      fileFormat: FlowLogFileFormat.PARQUET,
      hiveCompatiblePartitions: true,
    }),
  });
  new FlowRecords(network, 'OfTheHouse', {
    vpcId: 'vpc-1',
    subnets: {},
    archive: stack.auditArchive,
  });

  test('the flow log of the library adds nothing to the bucket policy', () => {
    expect(propertiesOf(Template.fromStack(stack), 'AWS::S3::BucketPolicy', 'AuditArchive')).toEqual(
      propertiesOf(template, 'AWS::S3::BucketPolicy', 'AuditArchive'),
    );
  });

  test('the one of the house writes where the bucket policy admits it', async () => {
    const { LogDestination, DestinationOptions } = propertiesOf(Template.fromStack(network), 'AWS::EC2::FlowLog', 'OfTheHouse');
    const folder = String(LogDestination).replace(/^.*\/flow-logs/, `${bucket}/flow-logs`);
    const partition = (DestinationOptions as { HiveCompatiblePartitions: boolean }).HiveCompatiblePartitions ? 'aws-account-id=' : '';
    const context = {
      'aws:SourceAccount': account,
      'aws:SourceArn': `arn:aws:logs:eu-west-3:${account}:x`,
      's3:x-amz-acl': 'bucket-owner-full-control',
    };
    const resource = `${folder}AWSLogs/${partition}${account}/x.parquet`;
    expect(await ask({ principal: 'delivery.logs.amazonaws.com', action: 's3:PutObject', resource, context })).toBe('Allowed');
  });
});
