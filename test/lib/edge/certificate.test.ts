// The certificate of the load balancer: environment, permissions and schedule of its function, and its alarms.
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { readEnvironment } from '../../../lambda/edge/certificate/env';
import type { SiteName } from '../../../lib/config/site';
import { Certificate } from '../../../lib/edge/certificate';
import { decide } from '../identity/evaluate';
import { account, accountTemplate, appWithFlags, propertiesOf, siteFor } from '../stacks/account-stack';

const arns = {
  home: `arn:aws:acm:eu-west-3:${account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
  recovery: `arn:aws:acm:eu-central-1:${account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
};
const issue = {
  domain: 'www.example.com',
  hostedZone: { id: 'Z123', name: 'example.com' },
  certificate: { issue: { contact: 'certificates@example.com', renewDaysBefore: 40 } },
};
const given = { domain: 'www.example.com', certificate: { arn: arns } };

function build(edge: Record<string, unknown>, { site = 'home' }: { site?: SiteName } = {}) {
  const of = siteFor({ site, settings: { edge } });
  const stack = new Stack(appWithFlags(), 'example-edge', { env: { account, region: of.region } });
  const alarmTopic = new Topic(stack, 'Topic');
  const { certificateArn } = new Certificate(stack, 'Certificate', { site: of, key: new Key(stack, 'Key'), alarmTopic });
  return { stack, template: Template.fromStack(stack), certificateArn: stack.resolve(certificateArn) };
}

const builds = { given: build(given), issued: build(issue), 'self-signed': build({}) } as const;
type Mode = keyof typeof builds;

function variablesOf(template: Template): Record<string, string> {
  const { Environment } = propertiesOf(template, 'AWS::Lambda::Function') as { Environment: { Variables: Record<string, string> } };
  const { ENCRYPTION_KEY: key, ...rest } = Environment.Variables;
  return key === undefined ? rest : { ...rest, ENCRYPTION_KEY: `arn:aws:kms:eu-west-3:${account}:key/1` };
}

describe('the environment of the function has', () => {
  test.each<[Mode, Record<string, string>]>([
    ['given', { CERTIFICATE_ARN: arns.home, DOMAIN: 'www.example.com' }],
    [
      'issued',
      {
        DOMAIN: 'www.example.com',
        HOSTED_ZONE: 'Z123',
        CONTACT: 'certificates@example.com',
        DIRECTORY: 'https://acme-v02.api.letsencrypt.org/directory',
        RENEW_DAYS: '40',
        AUTHORITY_ACCOUNT: 'example/certificate-account',
        ENCRYPTION_KEY: `arn:aws:kms:eu-west-3:${account}:key/1`,
      },
    ],
    ['self-signed', { DOMAIN: 'example.rempart.invalid', RENEW_DAYS: '30' }],
  ])('that the certificate is %s', (mode, rest) => {
    const variables = variablesOf(builds[mode].template);
    expect(readEnvironment(variables)).toEqual(variables);
    expect(variables).toEqual({ MODE: mode, DEPLOYMENT: 'example', ...rest });
  });

  test('the certificate of the recovery site at the recovery site', () => {
    expect(variablesOf(build(given, { site: 'recovery' }).template).CERTIFICATE_ARN).toBe(arns.recovery);
  });

  test('a wildcard as domain where none is configured', () => {
    expect(variablesOf(build({ certificate: { arn: arns } }).template).DOMAIN).toBe('*');
  });
});

describe.each(['given', 'issued', 'self-signed'] as const)('%s', (mode) => {
  const { template, certificateArn } = builds[mode];

  test('the ARN for the listener comes from the response of the function', () => {
    const [id] = Object.keys(template.findResources('Custom::Certificate'));
    expect(certificateArn).toEqual({ 'Fn::GetAtt': [id, 'CertificateArn'] });
    template.hasResourceProperties('Custom::Certificate', { Mode: mode, ServiceTimeout: '1920' });
  });

  test('the function runs one at a time, for at most the maximum of Lambda', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1, Timeout: 900 });
  });

  test('the function runs every day, and undelivered starts go to the dead letters', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(40 2 * * ? *)',
      Target: { DeadLetterConfig: {}, RetryPolicy: { MaximumRetryAttempts: 10 } },
    });
  });

  test('alarms are raised two weeks before expiry and when the function fails', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    expect(alarms).toMatchObject([
      {
        Namespace: 'AWS/CertificateManager',
        MetricName: 'DaysToExpiry',
        Dimensions: [{ Name: 'CertificateArn', Value: certificateArn }],
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 14,
        Statistic: 'Minimum',
        TreatMissingData: 'ignore',
      },
      {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        TreatMissingData: 'ignore',
      },
    ]);
  });
});

test('the two sites prove the domain at different times', () => {
  build(issue, { site: 'recovery' }).template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(40 14 * * ? *)',
  });
});

test('alarms go to the topic', () => {
  const { template } = build(issue);
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual([[expect.anything()], [expect.anything()]]);
});

test('another source, domain or authority updates the custom resource', () => {
  const properties = (edge: Record<string, unknown>) => JSON.stringify(build(edge).template.findResources('Custom::Certificate'));
  const elsewhere = { ...issue, certificate: { issue: { ...issue.certificate.issue, directory: 'https://acme.example.org/directory' } } };
  const texts = [given, issue, elsewhere, {}, { ...issue, domain: 'a.example.com' }].map(properties);
  expect(new Set(texts).size).toBe(texts.length);
});

describe('permissions of the function', () => {
  const boundary = propertiesOf(accountTemplate(), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
  const decisionFor = (mode: Mode, action: string, resource: string, context: Record<string, string | string[]> = {}) => {
    const global = action.startsWith('route53:');
    const identity = propertiesOf(builds[mode].template, 'AWS::IAM::ManagedPolicy', 'CertificateFunction').PolicyDocument;
    const principal = `arn:aws:iam::${account}:role/example-edge-x`;
    const region = { 'aws:RequestedRegion': global ? 'us-east-1' : 'eu-west-3' };
    return decide({ identity, boundary }, { principal, action, resource, context: { ...region, ...context } });
  };
  const any = `arn:aws:acm:eu-west-3:${account}:certificate/any`;
  const tags = (origin: string, deployment: string, kind: string) => ({
    [`aws:${origin}/rempart:deployment`]: deployment,
    [`aws:${origin}/rempart:certificate`]: kind,
  });
  const zone = (id: string) => `arn:aws:route53:::hostedzone/${id}`;
  const record = (name: string, type = 'TXT', action = 'UPSERT') => ({
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
    'route53:ChangeResourceRecordSetsRecordTypes': [type],
    'route53:ChangeResourceRecordSetsActions': [action],
  });
  const proof = '_acme-challenge.www.example.com';
  const secret = (name: string) => `arn:aws:secretsmanager:eu-west-3:${account}:secret:${name}-AbCdEf`;

  test.each<[Mode, string, string, Record<string, string | string[]>]>([
    ['given', 'acm:GetCertificate', arns.home, {}],
    ['given', 'acm:DescribeCertificate', arns.home, {}],
    ['given', 'acm:DeleteCertificate', any, tags('ResourceTag', 'example', 'issued')],
    ['issued', 'acm:ListCertificates', '*', {}],
    ['issued', 'acm:ListTagsForCertificate', any, {}],
    ['issued', 'acm:ImportCertificate', any, tags('RequestTag', 'example', 'issued')],
    ['issued', 'acm:AddTagsToCertificate', any, tags('RequestTag', 'example', 'issued')],
    ['issued', 'acm:ImportCertificate', any, tags('ResourceTag', 'example', 'issued')],
    ['issued', 'acm:GetCertificate', any, tags('ResourceTag', 'example', 'issued')],
    ['issued', 'acm:DeleteCertificate', any, tags('ResourceTag', 'example', 'self-signed')],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z123'), record(proof)],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z123'), record(proof, 'TXT', 'DELETE')],
    ['issued', 'route53:GetChange', 'arn:aws:route53:::change/C1', {}],
    ['issued', 'secretsmanager:CreateSecret', secret('example/certificate-account'), {}],
    ['issued', 'secretsmanager:PutSecretValue', secret('example/certificate-account'), {}],
    ['self-signed', 'acm:ImportCertificate', any, tags('RequestTag', 'example', 'self-signed')],
  ])('%s: %s on %s', async (mode, action, resource, context) => {
    expect(await decisionFor(mode, action, resource, context)).toBe('Allowed');
  });

  test.each<[Mode, string, string, Record<string, string | string[]>]>([
    ['given', 'acm:ImportCertificate', arns.home, {}],
    ['given', 'acm:ImportCertificate', any, tags('RequestTag', 'example', 'issued')],
    ['given', 'acm:DeleteCertificate', arns.home, {}],
    ['given', 'acm:GetCertificate', any, {}],
    ['issued', 'acm:ImportCertificate', any, {}],
    ['issued', 'acm:ImportCertificate', any, tags('ResourceTag', 'staging', 'issued')],
    ['issued', 'acm:ImportCertificate', any, tags('RequestTag', 'example', 'self-signed')],
    ['issued', 'acm:ImportCertificate', any, { 'aws:RequestTag/rempart:deployment': 'example' }],
    // The certificate of the VPN server does not take the tag of the function's own.
    ...['acm:AddTagsToCertificate', 'acm:ImportCertificate'].map((action): [Mode, string, string, Record<string, string>] => [
      ...(['issued', action, any] as const),
      { ...tags('RequestTag', 'example', 'issued'), ...tags('ResourceTag', 'example', 'vpn-server') },
    ]),
    ['issued', 'acm:DeleteCertificate', any, tags('ResourceTag', 'staging', 'issued')],
    ['issued', 'acm:DeleteCertificate', any, {}],
    ['issued', 'acm:ExportCertificate', any, tags('ResourceTag', 'example', 'issued')],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z124'), record(proof)],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z123'), record('www.example.com')],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z123'), record(proof, 'A')],
    ['issued', 'route53:ChangeResourceRecordSets', zone('Z123'), record(proof, 'TXT', 'CREATE')],
    ['issued', 'secretsmanager:GetSecretValue', secret('example/sites/7'), {}],
    ['issued', 'secretsmanager:DeleteSecret', secret('example/certificate-account'), {}],
    ['self-signed', 'route53:ChangeResourceRecordSets', zone('Z123'), record(proof)],
    ['self-signed', 'secretsmanager:CreateSecret', secret('example/certificate-account'), {}],
  ])('%s: not %s on %s', async (mode, action, resource, context) => {
    expect(await decisionFor(mode, action, resource, context)).toBe('ImplicitlyDenied');
  });
});
