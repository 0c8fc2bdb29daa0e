// TOM-3.4, TOM-6.2: what events and schedules start and cannot be handed over is kept, in queues of the deployment that nothing else fills.
import { append, type Finding, finding, type Guard, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { coversActions, statementsOf } from '../../template/policies';

const queueType = 'AWS::SQS::Queue';
const policyType = 'AWS::SQS::QueuePolicy';
const ruleType = 'AWS::Events::Rule';

/** Where each type names the queue of what it could not hand over. */
const queues: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'DeadLetterConfig.TargetArn',
  'AWS::Scheduler::Schedule': 'Target.DeadLetterConfig.Arn',
};
const perTarget = 'DeadLetterConfig.Arn';
const sender = 'events.amazonaws.com';

export const deadLetters: Rule = {
  name: 'dead-letters',
  requires:
    'every function, schedule and target of an EventBridge rule has a dead-letter queue of the deployment, to which EventBridge may send for that rule, and no other queue may move its messages to one',
  types: [...Object.keys(queues), ruleType, queueType],
  check(resource, assembly) {
    if (resource.type === queueType) return redrive(resource, assembly);
    if (resource.type === ruleType) return targets(resource, assembly);
    const path = queues[resource.type] ?? '';
    return queueOf(resource.at(path), resource, assembly) ? [] : [lacking(resource, 'queue', `Properties.${path}`)];
  },
  guards: [
    ...Object.entries(queues).map(([type, path]) => guard(type, `Properties.${path}`, remove, replace('arn:aws:sqs:eu-west-3:x:other'))),
    guard(ruleType, `Properties.Targets.*.${perTarget}`, remove, replace('arn:aws:sqs:eu-west-3:x:other')),
    guard(ruleType, 'Properties.Targets', append({ Id: 'Other', Arn: 'arn:aws:lambda:eu-west-3:x:function:other' })),
    guard(queueType, 'Properties.RedriveAllowPolicy', remove, replace({ redrivePermission: 'allowAll' })),
    guard(
      queueType,
      'Properties.RedriveAllowPolicy',
      set({ redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:eu-west-3:x:other'] }),
      set({ redrivePermission: 'byQueue', sourceQueueArns: [] }),
    ),
    guard(policyType, admission(''), remove),
    guard(policyType, admission('.Action'), remove, replace('sqs:ReceiveMessage')),
    guard(policyType, admission('.Principal'), remove, replace({ Service: 'sns.amazonaws.com' })),
    guard(policyType, admission('.Resource'), remove),
    guard(policyType, admission('.Condition.ArnEquals.aws:SourceArn'), remove, replace('arn:aws:events:eu-west-3:x:rule/other')),
  ],
  bypasses: [
    {
      name: 'a rule that loses what it cannot hand over',
      resources: { Loses: { Type: ruleType, Properties: { Targets: [{ Id: 'X', Arn: 'arn:aws:lambda:eu-west-3:x:function:x' }] } } },
    },
    {
      name: 'a rule whose queue does not admit it',
      resources: {
        Letters: { Type: queueType, Properties: { RedriveAllowPolicy: { redrivePermission: 'denyAll' } } },
        Refused: {
          Type: ruleType,
          Properties: { Targets: [{ Id: 'X', Arn: 'x', DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Letters', 'Arn'] } } }] },
        },
      },
    },
    { name: 'a queue that takes the dead letters of any other', resources: { Open: { Type: queueType, Properties: {} } } },
  ],
  reads: [
    { type: policyType, path: 'Properties.Queues' },
    { type: policyType, path: 'Properties.PolicyDocument' },
  ],
};

function queueOf(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const target = assembly.target(value, from.stack);
  return target?.type === queueType ? target : undefined;
}

function lacking(resource: Resource, id: string, path: string): Finding {
  return finding(resource, id, path, 'a dead-letter queue of the deployment', 'Build a ControlFunction, and start it by its dead letters.');
}

function targets(rule: Resource, assembly: Assembly): readonly Finding[] {
  return listOf(rule.at('Targets')).flatMap((target, index) => {
    const path = `Properties.Targets.${index}.${perTarget}`;
    const queue = queueOf(valueAt(target, perTarget), rule, assembly);
    if (!queue) return [lacking(rule, `queue::${index}`, path)];
    if (admits(queue, rule, assembly)) return [];
    return [finding(rule, `admission::${index}`, path, `a queue whose policy lets ${sender} send for this rule`, 'Use startOnEvents.')];
  });
}

function admits(queue: Resource, rule: Resource, assembly: Assembly): boolean {
  return assembly
    .ofType(policyType)
    .filter((policy) => listOf(policy.at('Queues')).some((value) => assembly.refersTo(value, policy, queue)))
    .some((policy) => admissions(policy).some(({ source, resource }) => leads(policy, source, rule) && leads(policy, resource, queue)));

  function leads(policy: Resource, value: Json | undefined, to: Resource): boolean {
    return assembly.refersTo(value, policy, to);
  }
}

/** The statements by which EventBridge may send to a queue, each for one rule. */
function admissions(policy: Resource) {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument')
    .filter((statement) => statement.effect === 'Allow' && coversActions(statement, ['sqs:SendMessage']))
    .filter(({ json }) => valueAt(json, 'Principal.Service') === sender)
    .map(({ path, json }) => ({ path, resource: json.Resource, source: valueAt(json, 'Condition.ArnEquals.aws:SourceArn') }));
}

function admission(below: string): Exclude<Guard['path'], string> {
  return (policy) => admissions(policy).map(({ path }) => `Properties.${path}${below}`);
}

/** Who may name the queue as the one for its own dead letters ("RedriveAllowPolicy"; by default every queue of the account). */
function redrive(queue: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'Properties.RedriveAllowPolicy';
  const policy = queue.at('RedriveAllowPolicy');
  const sources = listOf(valueAt(policy, 'sourceQueueArns'));
  const named = sources.length > 0 && sources.every((source) => queueOf(source, queue, assembly));
  const permission = isObject(policy) ? policy.redrivePermission : undefined;
  if (permission === 'denyAll' || (permission === 'byQueue' && named)) return [];
  return [finding(queue, 'redrive', path, 'denyAll, or byQueue with queues of the deployment', 'Set redriveAllowPolicy on the queue.')];
}
