import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

test('the mapping starts at the oldest record, and the function reports failed records', () => {
  expect(only('AWS::Lambda::EventSourceMapping')).toMatchObject({
    EventSourceArn: '<data.Hits.Arn>',
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 5,
    ParallelizationFactor: 2,
    MetricsConfig: { Metrics: ['EventCount'] },
  });
});

test('a failed batch is retried for 6 of the 7 days of retention, then written to the bucket', () => {
  const mapping = only('AWS::Lambda::EventSourceMapping');
  expect(mapping).toMatchObject({
    MaximumRecordAgeInSeconds: 6 * 86_400,
    DestinationConfig: { OnFailure: { Destination: '<data.DeadLetters.Arn>' } },
  });
  for (const absent of ['MaximumRetryAttempts', 'FilterCriteria', 'TumblingWindowInSeconds', 'Enabled']) {
    expect(mapping).not.toHaveProperty(absent);
  }
});

test('batches have the configured size', () => {
  const ingest = { batchRecords: 7, batchSeconds: 0, parallel: 10 };
  expect(only('AWS::Lambda::EventSourceMapping', '', { settings: { collection: { ingest } } })).toMatchObject({
    BatchSize: 7,
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 10,
  });
});

test('it signs in as the application, and has time for one record after another that fails', () => {
  expect(only('AWS::Lambda::Function', 'HitIngest')).toMatchObject({
    Timeout: 300,
    Environment: { Variables: { DATABASE_USER: 'rempart_application', DEAD_LETTERS_BUCKET: '<data.DeadLetters.Ref>' } },
  });
});

test('it may read the one stream, write and read dead letters, and use the data key through their services alone', () => {
  const statements = statementsOf('HitIngestFunction').filter(({ Effect }) => Effect === 'Allow');
  const about = (service: string) => statements.filter(({ Action }) => [Action].flat().every((action) => action.startsWith(`${service}:`)));
  expect(about('kinesis')).toMatchObject([{ Resource: '<data.Hits.Arn>' }]);
  expect(about('kinesis').flatMap(({ Action }) => Action)).toEqual([
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
  ]);
  expect(about('s3')).toMatchObject([
    { Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::example-dead-letters-111111111111-eu-west-3/*' },
    { Action: 's3:ListBucket', Resource: '<data.DeadLetters.Arn>' },
  ]);
  const withDataKey = about('kms').filter(({ Resource }) => Resource === '<data.DataKey.Arn>');
  expect(withDataKey.map(({ Condition }) => Condition)).toEqual(
    ['secretsmanager', 'kinesis', 's3'].map((service) => ({ StringEquals: { 'kms:ViaService': `${service}.eu-west-3.amazonaws.com` } })),
  );
});

test.each([
  ['IngestBehind', { MetricName: 'IteratorAge', Statistic: 'Maximum', Threshold: 900_000 }],
  ['RecordsGivenUp', { MetricName: 'OnFailureDestinationDeliveredEventCount', Threshold: 0 }],
  ['RecordsDropped', { MetricName: 'DroppedEventCount', Threshold: 0 }],
  ['HitsRejected', { MetricName: 'RejectedHits', Namespace: 'Rempart/example', Threshold: 0 }],
  ['UnknownSite', { MetricName: 'StrayHits', Namespace: 'Rempart/example', Threshold: 0 }],
  ['RecordsSetAside', { MetricName: 'SetAsideRecords', Namespace: 'Rempart/example', Threshold: 0 }],
])('people are notified: %s', (name, properties) => {
  const alarms = Object.entries(collectionStack().template.findResources('AWS::CloudWatch::Alarm'));
  const [, alarm] = alarms.find(([id]) => new RegExp(`^HitIngest${name}[0-9A-F]{8}$`).test(id)) ?? [];
  expect(alarm?.Properties).toMatchObject({ ...properties, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' });
});

test('an alarm notifies when hits arrive and none is read, which the age of records does not show', () => {
  const alarms = Object.entries(collectionStack().template.findResources('AWS::CloudWatch::Alarm'));
  const [, alarm] = alarms.find(([id]) => /^HitIngestStreamNotRead[0-9A-F]{8}$/.test(id)) ?? [];
  expect(alarm?.Properties).toMatchObject({ Threshold: 0, EvaluationPeriods: 3, ComparisonOperator: 'GreaterThanThreshold' });
  const metrics: { Expression?: string; MetricStat?: { Metric: { MetricName: string; Namespace: string } } }[] = alarm?.Properties.Metrics;
  expect(metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual(['IF(FILL(incoming, 0) > 0 AND FILL(invoked, 0) == 0, 1, 0)']);
  expect(metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])).toMatchObject([
    { Namespace: 'AWS/Kinesis', MetricName: 'IncomingRecords' },
    { Namespace: 'AWS/Lambda', MetricName: 'Invocations' },
  ]);
});

test('the metric counts a field that the function logs', () => {
  expect(only('AWS::Logs::MetricFilter', 'HitIngestRejected')).toMatchObject({ FilterPattern: '{ $.message.rejected > 0 }' });
  expect(only('AWS::Logs::MetricFilter', 'HitIngestStray')).toMatchObject({ FilterPattern: '{ $.message.stray > 0 }' });
  expect(only('AWS::Logs::MetricFilter', 'HitIngestSetAside')).toMatchObject({
    FilterPattern: '{ $.message.setAside > 0 }',
    MetricTransformations: [{ MetricName: 'SetAsideRecords', MetricNamespace: 'Rempart/example', MetricValue: '$.message.setAside' }],
  });
});
