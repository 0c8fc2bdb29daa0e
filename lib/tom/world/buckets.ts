// The law of buckets and of their policies.
import { dailyBackup, notBackedUp } from './backup-stores';
import { inProduction } from './configured';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { type FormLike, set } from './form';
import { deniesEveryone, ownAccount, policyDocument } from './statements';
import { tags } from './tags';

/** Days after which an incomplete upload is removed. */
const incompleteUploadDays = 7;

/** TLS versions before this one are denied. (TOM-5.7) */
const lowestTls = 1.2;

export interface BucketLaw {
  readonly classification: 'internal' | 'confidential' | 'personal';
  /** Server-side encryption, as in `kmsEncryption('data/DataKey')`. (TOM-5.5) */
  readonly encryption: FormLike;
  readonly lifecycle: readonly FormLike[];
  /** Fixed name of the bucket. @default - CloudFormation names it */
  readonly bucketName?: string;
  readonly further?: Readonly<Record<string, FormLike>>;
  /** Whether a deleted object leaves no version. @default - the bucket is versioned, and tidied */
  readonly unversioned?: true;
  /** The deletion policy of the bucket and of its policy. */
  readonly deletion: 'Retain' | 'RetainExceptOnCreate';
  readonly statements: readonly FormLike[];
  /** Name of the store among those that are not backed up. @default - it is backed up each day */
  readonly notBackedUp?: string;
  /** Resources before the bucket. @default - none */
  readonly dependsOn?: FormLike;
  /** @default - every deployment has it */
  readonly when?: DeclarationOptions['when'];
}

/** Encryption under a key of the deployment. A bucket key saves requests; without one, each object has a data key. */
export const kmsEncryption = (key: string, bucketKey = true): FormLike => [
  {
    BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
    BucketKeyEnabled: bucketKey,
    ServerSideEncryptionByDefault: { KMSMasterKeyID: `\${${key}.Arn}`, SSEAlgorithm: 'aws:kms' },
  },
];

/** Encryption under a key of S3: the only one that Elastic Load Balancing accepts ("Enable access logs"). */
export const s3Encryption: FormLike = [
  { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] }, ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
];

const tidy = {
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: incompleteUploadDays },
  ExpiredObjectDeleteMarker: true,
  Id: 'tidy',
  Status: 'Enabled',
};

/** A private bucket without website or ACLs, and its only policy. */
export function bucket(name: string, law: BucketLaw): readonly Declaration[] {
  const retention = { deletion: law.deletion, replacement: 'Retain', ...(law.when ? { when: law.when } : {}) } as const;
  return [
    declare(
      'AWS::S3::Bucket',
      name,
      {
        BucketEncryption: { ServerSideEncryptionConfiguration: law.encryption },
        ...(law.bucketName === undefined ? {} : { BucketName: law.bucketName }),
        LifecycleConfiguration: { Rules: set(...law.lifecycle, ...(law.unversioned ? [] : [tidy])) },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        Tags: law.notBackedUp === undefined ? tags(law.classification, dailyBackup) : tags(law.classification),
        ...(law.unversioned ? {} : { VersioningConfiguration: { Status: 'Enabled' } }),
        ...law.further,
      },
      {
        ...retention,
        ...(law.notBackedUp === undefined ? {} : notBackedUp(law.notBackedUp)),
        ...(law.dependsOn === undefined ? {} : { dependsOn: law.dependsOn }),
      },
    ),
    declare(
      'AWS::S3::BucketPolicy',
      `${name}Policy`,
      { Bucket: `\${${name}}`, PolicyDocument: policyDocument(...deniesPlainRequests(name), ...law.statements) },
      retention,
    ),
  ];
}

export const bucketArn = (name: string): string => `\${${name}.Arn}`;
export const objectsOf = (name: string, below = ''): string => `\${${name}.Arn}/${below}*`;
export const wholeBucket = (name: string): readonly [string, string] => [bucketArn(name), objectsOf(name)];

/** Denies requests without TLS, and with an old version of it. (TOM-5.7) */
function deniesPlainRequests(name: string): readonly FormLike[] {
  const requests = { actions: 's3:*', resources: wholeBucket(name) };
  return [
    deniesEveryone({ ...requests, conditions: { Bool: { 'aws:SecureTransport': 'false' } } }),
    deniesEveryone({ ...requests, conditions: { NumericLessThan: { 's3:TlsVersion': lowestTls } } }),
  ];
}

/** Denies other accounts, regardless of other statements. (TOM-4.2, TOM-7.4) */
export const deniesOtherAccounts = (name: string): FormLike =>
  deniesEveryone({
    sid: 'NoOtherAccount',
    actions: 's3:*',
    resources: wholeBucket(name),
    conditions: { StringNotEquals: { 'aws:PrincipalAccount': ownAccount }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
  });

/** Denies everyone but AWS services to write objects. (TOM-3.6) */
export const onlyServicesWrite = (name: string): FormLike =>
  deniesEveryone({
    sid: 'OnlyServicesWrite',
    actions: 's3:PutObject',
    resources: objectsOf(name),
    conditions: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
  });

/** A lifecycle rule that removes objects, and noncurrent versions after them. */
export const expires = (id: string, days: FormLike, further: Readonly<Record<string, FormLike>> = {}): FormLike => ({
  ExpirationInDays: days,
  Id: id,
  Status: 'Enabled',
  ...further,
});

/** Mode of an object lock: in production, nobody ends it early. (TOM-3.6) */
export const lockMode = inProduction('COMPLIANCE', 'GOVERNANCE');
