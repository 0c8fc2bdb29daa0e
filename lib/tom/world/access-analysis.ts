// The analyzer of access from outside the account, the queue of its findings, and their alarm. (TOM-3.4, TOM-3.5)
import { hasAnalyzer } from '../rules/access/access-analyzer';
import type { DeploymentFacts } from '../template/assembly';
import { analyzerType, eventRuleType, queueType } from '../template/resource-types';
import { alarm, none } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, words } from './form';
import { after } from './functions-order';
import { admitsService, deniesEveryone, policyDocument } from './statements';
import { tags } from './tags';

const analysis = 'account/AccessAnalysis';

/** Longest retention of SQS ("Amazon SQS message quotas"). */
const messageSeconds = 14 * 86_400;

const findingsQueue = (id: string, sid: string): readonly Declaration[] => {
  const Resource = `\${${analysis}${id}.Arn}`;
  const properties = {
    KmsMasterKeyId: '${account/DeploymentKey.Arn}',
    MessageRetentionPeriod: messageSeconds,
    RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    Tags: tags('internal'),
  };
  const plain = { actions: 'sqs:*', resources: Resource, conditions: { Bool: { 'aws:SecureTransport': 'false' } } };
  const conditions = { ArnEquals: { 'aws:SourceArn': `\${${analysis}Rule.Arn}` } };
  return [
    declare(queueType, `${analysis}${id}`, properties, { deletion: 'Delete', replacement: 'Delete' }),
    declare('AWS::SQS::QueuePolicy', `${analysis}${id}Policy`, {
      Queues: [`\${${analysis}${id}}`],
      PolicyDocument: policyDocument(
        deniesEveryone(plain),
        admitsService('events.amazonaws.com', { sid, actions: 'sqs:SendMessage', resources: Resource, conditions }),
      ),
    }),
  ];
};

/** Roles whose trust in others the configuration demands: the findings of this trust are archived. */
function archiveRules({ settings }: DeploymentFacts): FormLike {
  const { auditor, deployer } = settings.access;
  const archived = (role: string, principal: string, value: string): FormLike => ({
    RuleName: role,
    Filter: [
      { Property: 'resourceType', Eq: ['AWS::IAM::Role'] },
      { Property: 'resource', Contains: [`:role/<deployment>-${role}-`] },
      { Property: principal, Eq: [value] },
    ],
  });
  return [
    ...(auditor ? [archived('auditor', 'principal.AWS', auditor.account)] : []),
    ...(deployer
      ? [archived('deployer', 'principal.Federated', 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com')]
      : []),
  ];
}

export const accessAnalysisDeclarations: readonly Declaration[] = [
  declare(
    analyzerType,
    `${analysis}Analyzer`,
    { Type: 'ACCOUNT', ArchiveRules: by(({ facts }) => archiveRules(facts)), Tags: tags() },
    {
      when: hasAnalyzer,
      dependsOn: after('account', ...['AccessFromOutside', 'Findings', 'FindingsPolicy', 'Rule'].map((part) => `AccessAnalysis${part}`)),
    },
  ),
  ...findingsQueue('Findings', 'FindingsOfTheAnalyzer'),
  ...findingsQueue('Undelivered', 'UndeliveredEvents'),
  declare(eventRuleType, `${analysis}Rule`, {
    Description: words,
    EventPattern: { source: ['aws.access-analyzer'], 'detail-type': ['Access Analyzer Finding'], detail: { status: ['ACTIVE'] } },
    Targets: [
      {
        Id: 'Findings',
        Arn: `\${${analysis}Findings.Arn}`,
        DeadLetterConfig: { Arn: `\${${analysis}Undelivered.Arn}` },
        RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 },
      },
    ],
    Tags: tags(),
  }),
  alarm({
    ...{ id: 'AccessFromOutside', of: 'AccessAnalysis', severity: 'page', silence: 'fine', every: 3600, raised: { above: none } },
    ...{ dependsOn: ['${account/AlarmsPolicy}'] },
    metric: {
      ...{ namespace: 'AWS/SQS', name: 'NumberOfMessagesSent', statistic: 'Sum' },
      dimensions: [{ Name: 'QueueName', Value: `\${${analysis}Findings.QueueName}` }],
    },
  }),
];
