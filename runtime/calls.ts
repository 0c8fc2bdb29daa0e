// Contracts of calls: the AWS calls that a function, service or host script makes, with the resource of each. The
// construct builds its permissions from them, the TOM judges roles by them, tests compare them with the calls that are
// sent, and docs/calls.md lists them. Pure data: synthesis loads this file with each calls.ts.

/** Condition operators, their keys and the admitted values, as in an IAM policy. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * Actions on resources. A resource is text: `${data/Archive.Arn}` is an attribute of a resource of the deployment, by
 * the name that `lib/tom/template/names.ts` derives, `<region>` a value of the deployment, and `$!{aws:userid}` a
 * variable of IAM.
 */
export interface Call {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** Caller, if it is not the code: a service of AWS that acts with the role. @default - the code */
  readonly by?: string;
  /** Modes of the function that make the call, if it has modes. @default - every mode */
  readonly modes?: readonly string[];
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny';
}

/** Roles of the database that code signs in as through the proxy. (TOM-4.1) */
export type SignInUser = 'rempart_application' | 'rempart_maintenance';

const dataKey = '${data/DataKey.Arn}';

/** Uses of the data key by one service of AWS for the role, and by no other ("kms:ViaService"). */
export const keyThrough = (service: string, by: string, ...actions: readonly string[]): Call => ({
  actions,
  resources: [dataKey],
  conditions: { StringEquals: { 'kms:ViaService': `${service}.<region>.amazonaws.com` } },
  by: `${by}, which uses the key for the role`,
});

/** Reads of secrets by ARN, decrypted through Secrets Manager. (TOM-3.10) */
export const secretReads = (...secrets: readonly string[]): readonly Call[] => [
  { actions: ['secretsmanager:GetSecretValue'], resources: secrets },
  keyThrough('secretsmanager', 'Secrets Manager', 'kms:Decrypt'),
];

/** ARN of the context key, with which a process proves the site of a transaction to the database. (TOM-4.1) */
export const contextKey = '${data/ContextKey}';

/** Password of the master user, which RDS manages. */
export const masterSecret = '${data/DatabaseCluster.MasterUserSecret.SecretArn}';

/** Sign-in as users through the proxy. (TOM-3.5) */
export const signIns = (...users: readonly SignInUser[]): Call => ({
  actions: ['rds-db:connect'],
  resources: users.map((user) => `arn:aws:rds-db:<region>:\${AWS::AccountId}:dbuser:\${data/Proxy.ResourceId}/${user}`),
});

/**
 * Sign-in to the writer, without the proxy. `support_*` stands for the roles of all support staff. (TOM-3.5, TOM-4.7)
 */
export const directSignIns = (...users: readonly string[]): Call => ({
  actions: ['rds-db:connect'],
  resources: users.map((user) => `arn:aws:rds-db:<region>:\${AWS::AccountId}:dbuser:\${data/DatabaseCluster.DBClusterResourceId}/${user}`),
});

/** Sign-in as users through the proxy, and the read of the context key for work within a site. (TOM-3.5, TOM-4.1) */
export const databaseCalls = (...users: readonly SignInUser[]): readonly Call[] => [signIns(...users), ...secretReads(contextKey)];

/** Reads of the stream by a service that polls it, without the actions that require all streams. */
export const streamReads = (by: string): readonly Call[] => [
  {
    actions: [
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    resources: ['${data/Hits.Arn}'],
    by: `${by}, which reads the stream for the role`,
  },
  keyThrough('kinesis', 'Kinesis', 'kms:Decrypt'),
];

/**
 * Session of a role that reaches the objects of one site of the lake. The session tag is a permission of its own
 * ("Passing session tags in AWS STS"). (TOM-4.1)
 */
export const lakeSessions = (role: 'lake-reader' | 'lake-writer'): Call => ({
  actions: ['sts:AssumeRole', 'sts:TagSession'],
  resources: [`arn:aws:iam::\${AWS::AccountId}:role/<deployment>-${role}-<region>`],
});

/** Objects of the site of a session. IAM reads no wildcard from the value of a variable. (TOM-4.1) */
const objectsOfSite = ['${data/Archive.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*'];

/** Calls of functions with a session of each of these roles. */
export const lakeCalls: Readonly<Record<'lake-reader' | 'lake-writer', readonly Call[]>> = {
  'lake-reader': [{ actions: ['s3:GetObject'], resources: objectsOfSite }, keyThrough('s3', 'S3', 'kms:Decrypt')],
  'lake-writer': [
    { actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], resources: objectsOfSite },
    keyThrough('s3', 'S3', 'kms:Decrypt', 'kms:GenerateDataKey'),
  ],
};

/**
 * Calls with a session of lake-writer, when an operator restores or reconciles files, and before a day leaves the
 * window: names and contents of versions, of the site of the session. (TOM-6.7)
 */
const lakeVersionCalls: readonly Call[] = [
  {
    actions: ['s3:ListBucketVersions'],
    resources: ['${data/Archive.Arn}'],
    conditions: { StringLike: { 's3:prefix': 'lake/site=$!{aws:PrincipalTag/rempart:site}/*' } },
  },
  { actions: ['s3:GetObjectVersion'], resources: objectsOfSite },
];

/** All calls with a session of each role of the lake. */
export const lakeRoleCalls: typeof lakeCalls = { ...lakeCalls, 'lake-writer': [...lakeCalls['lake-writer'], ...lakeVersionCalls] };

/** Calls that Lambda makes with the role of each function. `<function>` is the beginning of its names. */
export const functionCalls: readonly Call[] = [
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: ['${<function>Log.Arn}'],
    by: 'Lambda, which writes the log',
  },
  { actions: ['sqs:SendMessage'], resources: ['${<function>DeadLetters.Arn}'], by: 'Lambda, which sends events that failed' },
  // AWS Lambda Developer Guide, "Securing Lambda environment variables".
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['${account/DeploymentKey.Arn}'],
    by: 'Lambda, SQS, S3 and Secrets Manager, which encrypt environment, messages, objects and secrets of the function',
  },
];

/** Network interfaces of a function ("Giving Lambda functions access to resources in an Amazon VPC"). */
const interfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const;

/**
 * Calls that Lambda makes with the role of each function in the VPC. Describe actions do not support resource-level
 * permissions, and deletion must be allowed on all interfaces, whose ids AWS generates. Lambda calls EC2 with the role
 * outside of an execution; a call by the code has the function's ARN and is denied. The condition has a wildcard,
 * because the function refers to this policy, which cannot refer to the function. (TOM-3.5)
 */
export const interfaceCalls: readonly Call[] = [
  { actions: interfaceActions, resources: ['*'], by: 'Lambda, which connects the function to the VPC' },
  {
    effect: 'Deny',
    actions: interfaceActions,
    resources: ['*'],
    conditions: { ArnLike: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:<region>:${AWS::AccountId}:function:*' } },
    by: 'no caller: the code of the function is denied the actions of Lambda',
  },
];
