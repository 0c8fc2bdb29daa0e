// The log groups of the network: encrypted, with the retention of the configuration, and in production retained when
// the stack is deleted.
import { development, production, resources } from './reading';

test('every log group is encrypted with the given key, retained and named after the deployment', () => {
  const groups = Object.values(resources(production(), 'AWS::Logs::LogGroup'));
  expect(groups.map(({ Properties }) => Properties.LogGroupName).sort()).toEqual([
    '/rempart/production/dns-queries',
    '/rempart/production/firewall-alerts',
    '/rempart/production/firewall-flows',
    '/rempart/production/functions/default-security-group',
  ]);
  for (const group of groups) {
    expect(group).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { RetentionInDays: 400, KmsKeyId: { 'Fn::ImportValue': expect.stringContaining('Key') } },
    });
  }
});

test('outside production they are deleted with the stack: with their fixed names it could not be created again', () => {
  const groups = Object.values(resources(development(), 'AWS::Logs::LogGroup'));
  expect(groups.length).toBeGreaterThan(1);
  for (const group of groups) expect(group).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});
