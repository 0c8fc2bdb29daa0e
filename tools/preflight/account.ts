// The clients of the preflight: one account, one region, read-only calls alone.
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ToolError } from '../command-line';

export interface Account {
  /** Twelve digits. */
  readonly id: string;
  readonly region: string;
  readonly cloudControl: CloudControlClient;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly serviceQuotas: ServiceQuotasClient;
}

/**
 * The account of the current credentials.
 *
 * @throws ToolError without credentials, or where they belong to another account than the configuration names
 */
export async function openAccount(region: string, expected: string | undefined): Promise<Account> {
  const id = await accountId(region);
  if (expected !== undefined && id !== expected) {
    throw new ToolError(`account: expected ${expected} as the configuration says, got ${id}; choose the credentials of that account`);
  }
  const options = { region, maxAttempts: 5 };
  return {
    id,
    region,
    cloudControl: new CloudControlClient(options),
    cloudFormation: new CloudFormationClient(options),
    cloudWatch: new CloudWatchClient(options),
    ec2: new EC2Client(options),
    rds: new RDSClient(options),
    // Path style, so that the name of a bucket never becomes part of a host name that a stand-in would have to serve.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    serviceQuotas: new ServiceQuotasClient(options),
  };
}

async function accountId(region: string): Promise<string> {
  try {
    const { Account = '' } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return Account;
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new ToolError(`credentials: expected credentials of an account, got ${got}; sign in with aws sso login, or set AWS_PROFILE`);
  }
}
