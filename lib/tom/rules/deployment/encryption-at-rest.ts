// TOM-5.5: every store, stream, queue, topic, log group, disk and secret is encrypted with a key of the deployment.

import { type Finding, finding, type Guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { takesAccessLogs } from '../../template/buckets';
import { customerKey } from '../../template/keys';
import {
  balancerType,
  bucketType,
  databaseInstanceType,
  deliveryType,
  functionType,
  type Host,
  keyAliasType,
  kindOf,
  queueType,
  type Store,
} from '../../template/resource-types';
import { unknownStores } from './unknown-store-bypasses';
import { unlistedTypeFinding } from './unlisted-type-findings';

interface Encryption {
  /** Path of the key. `*` is every element of a list, which must not be empty. */
  readonly key: string;
  /** Paths of the keys of further data of the resource. */
  readonly also?: readonly string[];
  /** Path and value of the property that enables encryption. */
  readonly on?: { readonly path: string; readonly value: Json };
  /** Whether a resource of the type has data to encrypt. @default - always */
  readonly holdsData?: (resource: Resource, assembly: Assembly) => boolean;
}

const inNoCluster = (instance: Resource): boolean => instance.at('DBClusterIdentifier') === undefined;
const hasEnvironment = (lambda: Resource): boolean => Object.keys(lambda.at('Environment.Variables') ?? {}).length > 0;
const notForAccessLogs = (bucket: Resource, assembly: Assembly): boolean => !takesAccessLogs(bucket, assembly);

/**
 * A delivery from a stream stores no records and accepts no key ("Data protection in Amazon Data Firehose");
 * hit-archive covers its destination.
 */
const storesRecords = (delivery: Resource): boolean => delivery.at('DeliveryStreamType') !== 'KinesisStreamAsSource';

const bucketDefault = 'BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault';
const diskEncryption = (path: string): Encryption => ({
  key: `${path}.*.Ebs.KmsKeyId`,
  on: { path: `${path}.*.Ebs.Encrypted`, value: true },
});

/**
 * Key properties of each type that holds data. A parameter has none: CloudFormation creates no SecureString parameters
 * ("AWS::SSM::Parameter", Type), and secrets belong to Secrets Manager. Network Firewall encrypts its settings with a
 * key of AWS.
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
    holdsData: storesRecords,
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
  [queueType]: { key: 'KmsMasterKeyId' },
  'AWS::SSM::Parameter': 'none',
  'AWS::SecretsManager::Secret': { key: 'KmsKeyId' },
};

/** Types with a key property. */
const encrypted = Object.entries(encryptions).flatMap(([type, encryption]): [string, Encryption][] =>
  encryption === 'none' ? [] : [[type, encryption]],
);
const encryptionOf: ReadonlyMap<string, Encryption> = new Map(encrypted);

export const encryptionAtRest: Rule = {
  name: 'encryption-at-rest',
  requires: 'every store, stream, queue, topic, log group, disk and secret is encrypted with a customer-managed key of the deployment',
  // Every type, so that a store of an unlisted type is a finding.
  types: ['*'],
  check(resource, assembly) {
    if (kindOf(resource.type) === 'unknown') return [unlistedTypeFinding(resource)];
    const encryption = encryptionOf.get(resource.type);
    if (!encryption) return 'not-applicable';
    if (encryption.holdsData && !encryption.holdsData(resource, assembly)) {
      return resource.type === bucketType ? accessLogFindings(resource) : 'not-applicable';
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
              'Set the encryption key of the stack on the resource.',
            ),
          ],
    );
    return [...keys, ...disabledFindings(resource, encryption)];
  },
  guards: encrypted.flatMap(guardsOf),
  bypasses: unknownStores,
  reads: [
    { type: keyAliasType, path: 'Properties.TargetKeyId' },
    { type: keyAliasType, path: 'Properties.AliasName' },
    { type: bucketType, path: 'Properties.LoggingConfiguration' },
    { type: balancerType, path: 'Properties.LoadBalancerAttributes' },
    { type: deliveryType, path: 'Properties.DeliveryStreamType' },
    { type: functionType, path: 'Properties.Environment' },
    { type: databaseInstanceType, path: 'Properties.DBClusterIdentifier' },
  ],
};

function disabledFindings(resource: Resource, { on }: Encryption): readonly Finding[] {
  if (!on) return [];
  return valuesAt(resource, on.path).flatMap(({ path, value }) =>
    value === on.value
      ? []
      : [finding(resource, `on::${path}`, `Properties.${path}`, String(on.value), 'Enable encryption with the key of the stack.')],
  );
}

/** A bucket for access logs supports SSE-S3 only, which must be declared. */
function accessLogFindings(bucket: Resource): readonly Finding[] {
  const path = `${bucketDefault}.SSEAlgorithm`;
  return valuesAt(bucket, path).flatMap(({ path: at, value }) =>
    value === 'AES256'
      ? []
      : [finding(bucket, 'access-logs', `Properties.${at}`, 'AES256', 'Set encryption: BucketEncryption.S3_MANAGED on the bucket.')],
  );
}

/** The values at a path with `*`. A missing or empty list returns one missing value, which is a finding. */
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
    type === bucketType ? [guardWhere(type, takesAccessLogs, `Properties.${bucketDefault}.SSEAlgorithm`, remove, replace('none'))] : [];
  return [...keyGuards, ...onGuard, ...exempt];
}
