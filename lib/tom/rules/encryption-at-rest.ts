// TOM-5.5: every store, stream, queue, topic, log group, disk and secret is encrypted with a key of the deployment.
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../assembly';
import { takesAccessLogs } from '../reading/buckets';
import { customerKey } from '../reading/keys';
import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace } from '../rule';

interface Encryption {
  /** The property that names the key. `*` stands for every element of a list, of which there must be one. */
  readonly key: string;
  /** A property beside it that turns encryption on, and its value. */
  readonly on?: { readonly path: string; readonly value: Json };
  /** Whether a resource of the type has anything to encrypt. @default - always */
  readonly holdsData?: (resource: Resource, assembly: Assembly) => boolean;
}

const inNoCluster = (instance: Resource): boolean => instance.at('DBClusterIdentifier') === undefined;
const hasEnvironment = (lambda: Resource): boolean => Object.keys(lambda.at('Environment.Variables') ?? {}).length > 0;
const notForAccessLogs = (bucket: Resource, assembly: Assembly): boolean => !takesAccessLogs(bucket, assembly);

const bucketDefault = 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault';
const disks = (path: string): Encryption => ({ key: `${path}.*.Ebs.KmsKeyId`, on: { path: `${path}.*.Ebs.Encrypted`, value: true } });

/**
 * How each type that holds data names its key; a type that is not listed is not checked. Network Firewall encrypts its settings
 * with a key of AWS: CloudFormation knows no property for another.
 */
const encryptions: Readonly<Record<string, Encryption>> = {
  'AWS::Backup::BackupVault': { key: 'EncryptionKeyArn' },
  'AWS::CloudTrail::Trail': { key: 'KMSKeyId' },
  'AWS::DynamoDB::Table': { key: 'SSESpecification.KMSMasterKeyId', on: { path: 'SSESpecification.SSEEnabled', value: true } },
  'AWS::EC2::Instance': disks('BlockDeviceMappings'),
  'AWS::EC2::LaunchTemplate': disks('LaunchTemplateData.BlockDeviceMappings'),
  'AWS::EC2::Volume': { key: 'KmsKeyId', on: { path: 'Encrypted', value: true } },
  'AWS::ECR::Repository': { key: 'EncryptionConfiguration.KmsKey', on: { path: 'EncryptionConfiguration.EncryptionType', value: 'KMS' } },
  'AWS::EFS::FileSystem': { key: 'KmsKeyId', on: { path: 'Encrypted', value: true } },
  'AWS::Kinesis::Stream': { key: 'StreamEncryption.KeyId', on: { path: 'StreamEncryption.EncryptionType', value: 'KMS' } },
  'AWS::KinesisFirehose::DeliveryStream': {
    key: 'DeliveryStreamEncryptionConfigurationInput.KeyARN',
    on: { path: 'DeliveryStreamEncryptionConfigurationInput.KeyType', value: 'CUSTOMER_MANAGED_CMK' },
  },
  'AWS::Lambda::Function': { key: 'KmsKeyArn', holdsData: hasEnvironment },
  'AWS::Logs::LogGroup': { key: 'KmsKeyId' },
  'AWS::RDS::DBCluster': { key: 'KmsKeyId', on: { path: 'StorageEncrypted', value: true } },
  'AWS::RDS::DBInstance': { key: 'KmsKeyId', on: { path: 'StorageEncrypted', value: true }, holdsData: inNoCluster },
  'AWS::S3::Bucket': {
    key: `${bucketDefault}.KMSMasterKeyID`,
    on: { path: `${bucketDefault}.SSEAlgorithm`, value: 'aws:kms' },
    holdsData: notForAccessLogs,
  },
  'AWS::SNS::Topic': { key: 'KmsMasterKeyId' },
  'AWS::SQS::Queue': { key: 'KmsMasterKeyId' },
  'AWS::SecretsManager::Secret': { key: 'KmsKeyId' },
};

export const encryptionAtRest: Rule = {
  name: 'encryption-at-rest',
  requires:
    "every store, stream, queue, topic, log group, disk and secret is encrypted with a key of the deployment, not with the provider's",
  types: Object.keys(encryptions),
  check(resource, assembly) {
    const encryption = encryptions[resource.type];
    if (!encryption) return 'not-applicable';
    if (encryption.holdsData && !encryption.holdsData(resource, assembly)) {
      return resource.type === 'AWS::S3::Bucket' ? accessLogBucket(resource) : 'not-applicable';
    }
    const keys = each(resource, encryption.key).flatMap(({ path, value }) =>
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
  guards: Object.entries(encryptions).flatMap(guardsOf),
  consults: [
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
    { type: 'AWS::S3::Bucket', path: 'Properties.LoggingConfiguration' },
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', path: 'Properties.LoadBalancerAttributes' },
    { type: 'AWS::Lambda::Function', path: 'Properties.Environment' },
    { type: 'AWS::RDS::DBInstance', path: 'Properties.DBClusterIdentifier' },
  ],
};

function switchedOff(resource: Resource, { on }: Encryption): readonly Finding[] {
  if (!on) return [];
  return each(resource, on.path).flatMap(({ path, value }) =>
    value === on.value
      ? []
      : [finding(resource, `on::${path}`, `Properties.${path}`, String(on.value), 'Turn encryption on, with the key of the stack.')],
  );
}

/** A bucket for access logs: the provider's encryption is the only one that there is, and it must be written out. */
function accessLogBucket(bucket: Resource): readonly Finding[] {
  const path = `${bucketDefault}.SSEAlgorithm`;
  return each(bucket, path).flatMap(({ path: at, value }) =>
    value === 'AES256'
      ? []
      : [finding(bucket, 'access-logs', `Properties.${at}`, 'AES256', 'Set encryption: BucketEncryption.S3_MANAGED on the bucket.')],
  );
}

/** The values at a path with `*`. A list that is missing or empty gives one missing value, so that it is objected to. */
function each(resource: Resource, path: string): readonly { path: string; value: Json | undefined }[] {
  const [list, member] = path.split('.*.') as [string, string | undefined];
  if (member === undefined) return [{ path, value: resource.at(path) }];
  const elements = listOf(resource.at(list));
  if (elements.length === 0) return [{ path: list, value: undefined }];
  return elements.map((element, index) => ({
    path: `${list}.${index}.${member}`,
    value: isObject(element) ? valueAt(element, member) : undefined,
  }));
}

function guardsOf([type, { key, on, holdsData }]: [string, Encryption]): readonly Guard[] {
  const where = holdsData ?? (() => true);
  const keyGuard = guardWhere(type, where, `Properties.${key}`, remove, replace('alias/aws/other'));
  const onGuard = on ? [guardWhere(type, where, `Properties.${on.path}`, remove, replace(on.value === true ? false : 'none'))] : [];
  const exempt =
    type === 'AWS::S3::Bucket'
      ? [guardWhere(type, takesAccessLogs, `Properties.${bucketDefault}.SSEAlgorithm`, remove, replace('none'))]
      : [];
  return [keyGuard, ...onGuard, ...exempt];
}
