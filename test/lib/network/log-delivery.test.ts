// The log delivery service may write to the log groups of the network, for this account, and to no other.
import { development, production, type Resource, resources } from './reading';

test.each([
  ['with network firewall', production, ['DnsQueries', 'FirewallAlerts', 'FirewallFlows']],
  ['without', development, ['DnsQueries']],
] as const)('%s', (_, made, groups) => {
  const template = made();
  const [policy] = Object.values(resources(template, 'AWS::Logs::ResourcePolicy')) as [Resource];
  const document = policy.Properties.PolicyDocument as unknown as { 'Fn::Join': [string, (string | Record<string, unknown>)[]] };
  const [, parts] = document['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'"))).join('');
  const { Statement: statements } = JSON.parse(text) as { Statement: Record<string, unknown>[] };
  expect(statements).toHaveLength(1);
  expect(statements[0]).toMatchObject({
    Effect: 'Allow',
    Principal: { Service: 'delivery.logs.amazonaws.com' },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Condition: {
      StringEquals: { 'aws:SourceAccount': "{'Ref':'AWS::AccountId'}" },
      ArnLike: { 'aws:SourceArn': "arn:aws:logs:eu-west-3:{'Ref':'AWS::AccountId'}:*" },
    },
  });
  const named = [statements[0]?.Resource as string | string[]].flat();
  expect(named).toHaveLength(groups.length);
  for (const group of groups) expect(named).toContainEqual(expect.stringMatching(new RegExp(`^{'Fn::GetAtt':\\['${group}.*','Arn'\\]}$`)));
});
