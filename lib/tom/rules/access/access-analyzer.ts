// TOM-3.5, TOM-3.4: an analyzer finds access from outside the account, and each of its findings raises an alarm.
import { append, type Finding, guardsWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, type DeploymentFacts, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { alarmType, analyzerType, eventRuleType, queueType, trailType } from '../../template/resource-types';
import { alarmGuards } from '../probe-alarms';

/** Seconds in which a finding raises the alarm, at most. */
const longestPeriod = 3600;

const fix = 'Create AccessAnalysis in the account stack.';

export const accessAnalyzer: Rule = {
  name: 'access-analyzer',
  requires: 'an analyzer of the account finds access from outside, archives named roles only, and its findings raise an alarm',
  types: [trailType],
  check(_, assembly) {
    const analyzers = assembly.ofType(analyzerType).filter(isOfAccount);
    return [
      ...(analyzers.length > 0 || !hasAnalyzer(assembly.facts)
        ? []
        : [missing('analyzer', analyzerType, 'an analyzer of the type ACCOUNT, which finds access from outside the account')]),
      ...analyzers.flatMap((analyzer) => archiveFindings(analyzer, assembly)),
      ...(assembly.ofType(eventRuleType).some((rule) => isAlarming(rule, assembly))
        ? []
        : [missing('events', eventRuleType, 'an enabled rule that sends each active finding to a queue with an alarm on its messages')]),
    ];
  },
  guards: [
    ...guardsWhere(analyzerType, isOfAccount, {
      '': [remove],
      'Properties.Type': [remove, replace('ACCOUNT_UNUSED_ACCESS')],
      'Properties.ArchiveRules': [append({ RuleName: 'all', Filter: [{ Property: 'resourceType', Eq: ['AWS::S3::Bucket'] }] })],
      'Properties.ArchiveRules.*.Filter': [remove, replace([])],
      'Properties.ArchiveRules.*.Filter.*.Contains': [remove, replace(['arn:'])],
    }),
    ...guardsWhere(eventRuleType, isAlarming, {
      '': [remove],
      'Properties.State': [set('DISABLED')],
      'Properties.EventPattern': [remove, replace({ source: ['aws.s3'] })],
      'Properties.EventPattern.source': [replace(['aws.s3'])],
      'Properties.EventPattern.detail-type': [replace(['Access Preview State Change'])],
      'Properties.EventPattern.detail.status': [replace(['RESOLVED'])],
      'Properties.Targets.*.Arn': [remove, replace('arn:aws:sqs:eu-west-3:x:other')],
    }),
    ...alarmGuards(isFindingsAlarm, { '': [remove], 'Properties.Threshold': [remove, replace(10)] }),
  ],
  bypasses: [
    {
      name: 'an analyzer that archives the findings of all buckets',
      resources: {
        Silent: {
          Type: analyzerType,
          Properties: {
            Type: 'ACCOUNT',
            ArchiveRules: [{ RuleName: 'all', Filter: [{ Property: 'resourceType', Eq: ['AWS::S3::Bucket'] }] }],
          },
        },
      },
    },
  ],
  reads: [
    { type: analyzerType, path: 'Properties' },
    { type: eventRuleType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
  ],
};

/** Production has an analyzer of its own; elsewhere one deployment of the account and region has it. */
export const hasAnalyzer = ({ environment, settings }: DeploymentFacts): boolean =>
  environment === 'production' || settings.access.accessAnalyzer === 'managed';

const missing = (id: string, path: string, required: string): Finding => ({ id, path, found: undefined, required, fix });

function isOfAccount(analyzer: Resource): boolean {
  return analyzer.at('Type') === 'ACCOUNT';
}

/** An archive rule hides the findings of one role of the deployment for one principal, and nothing else. */
function archiveFindings(analyzer: Resource, { facts }: Assembly): readonly Finding[] {
  return listOf(analyzer.at('ArchiveRules')).flatMap((rule, index) => {
    const filters = listOf(valueAt(rule, 'Filter'));
    const of = (property: string): Json | undefined => filters.find((filter) => isObject(filter) && filter.Property === property);
    const roles = listOf(valueAt(of('resource') ?? null, 'Contains'));
    const isRole = roles.length === 1 && String(roles[0]).startsWith(`:role/${facts.deployment}-`);
    const principals = ['principal.AWS', 'principal.Federated'].flatMap((name) => listOf(valueAt(of(name) ?? null, 'Eq')));
    if (isRole && principals.length === 1) return [];
    const path = `Properties.ArchiveRules.${index}`;
    const required = 'one role of the deployment and one principal in the filter';
    return [{ id: `archive::${index}`, path, found: rule, required, fix: 'Archive the findings of named roles only.' }];
  });
}

/** Whether a rule sends each active finding to a queue whose messages raise an alarm. */
function isAlarming(rule: Resource, assembly: Assembly): boolean {
  const isOnly = (path: string, value: string): boolean => JSON.stringify(rule.at(`EventPattern.${path}`)) === JSON.stringify([value]);
  const queues = listOf(rule.at('Targets')).flatMap((target) => {
    const queue = assembly.target(valueAt(target, 'Arn'), rule.stack);
    return queue?.type === queueType ? [queue] : [];
  });
  return (
    isOnly('source', 'aws.access-analyzer') &&
    isOnly('detail-type', 'Access Analyzer Finding') &&
    isOnly('detail.status', 'ACTIVE') &&
    [undefined, 'ENABLED'].some((state) => state === rule.at('State')) &&
    queues.some((queue) => assembly.ofType(alarmType).some((alarm) => countsMessages(alarm, queue, assembly)))
  );
}

/** Whether an alarm is raised by the first message that a queue receives. */
function countsMessages(alarm: Resource, queue: Resource, assembly: Assembly): boolean {
  const [dimension, ...more] = listOf(alarm.at('Dimensions'));
  return (
    alarm.at('Namespace') === 'AWS/SQS' &&
    alarm.at('MetricName') === 'NumberOfMessagesSent' &&
    alarm.at('Statistic') === 'Sum' &&
    alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
    alarm.at('Threshold') === 0 &&
    Number(alarm.at('Period')) * Number(alarm.at('EvaluationPeriods')) <= longestPeriod &&
    alarm.at('ActionsEnabled') !== false &&
    more.length === 0 &&
    valueAt(dimension ?? null, 'Name') === 'QueueName' &&
    assembly.refersTo(valueAt(dimension ?? null, 'Value'), alarm, queue)
  );
}

function isFindingsAlarm(alarm: Resource, assembly: Assembly): boolean {
  return assembly.ofType(eventRuleType).some(
    (rule) =>
      isAlarming(rule, assembly) &&
      listOf(rule.at('Targets')).some((target) => {
        const queue = assembly.target(valueAt(target, 'Arn'), rule.stack);
        return queue !== undefined && countsMessages(alarm, queue, assembly);
      }),
  );
}
