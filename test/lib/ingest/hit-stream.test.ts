import { only, resourcesOf } from '../stacks/data-stack';

test('it keeps records for 7 days, under the data key, and outlives its stack', () => {
  expect(only({}, 'AWS::Kinesis::Stream')).toMatchObject({
    RetentionPeriodHours: 168,
    StreamEncryption: { EncryptionType: 'KMS', KeyId: { 'Fn::GetAtt': ['DataKey17AFBB84', 'Arn'] } },
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  });
  const [stream] = Object.values(resourcesOf({}, 'AWS::Kinesis::Stream'));
  expect(stream).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(only({}, 'AWS::Kinesis::Stream')).not.toHaveProperty('ShardCount');
  expect(only({}, 'AWS::Kinesis::Stream')).not.toHaveProperty('Name');
});

test('it has the configured number of shards', () => {
  const choice = { settings: { collection: { stream: { mode: 'provisioned', shards: 12 } } } };
  expect(only(choice, 'AWS::Kinesis::Stream')).toMatchObject({ ShardCount: 12, StreamModeDetails: { StreamMode: 'PROVISIONED' } });
});
