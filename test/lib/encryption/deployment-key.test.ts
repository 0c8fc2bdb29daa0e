import { account, accountTemplate } from '../stacks/account-stack';
import { keyDecisions } from './key-policy';

const decide = keyDecisions('DeploymentKey');
const logs = (region: string, logGroup: string, principal = 'logs.eu-west-3.amazonaws.com') => ({
  principal,
  action: 'kms:GenerateDataKey',
  context: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${region}:${account}:log-group:${logGroup}` },
});

describe('the key of the deployment', () => {
  test('bears the name of the deployment', () => {
    accountTemplate().hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/example' });
  });

  test('serves the log groups of the deployment', async () => {
    expect(await decide(logs('eu-west-3', '/rempart/example/dns-queries'))).toBe('Allowed');
  });

  test('serves the log group of the web application firewall, whose name WAF prescribes', async () => {
    expect(await decide(logs('eu-west-3', 'aws-waf-logs-example-edge'))).toBe('Allowed');
    expect(await decide(logs('eu-west-3', 'aws-waf-logs-other-edge'))).toBe('ImplicitlyDenied');
  });

  test.each([
    ['another deployment', logs('eu-west-3', '/rempart/other/dns-queries')],
    ['a deployment whose name begins alike', logs('eu-west-3', '/rempart/example-2/dns-queries')],
    ['a log group of no deployment', logs('eu-west-3', '/aws/lambda/any')],
    ['another region', logs('eu-central-1', '/rempart/example/dns-queries')],
    ['CloudWatch Logs of another region', logs('eu-west-3', '/rempart/example/dns-queries', 'logs.us-east-1.amazonaws.com')],
    ['another service', logs('eu-west-3', '/rempart/example/dns-queries', 'cloudtrail.amazonaws.com')],
  ])('does not serve %s', async (_, request) => {
    expect(await decide(request)).toBe('ImplicitlyDenied');
  });

  test('follows the site to the recovery region', async () => {
    const recovered = keyDecisions('DeploymentKey', { site: 'recovery' });
    const request = logs('eu-central-1', '/rempart/example/dns-queries', 'logs.eu-central-1.amazonaws.com');
    expect(await recovered(request)).toBe('Allowed');
    expect(await recovered(logs('eu-west-3', '/rempart/example/dns-queries'))).toBe('ImplicitlyDenied');
  });

  const alarm = (of: string, action = 'kms:GenerateDataKey', name = 'example-edge-CertificateFailed') => ({
    principal: 'cloudwatch.amazonaws.com',
    action,
    context: { 'aws:SourceAccount': of, 'aws:SourceArn': `arn:aws:cloudwatch:eu-west-3:${of}:alarm:${name}` },
  });

  test('serves alarms of the deployment, which publish to an encrypted topic, and no other', async () => {
    expect(await decide(alarm(account))).toBe('Allowed');
    expect(await decide(alarm(account, 'kms:Decrypt'))).toBe('Allowed');
    expect(await decide(alarm(account, 'kms:Decrypt', 'other-edge-CertificateFailed'))).toBe('ImplicitlyDenied');
    expect(await decide(alarm('222222222222'))).toBe('ImplicitlyDenied');
    expect(await decide({ ...alarm(account), principal: 'events.amazonaws.com' })).toBe('ImplicitlyDenied');
    expect(await decide(alarm(account, 'kms:ScheduleKeyDeletion'))).toBe('ImplicitlyDenied');
  });

  test('serves dead letters of rules of the deployment, and no others', async () => {
    const letter = (rule: string, of = account) => ({
      principal: 'events.amazonaws.com',
      action: 'kms:GenerateDataKey',
      context: { 'aws:SourceAccount': of, 'aws:SourceArn': `arn:aws:events:eu-west-3:${of}:rule/${rule}` },
    });
    expect(await decide(letter('example-collection-CollectorsReplacementRule-1'))).toBe('Allowed');
    expect(await decide(letter('other-rule'))).toBe('ImplicitlyDenied');
    expect(await decide(letter('example-collection-x', '222222222222'))).toBe('ImplicitlyDenied');
  });

  test('CloudWatch Logs cannot administer it', async () => {
    expect(await decide({ ...logs('eu-west-3', '/rempart/example/x'), action: 'kms:ScheduleKeyDeletion' })).toBe('ImplicitlyDenied');
  });
});
