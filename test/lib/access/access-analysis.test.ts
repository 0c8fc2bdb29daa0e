// The analyzer of access from outside, as the account stack deploys it.
import { accountTemplate, type Choice, concrete } from '../stacks/account-stack';

const type = 'AWS::AccessAnalyzer::Analyzer';
const people = {
  access: {
    auditor: { account: '444455556666', externalId: 'audit-0123456789' },
    deployer: { repository: 'example/platform', provider: 'managed' },
  },
};

const analyzers = (choice: Choice = {}) => Object.values(accountTemplate(choice).findResources(type));

test.each<Choice>([{}, { site: 'recovery' }, { environment: 'staging' }])(
  '%j: one analyzer for access from outside the account',
  (choice) => {
    expect(analyzers(choice).map(({ Properties }) => Properties)).toMatchObject([{ Type: 'ACCOUNT', ArchiveRules: [] }]);
  },
);

test('a deployment that shares the analyzer of another one creates none, and has the alarm on its findings', () => {
  const choice: Choice = { environment: 'staging', settings: { access: { accessAnalyzer: 'existing' } } };
  expect(analyzers(choice)).toEqual([]);
  accountTemplate(choice).hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'example-account-AccessFromOutside', Period: 3600 });
});

test('the trust of the auditor and of deployers is archived, for their principals alone', () => {
  const [analyzer] = analyzers({ settings: people });
  expect((concrete(analyzer?.Properties) as { ArchiveRules: object[] }).ArchiveRules).toEqual([
    {
      RuleName: 'auditor',
      Filter: [
        { Property: 'resourceType', Eq: ['AWS::IAM::Role'] },
        { Property: 'resource', Contains: [':role/example-auditor-'] },
        { Property: 'principal.AWS', Eq: ['444455556666'] },
      ],
    },
    {
      RuleName: 'deployer',
      Filter: [
        { Property: 'resourceType', Eq: ['AWS::IAM::Role'] },
        { Property: 'resource', Contains: [':role/example-deployer-'] },
        {
          Property: 'principal.Federated',
          Eq: [expect.stringMatching(/:iam::111111111111:oidc-provider\/token\.actions\.githubusercontent\.com$/)],
        },
      ],
    },
  ]);
});

test('the first finding reaches the queue: the analyzer is created after the rule, the policy of the queue and the alarm', () => {
  const template = accountTemplate();
  const dependencies = (analyzers()[0]?.DependsOn ?? []) as string[];
  for (const before of ['AWS::Events::Rule', 'AWS::SQS::QueuePolicy', 'AWS::CloudWatch::Alarm']) {
    const ids = Object.keys(template.findResources(before)).filter((id) => /^AccessAnalysis(?!Undelivered)/.test(id));
    expect([before, ids.length]).toEqual([before, 1]);
    expect(dependencies).toEqual(expect.arrayContaining(ids));
  }
});
