import { administrator } from '../identity/evaluate';
import { account, accountTemplate } from '../stacks/account-stack';
import { keyDecisions } from './key-policy';

const decide = keyDecisions('AuditKey');
const trailArn = `arn:aws:cloudtrail:eu-west-3:${account}:trail/example-trail-eu-west-3`;
const byTrail = {
  principal: 'cloudtrail.amazonaws.com',
  action: 'kms:GenerateDataKey',
  context: { 'aws:SourceArn': trailArn, 'kms:EncryptionContext:aws:cloudtrail:arn': trailArn },
};
const byDelivery = {
  principal: 'delivery.logs.amazonaws.com',
  action: 'kms:GenerateDataKey',
  context: { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:aws:logs:eu-west-3:${account}:delivery-source` },
};
const byLogs = {
  principal: 'logs.eu-west-3.amazonaws.com',
  action: 'kms:Encrypt',
  context: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-west-3:${account}:log-group:/rempart/example/trail` },
};

const byExport = {
  principal: 'logs.eu-west-3.amazonaws.com',
  action: 'kms:GenerateDataKey',
  context: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::example-account-auditarchive60ebc247-1/sessions/2026/11/28/x.gz' },
};

describe('the key of the audit records', () => {
  test('bears the name of the deployment', () => {
    accountTemplate().hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/example-audit' });
  });

  test.each([
    ['the trail', byTrail],
    ['the trail, to look at the key', { ...byTrail, action: 'kms:DescribeKey', context: { 'aws:SourceArn': trailArn } }],
    ['the delivery of flow logs', byDelivery],
    ['the log group of the trail', byLogs],
    ['the export of sessions', byExport],
    ['the export of sessions, to continue an upload', { ...byExport, action: 'kms:Decrypt' }],
  ])('serves %s', async (_, request) => {
    expect(await decide(request)).toBe('Allowed');
  });

  test.each([
    ['another trail of the account', { ...byTrail, context: { ...byTrail.context, 'aws:SourceArn': `${trailArn}-2` } }],
    ['a trail that does not say whose records it encrypts', { ...byTrail, context: { 'aws:SourceArn': trailArn } }],
    [
      'a trail of another account',
      { ...byTrail, context: { ...byTrail.context, 'aws:SourceArn': trailArn.replace(account, '222222222222') } },
    ],
    ['the trail, to read', { ...byTrail, action: 'kms:Decrypt' }],
    ['deliveries of another account', { ...byDelivery, context: { ...byDelivery.context, 'aws:SourceAccount': '222222222222' } }],
    [
      'deliveries of another region',
      { ...byDelivery, context: { ...byDelivery.context, 'aws:SourceArn': `arn:aws:logs:us-east-1:${account}:x` } },
    ],
    [
      'the other log groups of the deployment',
      { ...byLogs, context: { 'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-west-3:${account}:log-group:/rempart/example/dns` } },
    ],
    [
      'exports to another folder',
      { ...byExport, context: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::example-account-auditarchive-1/cloudtrail/x.gz' } },
    ],
    [
      'exports to the bucket of another deployment',
      { ...byExport, context: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::other-account-auditarchive-1/sessions/x.gz' } },
    ],
    ['exports without a context', { ...byExport, context: {} }],
  ])('does not serve %s', async (_, request) => {
    expect(await decide(request)).toBe('ImplicitlyDenied');
  });
});

describe('deletion of the key of audit records', () => {
  const decideForAdministrator = keyDecisions('AuditKey', {}, administrator);
  const deployment = `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`;
  const ask = (principal: string, action: string) =>
    decideForAdministrator({ principal, action, context: { 'aws:PrincipalArn': principal } });

  describe.each([
    ['an administrator', `arn:aws:iam::${account}:role/admin`],
    ['the root user', `arn:aws:iam::${account}:root`],
    ['a deployment of another region', deployment.replace('eu-west-3', 'us-east-1')],
  ])('%s', (_, principal) => {
    test.each(['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:DeleteImportedKeyMaterial'])(
      'not by %s',
      async (action) => {
        expect(await ask(principal, action)).toBe('ExplicitlyDenied');
        expect(await ask(deployment, action)).toBe('Allowed');
      },
    );

    // KMS refuses a policy that its author could not replace, and a key without an administrator is lost.
    test.each(['kms:PutKeyPolicy', 'kms:CancelKeyDeletion', 'kms:EnableKey', 'kms:Decrypt'])('%s stays possible', async (action) => {
      expect(await ask(principal, action)).toBe('Allowed');
    });
  });
});
