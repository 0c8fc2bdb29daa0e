// The admission of a deployment to its account, as the stacks deploy it.
import { Template } from 'aws-cdk-lib/assertions';
import { buildDeployment } from '../../../lib/deployment';
import type { AccountStack } from '../../../lib/stacks/account';
import { only } from '../stacks/access-stack';
import { accountTemplate, appWithFlags, type Choice, concrete, propertiesOf, siteFor } from '../stacks/account-stack';

const custom = 'Custom::AccountEnvironments';
const boundary = 'arn:aws:iam::111111111111:policy/example-boundary-eu-west-3';

/** The release of the whole deployment. */
function releaseOf(choice: Choice = {}): unknown {
  const app = appWithFlags();
  buildDeployment(app, siteFor(choice));
  const stack = app.node.findChild('example-account') as AccountStack;
  return propertiesOf(Template.fromStack(stack), custom).Release;
}

test('a release is the same for the same templates, and another one if a template of any stack changes', () => {
  const release = releaseOf();
  expect(release).toMatch(/^[0-9a-f]{16}$/);
  expect(releaseOf()).toBe(release);
  const changes: Choice[] = [
    { settings: { network: { allowedDomains: ['packages.example.org'] } } },
    { settings: { collection: { servers: { maximum: 9 } } } },
    { settings: { access: { timeouts: { shellIdleMinutes: 5 } } } },
    { environment: 'staging' },
  ];
  expect(new Set([release, ...changes.map(releaseOf)]).size).toBe(changes.length + 1);
});

test('the function reads both regions from home, its own one when recovered, and changes its marker alone', () => {
  const variables = (choice: Choice) =>
    (propertiesOf(accountTemplate(choice), 'AWS::Lambda::Function', 'Environments').Environment as { Variables: object }).Variables;
  expect(variables({ environment: 'staging' })).toMatchObject({ ENVIRONMENT: 'staging', REGIONS: 'eu-west-3,eu-central-1' });
  expect(variables({ site: 'recovery' })).toMatchObject({ ENVIRONMENT: 'production', REGIONS: 'eu-central-1' });
  const { PolicyDocument } = propertiesOf(accountTemplate(), 'AWS::IAM::ManagedPolicy', 'EnvironmentsFunctionPermissions');
  const { Statement } = concrete(PolicyDocument) as { Statement: { Action: string | string[]; Resource: unknown; Condition?: unknown }[] };
  const own = Statement.filter(({ Action }) => /^(?:iam|ec2):/.test([Action].flat()[0] ?? ''));
  expect(own).toMatchObject([
    { Action: 'iam:ListPolicies', Resource: '*' },
    { Action: 'iam:ListPolicyTags', Resource: 'arn:aws:iam::111111111111:policy/*-boundary-*' },
    { Action: ['iam:TagPolicy', 'iam:UntagPolicy'], Resource: boundary },
    {
      ...{ Action: 'ec2:DescribeVpcs', Resource: '*' },
      Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-3', 'eu-central-1'] } },
    },
  ]);
});

test('the watch begins after the admission and runs every hour; a finding and 6 hours of silence raise alarms', () => {
  const template = accountTemplate();
  const [admission] = Object.keys(template.findResources(custom));
  const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule')).filter(({ Properties }) =>
    JSON.stringify(Properties).includes('Environments'),
  );
  expect(schedule).toMatchObject({ Properties: { ScheduleExpression: 'rate(1 hour)' }, DependsOn: expect.arrayContaining([admission]) });
  expect(propertiesOf(template, 'AWS::CloudWatch::Alarm', 'EnvironmentsEnvironmentBesideProduction')).toMatchObject({
    ...{ MetricName: 'Findings', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Period: 3600 },
  });
  const { Period, EvaluationPeriods, ...missed } = only('AWS::CloudWatch::Alarm', 'EnvironmentWatch').Properties;
  expect(missed).toMatchObject({ MetricName: 'Completed', Threshold: 1, TreatMissingData: 'breaching' });
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(6 * 3600);
});
