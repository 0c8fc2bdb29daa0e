// The log groups of the network: encrypted, kept for as long as the configuration says, and in production not deleted with the stack.
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

test('elsewhere they go with the stack: their names are fixed, and it could not come back', () => {
  const groups = Object.values(resources(development(), 'AWS::Logs::LogGroup'));
  expect(groups.length).toBeGreaterThan(1);
  for (const group of groups) expect(group).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});
