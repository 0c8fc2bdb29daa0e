import { Match } from 'aws-cdk-lib/assertions';
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';

const template = accountTemplate();
const trail = propertiesOf(template, 'AWS::CloudTrail::Trail');

interface Selector {
  readonly FieldSelectors: readonly {
    readonly Field: string;
    readonly Equals?: string[];
    readonly NotEquals?: string[];
    readonly StartsWith?: string[];
  }[];
}

/**
 * Whether one of the trail's selectors picks the event, by the rules of "Logging data events": all fields of one
 * selector must match.
 */
function recorded(event: Record<string, string>): boolean {
  return (trail.AdvancedEventSelectors as Selector[]).some(({ FieldSelectors }) =>
    FieldSelectors.every(({ Field, Equals, NotEquals, StartsWith }) => {
      const value = event[Field] ?? '';
      if (Equals) return Equals.includes(value);
      if (NotEquals) return !NotEquals.includes(value);
      return StartsWith?.some((prefix) => value.startsWith(prefix)) ?? false;
    }),
  );
}

describe('the audit trail', () => {
  test('is on, over all regions, with validated and encrypted files in the archive', () => {
    expect(trail).toMatchObject({
      TrailName: 'example-trail-eu-west-3',
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      S3KeyPrefix: 'cloudtrail',
    });
    template.hasResourceProperties('AWS::CloudTrail::Trail', {
      S3BucketName: { Ref: Match.stringLikeRegexp('^AuditArchive') },
      KMSKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditKey'), 'Arn'] },
    });
  });

  test('has another name than the trail of the other site', () => {
    const recovered = propertiesOf(accountTemplate({ site: 'recovery' }), 'AWS::CloudTrail::Trail');
    expect(recovered.TrailName).toBe('example-trail-eu-central-1');
  });

  test('detects unusual rates of calls and of errors', () => {
    expect(trail.InsightSelectors).toEqual([{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }]);
  });

  test('begins when it may write to the archive and to its log group', () => {
    template.hasResource('AWS::CloudTrail::Trail', {
      DependsOn: [Match.stringLikeRegexp('^AuditArchivePolicy'), Match.stringLikeRegexp('^AuditTrailLogPolicy')],
    });
  });
});

describe('event selectors', () => {
  test.each(['GetObject', 'PutObject', 'DeleteObject'])(
    "%s on a bucket of customers' files or of the load balancer's logs, and of no other bucket",
    (eventName) => {
      const event = (bucket: string) => ({
        eventCategory: 'Data',
        'resources.type': 'AWS::S3::Object',
        'resources.ARN': `arn:aws:s3:::${bucket}/x`,
        eventName,
      });
      expect(recorded(event(`example-archive-${account}-eu-west-3`))).toBe(true);
      expect(recorded(event(`example-uploads-${account}-eu-west-3`))).toBe(true);
      expect(recorded(event(`example-edge-logs-${account}-eu-west-3`))).toBe(true);
      expect(recorded(event(`example-uploads-${account}-eu-west-3-copy`))).toBe(false);
    },
  );

  const object = (bucket: string, eventName: string) => ({
    eventCategory: 'Data',
    'resources.type': 'AWS::S3::Object',
    'resources.ARN': `arn:aws:s3:::${bucket}/cloudtrail/x.json.gz`,
    eventName,
  });
  const archive = 'auditarchive60ebc247';

  test.each([
    ['a write by management', { eventCategory: 'Management', readOnly: 'false', eventName: 'RunInstances' }],
    ['a read by management', { eventCategory: 'Management', readOnly: 'true', eventName: 'DescribeInstances' }],
    ['reading a record of the archive', object(archive, 'GetObject')],
    ['trying to delete one', object(archive, 'DeleteObject')],
  ])('%s', (_, event) => {
    expect(recorded(event)).toBe(true);
  });

  test.each([
    ['its own deliveries, which would never end', object(archive, 'PutObject')],
    ['deliveries of another trail to its own archive', object('another-archive', 'PutObject')],
    ['a bucket whose name begins like that of the archive', object(`${archive}-2`, 'GetObject')],
  ])('but not %s', (_, event) => {
    expect(recorded(event)).toBe(false);
  });
});

describe('the log group of the trail', () => {
  const logGroup = (choice: Choice) => accountTemplate(choice).findResources('AWS::Logs::LogGroup');
  const [inProduction] = Object.values(logGroup({ environment: 'production' }));

  test('is encrypted with the audit key and keeps records for the configured number of days', () => {
    accountTemplate({ settings: { audit: { logRetentionDays: 545 } } }).hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/rempart/example/trail',
      RetentionInDays: 545,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditKey'), 'Arn'] },
    });
  });

  test('outlives the stack in production', () => {
    expect(inProduction).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test.each(['staging', 'development'] as const)('goes with the stack in %s, so that the stack can come back', (environment) => {
    const [group] = Object.values(logGroup({ environment }));
    expect(group).toMatchObject({ DeletionPolicy: 'Delete' });
  });
});

test('the role of the trail may write to that log group and do nothing else', () => {
  expect(propertiesOf(template, 'AWS::IAM::Role', 'AuditTrail')).toMatchObject({
    AssumeRolePolicyDocument: {
      Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' } }],
    },
    PermissionsBoundary: `arn:aws:iam::${account}:policy/example-boundary-eu-west-3`,
  });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^AuditTrailLogRole') }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AuditTrailLogGroup'), 'Arn'] },
        },
      ],
    },
  });
});
