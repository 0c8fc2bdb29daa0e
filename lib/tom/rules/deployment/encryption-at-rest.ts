// TOM-5.5: every store, stream, queue, topic, log group, disk and secret is encrypted with a key of the deployment.

import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { takesAccessLogs } from '../../template/buckets';
import { customerKey } from '../../template/keys';
import { type Host, kindOf, type Store } from '../../template/resource-types';
import { unknownStores } from './unknown-store-bypasses';

interface Encryption {
  /** The property that names the key. `*` stands for every element of a list, of which there must be one. */
  readonly key: string;
  /** Properties that name the key of more that the resource keeps. */
  readonly also?: readonly string[];
  /** A property beside it that turns encryption on, and its value. */
  readonly on?: { readonly path: string; readonly value: Json };
  /** Whether a resource of the type has anything to encrypt. @default - always */
  readonly holdsData?: (resource: Resource, assembly: Assembly) => boolean;
}

const inNoCluster = (instance: Resource): boolean => instance.at('DBClusterIdentifier') === undefined;
const hasEnvironment = (lambda: Resource): boolean => Object.keys(lambda.at('Environment.Variables') ?? {}).length > 0;
const notForAccessLogs = (bucket: Resource, assembly: Assembly): boolean => !takesAccessLogs(bucket, assembly);

/** Of what it reads from a stream it keeps nothing, and takes no key ("Data protection in Amazon Data Firehose"). What it writes is hit-archive's. */
const takesRecordsItself = (delivery: Resource): boolean => delivery.at('DeliveryStreamType') !== 'KinesisStreamAsSource';

const bucketDefault = 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault';
const diskEncryption = (path: string): Encryption => ({
  key: `${path}.*.Ebs.KmsKeyId`,
  on: { path: `${path}.*.Ebs.Encrypted`, value: true },
});

/**
 * How each type that holds data names its key. A parameter has none: CloudFormation makes no encrypted ones ("AWS::SSM::Parameter",
 * Type), and what is secret goes into the secrets store. Nor has Network Firewall, which keeps its settings with a key of AWS.
 */
const encryptions: Readonly<Record<Store | Host, Encryption | 'none'>> = {
  'AWS::Backup::BackupVault': { key: 'EncryptionKeyArn' },
  'AWS::CloudTrail::Trail': { key: 'KMSKeyId' },
  'AWS::Cognito::UserPool': { key: 'KeyConfiguration.KmsKeyArn', on: { path: 'KeyConfiguration.KeyType', value: 'CUSTOMER_MANAGED_KEY' } },
  'AWS::DynamoDB::Table': { key: 'SSESpecification.KMSMasterKeyId', on: { path: 'SSESpecification.SSEEnabled', value: true } },
  'AWS::EC2::Instance': diskEncryption('BlockDeviceMappings'),
  'AWS::EC2::LaunchTemplate': diskEncryption('LaunchTemplateData.BlockDeviceMappings'),
  'AWS::EC2::Volume': { key: 'KmsKeyId', on: { path: 'Encrypted', value: true } },
  'AWS::ECR::Repository': { key: 'EncryptionConfiguration.KmsKey', on: { path: 'EncryptionConfiguration.EncryptionType', value: 'KMS' } },
  'AWS::EFS::FileSystem': { key: 'KmsKeyId', on: { path: 'Encrypted', value: true } },
  'AWS::Kinesis::Stream': { key: 'StreamEncryption.KeyId', on: { path: 'StreamEncryption.EncryptionType', value: 'KMS' } },
  'AWS::KinesisFirehose::DeliveryStream': {
    key: 'DeliveryStreamEncryptionConfigurationInput.KeyARN',
    on: { path: 'DeliveryStreamEncryptionConfigurationInput.KeyType', value: 'CUSTOMER_MANAGED_CMK' },
    holdsData: takesRecordsItself,
  },
  'AWS::Lambda::Function': { key: 'KmsKeyArn', holdsData: hasEnvironment },
  'AWS::Logs::LogGroup': { key: 'KmsKeyId' },
  'AWS::RDS::DBCluster': {
    key: 'KmsKeyId',
    also: ['MasterUserSecret.KmsKeyId', 'PerformanceInsightsKmsKeyId'],
    on: { path: 'StorageEncrypted', value: true },
  },
  'AWS::RDS::DBInstance': { key: 'KmsKeyId', on: { path: 'StorageEncrypted', value: true }, holdsData: inNoCluster },
  'AWS::S3::Bucket': {
    key: `${bucketDefault}.KMSMasterKeyID`,
    on: { path: `${bucketDefault}.SSEAlgorithm`, value: 'aws:kms' },
    holdsData: notForAccessLogs,
  },
  'AWS::SNS::Topic': { key: 'KmsMasterKeyId' },
  'AWS::SQS::Queue': { key: 'KmsMasterKeyId' },
  'AWS::SSM::Parameter': 'none',
  'AWS::SecretsManager::Secret': { key: 'KmsKeyId' },
};

/** Types of which it is known how they are encrypted. */
const encrypted = Object.entries(encryptions).flatMap(([type, encryption]): [string, Encryption][] =>
  encryption === 'none' ? [] : [[type, encryption]],
);
const encryptionOf: ReadonlyMap<string, Encryption> = new Map(encrypted);

export const encryptionAtRest: Rule = {
  name: 'encryption-at-rest',
  requires:
    "every store, stream, queue, topic, log group, disk and secret is encrypted with a key of the deployment, not with the provider's",
  // Of any type, so that a store that nobody thought of is not passed over.
  types: ['*'],
  check(resource, assembly) {
    if (kindOf(resource.type) === 'unknown') {
      const fix = 'Add the type to the list that it belongs to in lib/tom/template/resource-types.ts.';
      return [finding(resource, 'type', '', 'a type of which it is known whether it holds data', fix)];
    }
    const encryption = encryptionOf.get(resource.type);
    if (!encryption) return 'not-applicable';
    if (encryption.holdsData && !encryption.holdsData(resource, assembly)) {
      return resource.type === 'AWS::S3::Bucket' ? accessLogBucket(resource) : 'not-applicable';
    }
    const named = [encryption.key, ...(encryption.also ?? [])].flatMap((path) => valuesAt(resource, path));
    const keys = named.flatMap(({ path, value }) =>
      customerKey(value, resource, assembly)
        ? []
        : [
            finding(
              resource,
              `key::${path}`,
              `Properties.${path}`,
              'a key of the deployment',
              'Give the resource the encryption key of its stack.',
            ),
          ],
    );
    return [...keys, ...switchedOff(resource, encryption)];
  },
  guards: encrypted.flatMap(guardsOf),
  bypasses: unknownStores,
  reads: [
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
    { type: 'AWS::S3::Bucket', path: 'Properties.LoggingConfiguration' },
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', path: 'Properties.LoadBalancerAttributes' },
    { type: 'AWS::KinesisFirehose::DeliveryStream', path: 'Properties.DeliveryStreamType' },
    { type: 'AWS::Lambda::Function', path: 'Properties.Environment' },
    { type: 'AWS::RDS::DBInstance', path: 'Properties.DBClusterIdentifier' },
  ],
};

function switchedOff(resource: Resource, { on }: Encryption): readonly Finding[] {
  if (!on) return [];
  return valuesAt(resource, on.path).flatMap(({ path, value }) =>
    value === on.value
      ? []
      : [finding(resource, `on::${path}`, `Properties.${path}`, String(on.value), 'Turn encryption on, with the key of the stack.')],
  );
}

/** A bucket for access logs: the provider's encryption is the only one that there is, and it must be written out. */
function accessLogBucket(bucket: Resource): readonly Finding[] {
  const path = `${bucketDefault}.SSEAlgorithm`;
  return valuesAt(bucket, path).flatMap(({ path: at, value }) =>
    value === 'AES256'
      ? []
      : [finding(bucket, 'access-logs', `Properties.${at}`, 'AES256', 'Set encryption: BucketEncryption.S3_MANAGED on the bucket.')],
  );
}

/** The values at a path with `*`. A list that is missing or empty gives one missing value, so that it is objected to. */
function valuesAt(resource: Resource, path: string): readonly { path: string; value: Json | undefined }[] {
  const [list, member] = path.split('.*.') as [string, string | undefined];
  if (member === undefined) return [{ path, value: resource.at(path) }];
  const elements = listOf(resource.at(list));
  if (elements.length === 0) return [{ path: list, value: undefined }];
  return elements.map((element, index) => ({
    path: `${list}.${index}.${member}`,
    value: isObject(element) ? valueAt(element, member) : undefined,
  }));
}

function guardsOf([type, { key, also = [], on, holdsData }]: [string, Encryption]): readonly Guard[] {
  const where = holdsData ?? (() => true);
  const keyGuards = [key, ...also].map((path) => guardWhere(type, where, `Properties.${path}`, remove, replace('alias/aws/other')));
  const onGuard = on ? [guardWhere(type, where, `Properties.${on.path}`, remove, replace(on.value === true ? false : 'none'))] : [];
  const exempt =
    type === 'AWS::S3::Bucket'
      ? [guardWhere(type, takesAccessLogs, `Properties.${bucketDefault}.SSEAlgorithm`, remove, replace('none'))]
      : [];
  return [...keyGuards, ...onGuard, ...exempt];
}
