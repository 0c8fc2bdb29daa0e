// The redaction of the load balancer's logs: its queue, its triggers, and what is there before the first run.
import { accountTemplate } from '../stacks/account-stack';

const template = accountTemplate();
const idsOf = (type: string, prefix: string) => Object.keys(template.findResources(type)).filter((id) => id.startsWith(prefix));
const only = (type: string, prefix = 'EdgeLogRedaction') => {
  const [id = '', ...more] = idsOf(type, prefix);
  expect(more).toEqual([]);
  return template.findResources(type)[id] as { Properties: Record<string, unknown>; DependsOn?: string[] };
};
const lambda = only('AWS::Lambda::Function').Properties as { Timeout: number };

test('the queue of landed logs is encrypted, waits for six runs, and gives a message up after three', () => {
  const queue = only('AWS::SQS::Queue', 'EdgeLogRedactionNotices').Properties;
  const [letters] = idsOf('AWS::SQS::Queue', 'EdgeLogRedactionNoticeDeadLetters');
  expect(queue).toMatchObject({
    QueueName: 'example-edge-log-notices',
    KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringContaining('DeploymentKey'), 'Arn'] },
    VisibilityTimeout: 6 * lambda.Timeout,
    RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: { 'Fn::GetAtt': [letters, 'Arn'] } },
  });
  const admitted = only('AWS::SQS::Queue', 'EdgeLogRedactionNoticeDeadLetters').Properties.RedriveAllowPolicy;
  expect(JSON.stringify(admitted)).toMatch(/byQueue.*:example-edge-log-notices/);
});

test('every new object of the landing bucket is a message, and a failed batch is delivered in part', () => {
  const [landing] = idsOf('AWS::S3::Bucket', 'EdgeLogLanding');
  expect(only('AWS::Events::Rule').Properties).toMatchObject({
    EventPattern: { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [{ Ref: landing }] } } },
  });
  expect(only('AWS::Lambda::EventSourceMapping').Properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
});

test('every five minutes a sweep redacts what was not', () => {
  expect(only('AWS::Scheduler::Schedule').Properties).toMatchObject({ ScheduleExpression: 'rate(5 minutes)' });
});

test('the policies of buckets and queues are there before the first run', () => {
  for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::Scheduler::Schedule']) {
    const before = (only(type).DependsOn ?? []).join();
    for (const policy of ['AuditArchivePolicy', 'EdgeLogLandingPolicy', 'EdgeLogsPolicy', 'EdgeLogRedactionNoticesPolicy']) {
      expect([type, policy, before.includes(policy)]).toEqual([type, policy, true]);
    }
  }
});
