// TOM-3.4, TOM-6.2: undelivered events and invocations are retained in dead-letter queues of the deployment.
// These queues receive nothing else.
import { append, type Finding, finding, type Guard, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { coversActions, statementsOf } from '../../template/policies';
import { eventRuleType, functionType, queueType, scheduleType } from '../../template/resource-types';

const policyType = 'AWS::SQS::QueuePolicy';

/** Property of the dead-letter queue of each type. */
const queuePaths: Readonly<Record<string, string>> = {
  [functionType]: 'DeadLetterConfig.TargetArn',
  [scheduleType]: 'Target.DeadLetterConfig.Arn',
};
const perTarget = 'DeadLetterConfig.Arn';
const sender = 'events.amazonaws.com';

export const deadLetters: Rule = {
  name: 'dead-letters',
  requires: 'every function, schedule and EventBridge target has a dead-letter queue, which admits its rule and no other source queue',
  types: [...Object.keys(queuePaths), eventRuleType, queueType],
  check(resource, assembly) {
    if (resource.type === queueType) return redriveFindings(resource, assembly);
    if (resource.type === eventRuleType) return targetFindings(resource, assembly);
    const path = queuePaths[resource.type] ?? '';
    return queueOf(resource.at(path), resource, assembly) ? [] : [missingQueue(resource, 'queue', `Properties.${path}`)];
  },
  guards: [
    ...Object.entries(queuePaths).map(([type, path]) =>
      guard(type, `Properties.${path}`, remove, replace('arn:aws:sqs:eu-west-3:x:other')),
    ),
    guard(eventRuleType, `Properties.Targets.*.${perTarget}`, remove, replace('arn:aws:sqs:eu-west-3:x:other')),
    guard(eventRuleType, 'Properties.Targets', append({ Id: 'Other', Arn: 'arn:aws:lambda:eu-west-3:x:function:other' })),
    guard(queueType, 'Properties.RedriveAllowPolicy', remove, replace({ redrivePermission: 'allowAll' })),
    guard(
      queueType,
      'Properties.RedriveAllowPolicy',
      set({ redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:eu-west-3:x:other'] }),
      set({ redrivePermission: 'byQueue', sourceQueueArns: [] }),
    ),
    guard(policyType, admissionPaths(''), remove),
    guard(policyType, admissionPaths('.Action'), remove, replace('sqs:ReceiveMessage')),
    guard(policyType, admissionPaths('.Principal'), remove, replace({ Service: 'sns.amazonaws.com' })),
    guard(policyType, admissionPaths('.Resource'), remove),
    guard(policyType, admissionPaths('.Condition.ArnEquals.aws:SourceArn'), remove, replace('arn:aws:events:eu-west-3:x:rule/other')),
  ],
  bypasses: [
    {
      name: 'a rule whose target has no dead-letter queue',
      resources: { Loses: { Type: eventRuleType, Properties: { Targets: [{ Id: 'X', Arn: 'arn:aws:lambda:eu-west-3:x:function:x' }] } } },
    },
    {
      name: 'a rule whose dead-letter queue does not admit it',
      resources: {
        Letters: { Type: queueType, Properties: { RedriveAllowPolicy: { redrivePermission: 'denyAll' } } },
        Refused: {
          Type: eventRuleType,
          Properties: { Targets: [{ Id: 'X', Arn: 'x', DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Letters', 'Arn'] } } }] },
        },
      },
    },
    { name: 'a queue that admits dead letters of every queue', resources: { Open: { Type: queueType, Properties: {} } } },
  ],
  reads: [
    { type: policyType, path: 'Properties.Queues' },
    { type: queueType, path: 'Properties.QueueName' },
    { type: policyType, path: 'Properties.PolicyDocument' },
  ],
};

function queueOf(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const target = assembly.target(value, from.stack);
  return target?.type === queueType ? target : undefined;
}

function missingQueue(resource: Resource, id: string, path: string): Finding {
  return finding(
    resource,
    id,
    path,
    'a dead-letter queue of the deployment',
    'Create the function with ControlFunction, which has a dead-letter queue.',
  );
}

function targetFindings(rule: Resource, assembly: Assembly): readonly Finding[] {
  return listOf(rule.at('Targets')).flatMap((target, index) => {
    const path = `Properties.Targets.${index}.${perTarget}`;
    const queue = queueOf(valueAt(target, perTarget), rule, assembly);
    if (!queue) return [missingQueue(rule, `queue::${index}`, path)];
    const receiver = queueOf(valueAt(target, 'Arn'), rule, assembly);
    if ([queue, ...(receiver ? [receiver] : [])].every((one) => isAdmitted(one, rule, assembly))) return [];
    return [
      finding(rule, `admission::${index}`, path, `a queue whose policy allows ${sender} to send for this rule`, 'Use startOnEvents.'),
    ];
  });
}

function isAdmitted(queue: Resource, rule: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(policyType)
    .filter((policy) => listOf(policy.at('Queues')).some((value) => assembly.refersTo(value, policy, queue)))
    .some((policy) =>
      admissions(policy).some(({ source, resource }) => refersTo(policy, source, rule) && refersTo(policy, resource, queue)),
    );

  function refersTo(policy: Resource, value: Json | undefined, to: Resource): boolean {
    return assembly.refersTo(value, policy, to);
  }
}

/** The statements that allow EventBridge to send to a queue, each for one rule. */
function admissions(policy: Resource) {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument')
    .filter((statement) => statement.effect === 'Allow' && coversActions(statement, ['sqs:SendMessage']))
    .filter(({ json }) => valueAt(json, 'Principal.Service') === sender)
    .map(({ path, json }) => ({ path, resource: json.Resource, source: valueAt(json, 'Condition.ArnEquals.aws:SourceArn') }));
}

function admissionPaths(below: string): Exclude<Guard['path'], string> {
  return (policy) => admissions(policy).map(({ path }) => `Properties.${path}${below}`);
}

/**
 * Queues that may use this one for their dead letters ("RedriveAllowPolicy"; by default every queue of the account).
 */
function redriveFindings(queue: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.RedriveAllowPolicy';
  const policy = queue.at('RedriveAllowPolicy');
  const sources = listOf(valueAt(policy, 'sourceQueueArns'));
  const areOwn = sources.length > 0 && sources.every((source) => isOwnQueue(source, queue, assembly));
  const permission = isObject(policy) ? policy.redrivePermission : undefined;
  if (permission === 'denyAll' || (permission === 'byQueue' && areOwn)) return [];
  return [finding(queue, 'redrive', path, 'denyAll, or byQueue with queues of the deployment', 'Set redriveAllowPolicy on the queue.')];
}

/**
 * Whether a value names a queue of the stack: by reference, or by its fixed name, where two queues name each other and
 * CloudFormation could create neither first.
 */
function isOwnQueue(source: Json, from: Resource, assembly: Assembly): boolean {
  if (queueOf(source, from, assembly)) return true;
  const arn = canonical(source, from.stack, assembly);
  return assembly
    .ofType(queueType)
    .filter((queue) => queue.stack === from.stack && queue.at('QueueName') !== undefined)
    .some((queue) => arn === `arn:aws:sqs:${from.stack.region}:\${AWS::AccountId}:${String(queue.at('QueueName'))}`);
}
