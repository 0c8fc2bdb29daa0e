// The calls that handlers send, compared with the contracts of their calls.
import { controlCalls } from '../../lib/config/calls';
import type { Control } from '../../lib/config/names';
import { type Call, contextKey, masterSecret } from '../../runtime/calls';

/** A class of clients of the SDK, whose `send` a test mocks. */
interface ClientClass {
  readonly name: string;
  readonly prototype: { send: unknown };
}

/** Prefixes of IAM actions by client ("Actions, resources, and condition keys for AWS services"). */
const prefixes: Readonly<Record<string, string>> = {
  ACMClient: 'acm',
  AutoScalingClient: 'autoscaling',
  BackupClient: 'backup',
  CloudTrailClient: 'cloudtrail',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
  EC2Client: 'ec2',
  ElasticLoadBalancingV2Client: 'elasticloadbalancing',
  IAMClient: 'iam',
  KinesisClient: 'kinesis',
  KMSClient: 'kms',
  LambdaClient: 'lambda',
  RDSClient: 'rds',
  Route53Client: 'route53',
  S3Client: 's3',
  SNSClient: 'sns',
  SSMClient: 'ssm',
  SecretsManagerClient: 'secretsmanager',
};

/**
 * Operations whose IAM actions have other names. (Service Authorization Reference, Amazon S3 and AWS Lambda; "Required
 * permissions for Amazon S3 API operations")
 */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  'lambda:Invoke': ['lambda:InvokeFunction'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:CreateMultipartUpload': ['s3:PutObject'],
  's3:DeleteObjects': ['s3:DeleteObject'],
  's3:GetBucketNotificationConfiguration': ['s3:GetBucketNotification'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:HeadObject': ['s3:GetObject'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:ListMultipartUploads': ['s3:ListBucketMultipartUploads'],
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:ListObjects': ['s3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:ListParts': ['s3:ListMultipartUploadParts'],
  's3:UploadPart': ['s3:PutObject'],
  's3:UploadPartCopy': ['s3:GetObject', 's3:PutObject'],
};

/** The IAM actions that an operation of a service needs, as in `s3:HeadObject`. */
export const actionsOf = (operation: string): readonly string[] => otherNames[operation] ?? [operation];

/** Names that tests give to the secrets of a deployment. */
const secretNames: Readonly<Record<string, string>> = { [contextKey]: 'context-key', [masterSecret]: 'master' };

/** The part of a resource that recorded calls have too: the name of a secret, or the user of the database. */
function labelOf(resource: string): string {
  const name = secretNames[resource] ?? /:dbuser:.*\/([\w*]+)$/.exec(resource)?.[1];
  return name === undefined ? '' : ` ${name}`;
}

/** Secrets that tests name in place of one of the deployment: a missing one, and one with a wrong password. */
const substitutes: readonly string[] = ['nowhere', 'wrong'];

/** The call of an operation on a secret, as `actionsOfCode` names it; none for a substitute. */
export function secretCalls(operation: string, name: string): readonly string[] {
  if (substitutes.includes(name)) return [];
  return [`secretsmanager:${operation}${Object.values(secretNames).includes(name) ? ` ${name}` : ''}`];
}

/**
 * The actions that code itself makes, sorted: those of services of AWS for it are left out. Secrets of the deployment
 * and users of the database are named, as in `rds-db:connect rempart_application`.
 */
export function actionsOfCode(calls: readonly Call[]): readonly string[] {
  const own = calls.filter(({ by, effect }) => by === undefined && effect !== 'Deny');
  return [
    ...new Set(own.flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((name) => `${action}${labelOf(name)}`)))),
  ].sort();
}

/** The actions of the contract of a function that its code makes, sorted. */
export const declaredActions = (control: Control): readonly string[] => actionsOfCode(controlCalls[control]);

/**
 * Records the commands that tests of this file send with mocked clients. Call it before the mocks are restored after
 * each test; the result returns the IAM actions of all tests so far, sorted.
 */
export function recordSends(...clients: readonly ClientClass[]): () => readonly string[] {
  const sent = new Set<string>();
  afterEach(() => {
    for (const { name, prototype } of clients) {
      if (!jest.isMockFunction(prototype.send)) continue;
      for (const [command] of prototype.send.mock.calls as [object][]) {
        const operation = `${prefixes[name] ?? name}:${command.constructor.name.replace(/Command$/, '')}`;
        for (const action of actionsOf(operation)) sent.add(action);
      }
    }
  });
  return () => [...sent].sort();
}
