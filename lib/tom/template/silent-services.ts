// Services that send neither aws:SourceArn nor aws:SourceAccount, each with the policy in which it is admitted, the
// bound that takes their place, and the source.
import { isObject, type Json, type JsonObject, listOf } from './assembly';
import { bucketPolicyType, keyType, roleType } from './resource-types';

/** Account of the deployment in canonical texts. */
const ownAccount = '${AWS::AccountId}';

export interface SilentService {
  /** Principal; `<region>` stands for the region of the stack. */
  readonly service: string;
  /** Type of the resource whose policy admits it. */
  readonly type: string;
  /** Page of the AWS documentation whose policy has no such condition. */
  readonly source: string;
  /** What keeps resources of other accounts out instead. */
  readonly instead: string;
  /** Whether a statement, in canonical form, has that bound. */
  readonly isBound: (statement: JsonObject, region: string) => boolean;
}

/**
 * A role is passed to a service of its own account only ("Grant a user permissions to pass a role to an AWS service"),
 * so the trust of these services needs no further bound.
 */
const ownRole = (service: string, source: string): SilentService => ({
  service,
  type: roleType,
  source,
  instead: 'a role is passed within its account only',
  isBound: ({ Action }) => Action === 'sts:AssumeRole',
});

export const silentServices: readonly SilentService[] = [
  {
    service: 'logs.<region>.amazonaws.com',
    type: keyType,
    source: 'Encrypt log data in CloudWatch Logs using AWS Key Management Service',
    instead: 'the encryption context names log groups of the account',
    isBound: (statement, region) =>
      valuesOf(statement, 'ArnLike', 'kms:EncryptionContext:aws:logs:arn', (arn) =>
        arn.startsWith(`arn:aws:logs:${region}:${ownAccount}:log-group:`),
      ),
  },
  {
    service: 'logs.<region>.amazonaws.com',
    type: keyType,
    source: 'Export log data to Amazon S3 using the AWS CLI',
    instead: 'the encryption context, which S3 gives, names sessions in a bucket of the deployment',
    isBound: (statement) =>
      valuesOf(statement, 'StringLike', 'kms:EncryptionContext:aws:s3:arn', (arn) =>
        /^arn:aws:s3:::[a-z][a-z0-9-]+-\*\/sessions\/\*$/.test(arn),
      ),
  },
  {
    service: 'logdelivery.elasticloadbalancing.amazonaws.com',
    type: bucketPolicyType,
    source: 'Enable access logs for your Application Load Balancer',
    instead: 'the prefix names the account of the load balancer',
    isBound: ({ Action, Resource }) =>
      Action === 's3:PutObject' && listOf(Resource).every((arn) => typeof arn === 'string' && arn.endsWith(`/AWSLogs/${ownAccount}/*`)),
  },
  {
    service: 'firehose.amazonaws.com',
    type: roleType,
    source: 'Controlling access with Amazon Data Firehose: Allow Amazon Data Firehose to assume an IAM role',
    instead: 'the external id is the account of the delivery stream',
    isBound: (statement) => valuesOf(statement, 'StringEquals', 'sts:ExternalId', (account) => account === ownAccount),
  },
  ownRole('backup.amazonaws.com', 'Restore testing'),
  ownRole('cloudtrail.amazonaws.com', 'Role policy document for CloudTrail to use CloudWatch Logs for monitoring'),
  ownRole('ec2.amazonaws.com', 'IAM roles for Amazon EC2'),
  ownRole('lambda.amazonaws.com', 'Defining Lambda function permissions with an execution role'),
  ownRole('s3.amazonaws.com', 'Setting up permissions for live replication'),
  ownRole('rds.amazonaws.com', 'Configuring IAM authentication for RDS Proxy'),
];

/** Whether a condition compares a key, and each of its values passes. Names of condition keys have no case. */
export function valuesOf({ Condition }: JsonObject, operator: string, key: string, test: (value: string) => boolean): boolean {
  const keys: Json | undefined = isObject(Condition) ? Condition[operator] : undefined;
  if (!isObject(keys)) return false;
  return Object.entries(keys).some(([name, value]) => {
    const values = listOf(value);
    return name.toLowerCase() === key.toLowerCase() && values.length > 0 && values.every((one) => typeof one === 'string' && test(one));
  });
}
