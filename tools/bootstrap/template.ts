// The bootstrap template: a bucket for assets, and the roles by which the CDK deploys. Its structure is that of the
// template of aws-cdk, without images and without trust in other accounts.
import { boundaryStatements, executionStatements, type Statement } from './execution';
import { arnOf, bootstrapVersion, namesOf, type Target, trustedBy, variant } from './names';

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

export interface Template {
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, Value>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string } & Readonly<Record<string, Value>>>>;
  readonly Outputs: Readonly<Record<string, Value>>;
}

export function bootstrapTemplate(target: Target): Template {
  const names = namesOf(target);
  return {
    Description: `Bootstrap of ${target.site.deployment} for the CDK, whose execution role has a boundary`,
    Parameters: parameters(),
    Resources: { ...staging(target), ...boundary(target), ...roles(target), ...version(names.parameter) },
    Outputs: {
      BucketName: { Value: { Ref: 'StagingBucket' } },
      BucketDomainName: { Value: { 'Fn::GetAtt': ['StagingBucket', 'RegionalDomainName'] } },
      BootstrapVersion: { Value: String(bootstrapVersion) },
    },
  };
}

/**
 * The parameters that the CDK CLI sets. CloudFormation refuses other values than these, such as trust in another
 * account by `cdk bootstrap --trust`; and a parameter that the template lacks.
 */
function parameters(): Template['Parameters'] {
  const fixed = (Type: string, ...AllowedValues: string[]) => ({ Type, Default: AllowedValues[0] ?? '', AllowedValues });
  return {
    TrustedAccounts: fixed('String', ''),
    TrustedAccountsForLookup: fixed('String', ''),
    CloudFormationExecutionPolicies: fixed('String', ''),
    FileAssetsBucketName: fixed('String', ''),
    FileAssetsBucketKmsKeyId: fixed('String', '', 'AWS_MANAGED_KEY'),
    ContainerAssetsRepositoryName: fixed('String', ''),
    Qualifier: fixed('String', 'hnb659fds'),
    PublicAccessBlockConfiguration: fixed('String', 'true'),
    InputPermissionsBoundary: fixed('String', ''),
    UseExamplePermissionsBoundary: fixed('String', 'false'),
    ApplyPermissionsBoundaryToAllRoles: fixed('String', 'false'),
    BootstrapVariant: fixed('String', variant),
    DenyExternalId: fixed('String', 'true'),
  };
}

/**
 * Assets are templates, code of functions and files of servers, without data of clients. Old versions expire after 30
 * days: an asset is deleted only by hand.
 */
function staging(target: Target): Template['Resources'] {
  const { bucket } = namesOf(target);
  const lasting = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  const arns = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const denied = (Sid: string, Condition: Value) => ({
    ...{ Sid, Effect: 'Deny', Principal: '*', Action: 's3:*' },
    Resource: arns,
    Condition,
  });
  return {
    StagingBucket: {
      Type: 'AWS::S3::Bucket',
      ...lasting,
      Properties: {
        BucketName: bucket,
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'old-versions', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
            { Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
          ],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          ...{ BlockPublicAcls: true, BlockPublicPolicy: true },
          ...{ IgnorePublicAcls: true, RestrictPublicBuckets: true },
        },
        VersioningConfiguration: { Status: 'Enabled' },
      },
    },
    StagingBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      ...lasting,
      Properties: {
        Bucket: { Ref: 'StagingBucket' },
        PolicyDocument: policy([
          denied('OnlyTls', { Bool: { 'aws:SecureTransport': 'false' } }),
          denied('OnlyTls12', { NumericLessThan: { 's3:TlsVersion': '1.2' } }),
        ]),
      },
    },
  };
}

const policy = (Statement: readonly Value[]): Value => ({ Version: '2012-10-17', Statement });
const statements = (list: readonly Statement[]): Value => policy(list as unknown as readonly Value[]);

function boundary(target: Target): Template['Resources'] {
  return {
    ExecutionBoundary: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: namesOf(target).boundary,
        Description: `What no deployment of ${target.site.deployment} does`,
        PolicyDocument: statements(boundaryStatements(target)),
      },
    },
  };
}

function roles(target: Target): Template['Resources'] {
  const names = namesOf(target);
  const people = trust(target);
  return {
    CloudFormationExecutionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: names.execution,
        AssumeRolePolicyDocument: policy([
          { Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ]),
        PermissionsBoundary: { Ref: 'ExecutionBoundary' },
        Policies: [{ PolicyName: 'execution', PolicyDocument: statements(executionStatements()) }],
      },
    },
    DeploymentActionRole: role(names.deploy, 'deploy', people, deployStatements(target)),
    FilePublishingRole: role(names.publishing, 'file-publishing', people, publishStatements(target)),
    LookupRole: role(names.lookup, 'lookup', people, readStatements(target)),
  };
}

const role = (RoleName: string, kind: string, people: Value, list: readonly Statement[]): Template['Resources'][string] => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: people,
    Policies: [{ PolicyName: kind, PolicyDocument: statements(list) }],
    Tags: [{ Key: 'aws-cdk:bootstrap-role', Value: kind }],
  },
});

/**
 * The account, narrowed to named roles: IAM refuses a principal that does not exist yet, as the deployer before the
 * first deployment, and replaces one that is made again by an id.
 */
const trust = (target: Target): Value =>
  policy([
    {
      ...{ Effect: 'Allow', Principal: { AWS: arnOf('iam', target, 'root') }, Action: 'sts:AssumeRole' },
      Condition: { ArnEquals: { 'aws:PrincipalArn': trustedBy(target) }, Null: { 'sts:ExternalId': 'true' } },
    },
  ]);

/** Stacks of the deployment, through the execution role. */
function deployStatements(target: Target): readonly Statement[] {
  const { site } = target;
  const stacks = arnOf('cloudformation', target, `stack/${site.deployment}-*`, site.region);
  return [
    {
      ...{ Sid: 'Stacks', Effect: 'Allow', Resource: [stacks] },
      Action: [
        'cloudformation:ContinueUpdateRollback',
        'cloudformation:CreateChangeSet',
        'cloudformation:CreateStack',
        'cloudformation:DeleteChangeSet',
        'cloudformation:DeleteStack',
        'cloudformation:ExecuteChangeSet',
        'cloudformation:RollbackStack',
        'cloudformation:UpdateStack',
        'cloudformation:UpdateTerminationProtection',
      ],
    },
    { Sid: 'Execution', Effect: 'Allow', Action: ['iam:PassRole'], Resource: [arnOf('iam', target, `role/${namesOf(target).execution}`)] },
    { Sid: 'Templates', Effect: 'Allow', Action: ['s3:GetObject*'], Resource: [`arn:aws:s3:::${namesOf(target).bucket}/*`] },
    ...readStatements(target),
  ];
}

/** What the CDK reads to compare: stacks, and the version of the bootstrap. No data. */
function readStatements(target: Target): readonly Statement[] {
  const { parameter, bucket } = namesOf(target);
  return [
    {
      ...{ Sid: 'Reads', Effect: 'Allow', Resource: '*' },
      Action: ['cloudformation:Describe*', 'cloudformation:Get*', 'cloudformation:List*', 'cloudformation:ValidateTemplate'],
    },
    {
      ...{ Sid: 'Version', Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters'] },
      Resource: [arnOf('ssm', target, `parameter${parameter}`, target.site.region)],
    },
    {
      ...{ Sid: 'Bucket', Effect: 'Allow', Action: ['s3:GetBucket*', 's3:GetEncryptionConfiguration', 's3:ListBucket'] },
      Resource: [`arn:aws:s3:::${bucket}`],
    },
  ];
}

function publishStatements(target: Target): readonly Statement[] {
  const { bucket } = namesOf(target);
  return [
    {
      ...{ Sid: 'Files', Effect: 'Allow', Action: ['s3:AbortMultipartUpload', 's3:GetObject*', 's3:PutObject'] },
      Resource: [`arn:aws:s3:::${bucket}/*`],
    },
    {
      ...{ Sid: 'Bucket', Effect: 'Allow', Action: ['s3:GetBucket*', 's3:GetEncryptionConfiguration', 's3:ListBucket'] },
      Resource: [`arn:aws:s3:::${bucket}`],
    },
  ];
}

const version = (Name: string): Template['Resources'] => ({
  CdkBootstrapVersion: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name, Value: String(bootstrapVersion) } },
});
