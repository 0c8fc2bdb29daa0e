import { encryptionAtRest } from '../../../../../lib/tom/rules/deployment/encryption-at-rest';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { Assembly } from '../../../../../lib/tom/template/assembly';
import { answers, att, facts, join, key, ref, resource, stack } from '../example';

const verdict = (type: string, properties: JsonObject, rest = {}) =>
  answers(encryptionAtRest, { ...key, A: resource(type, properties), ...rest }).A;

const bucket = (rule: JsonObject): JsonObject => ({
  BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: rule }] },
});

test.each<[string, JsonObject]>([
  ['AWS::Logs::LogGroup', { KmsKeyId: att('Key') }],
  ['AWS::SNS::Topic', { KmsMasterKeyId: ref('Key') }],
  ['AWS::SQS::Queue', { KmsMasterKeyId: att('Key') }],
  ['AWS::SecretsManager::Secret', { KmsKeyId: ref('Key') }],
  ['AWS::Kinesis::Stream', { StreamEncryption: { EncryptionType: 'KMS', KeyId: ref('Key') } }],
  ['AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: ref('Key') } }],
  ['AWS::EC2::Volume', { Encrypted: true, KmsKeyId: ref('Key') }],
  ['AWS::EC2::LaunchTemplate', { LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { Encrypted: true, KmsKeyId: ref('Key') } }] } }],
  [
    'AWS::RDS::DBCluster',
    { StorageEncrypted: true, KmsKeyId: ref('Key'), MasterUserSecret: { KmsKeyId: ref('Key') }, PerformanceInsightsKmsKeyId: ref('Key') },
  ],
  ['AWS::S3::Bucket', bucket({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: att('Key') })],
  ['AWS::Lambda::Function', { KmsKeyArn: att('Key'), Environment: { Variables: { A: 'b' } } }],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    { DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK', KeyARN: att('Key') } },
  ],
])('%s with the key of the deployment complies', (type, properties) => {
  expect(verdict(type, properties)).toBe('compliant');
});

test.each<[string, JsonObject, string[]]>([
  ['AWS::Logs::LogGroup', {}, ['key::KmsKeyId']],
  ['AWS::SNS::Topic', { KmsMasterKeyId: 'alias/aws/sns' }, ['key::KmsMasterKeyId']],
  ['AWS::SQS::Queue', { SqsManagedSseEnabled: true }, ['key::KmsMasterKeyId']],
  ['AWS::Kinesis::Stream', { StreamEncryption: { EncryptionType: 'NONE', KeyId: ref('Key') } }, ['on::StreamEncryption.EncryptionType']],
  ['AWS::EC2::Volume', { Encrypted: false, KmsKeyId: ref('Key') }, ['on::Encrypted']],
  ['AWS::EC2::Instance', {}, ['key::BlockDeviceMappings', 'on::BlockDeviceMappings']],
  ['AWS::RDS::DBInstance', {}, ['key::KmsKeyId', 'on::StorageEncrypted']],
  [
    'AWS::RDS::DBCluster',
    { StorageEncrypted: true, KmsKeyId: ref('Key') },
    ['key::MasterUserSecret.KmsKeyId', 'key::PerformanceInsightsKmsKeyId'],
  ],
  [
    'AWS::S3::Bucket',
    bucket({ SSEAlgorithm: 'AES256' }),
    [
      'key::BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID',
      'on::BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm',
    ],
  ],
  ['AWS::Lambda::Function', { Environment: { Variables: { A: 'b' } } }, ['key::KmsKeyArn']],
  [
    'AWS::KinesisFirehose::DeliveryStream',
    { DeliveryStreamType: 'DirectPut' },
    ['key::DeliveryStreamEncryptionConfigurationInput.KeyARN', 'on::DeliveryStreamEncryptionConfigurationInput.KeyType'],
  ],
])('%s without it does not', (type, properties, ids) => {
  expect(verdict(type, properties)).toEqual(ids);
});

test('a resource without data to encrypt is not applicable', () => {
  expect(verdict('AWS::EC2::Route', {})).toBe('not-applicable');
  expect(verdict('AWS::SSM::Parameter', {})).toBe('not-applicable');
  expect(verdict('AWS::Lambda::Function', {})).toBe('not-applicable');
  expect(verdict('AWS::RDS::DBInstance', { DBClusterIdentifier: ref('Cluster') })).toBe('not-applicable');
  expect(verdict('AWS::KinesisFirehose::DeliveryStream', { DeliveryStreamType: 'KinesisStreamAsSource' })).toBe('not-applicable');
});

test('a type of which it is not known whether it holds data does not comply', () => {
  expect(verdict('AWS::ElastiCache::ReplicationGroup', { AtRestEncryptionEnabled: true, KmsKeyId: ref('Key') })).toEqual(['type']);
});

test('an alias of a key of the deployment will do, by reference or by name', () => {
  const alias = { Alias: resource('AWS::KMS::Alias', { AliasName: 'alias/production', TargetKeyId: att('Key') }) };
  const names: Json[] = [
    ref('Alias'),
    'alias/production',
    join('arn:aws:kms:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':alias/production'),
  ];
  for (const name of names) expect(verdict('AWS::SNS::Topic', { KmsMasterKeyId: name }, alias)).toBe('compliant');
  expect(verdict('AWS::SNS::Topic', { KmsMasterKeyId: 'alias/another' }, alias)).toEqual(['key::KmsMasterKeyId']);
});

test('a bucket for access logs takes the encryption of S3, written out', () => {
  const logged = { Other: resource('AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: ref('A') } }) };
  expect(verdict('AWS::S3::Bucket', bucket({ SSEAlgorithm: 'AES256' }), logged)).toBe('compliant');
  expect(verdict('AWS::S3::Bucket', {}, logged)).toEqual(['access-logs']);
});

test.each<[string, Json]>([
  ['an export', { 'Fn::ImportValue': 'key-of-account' }],
  ['an output', { 'Fn::GetStackOutput': { StackName: 'production-account', OutputName: 'KeyArn' } }],
])('the key of another stack is found through %s', (_, value) => {
  const account = stack(key, {
    name: 'production-account',
    template: { Resources: { ...key }, Outputs: { KeyArn: { Value: att('Key'), Export: { Name: 'key-of-account' } } } },
  });
  const example = stack({ A: resource('AWS::SNS::Topic', { KmsMasterKeyId: value }) });
  expect(answers(encryptionAtRest, new Assembly(facts, [account, example])).A).toBe('compliant');
  expect(answers(encryptionAtRest, new Assembly(facts, [example])).A).toEqual(['key::KmsMasterKeyId']);
});
