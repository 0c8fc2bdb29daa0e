// The clients of the preflight: one account, one region, read-only calls alone.
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudControlClient } from '@aws-sdk/client-cloudcontrol';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { NetworkFirewallClient } from '@aws-sdk/client-network-firewall';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ToolError } from '../command-line';

export type Account = Readonly<Awaited<ReturnType<typeof openAccount>>>;

/**
 * The account of the current credentials.
 *
 * @throws ToolError without credentials, or where they belong to another account than the configuration names
 */
export async function openAccount(region: string, expected: string | undefined) {
  const id = await accountId(region);
  if (expected !== undefined && id !== expected) {
    throw new ToolError(`account: expected ${expected} as configured, got ${id}; choose the credentials of that account`);
  }
  const options = { region, maxAttempts: 5 };
  return {
    /** Twelve digits. */
    id,
    region,
    autoScaling: new AutoScalingClient(options),
    cloudControl: new CloudControlClient(options),
    cloudFormation: new CloudFormationClient(options),
    cloudTrail: new CloudTrailClient(options),
    cloudWatch: new CloudWatchClient(options),
    ec2: new EC2Client(options),
    /** EC2 in another region of the account. */
    ec2In: (other: string): EC2Client => new EC2Client({ ...options, region: other }),
    firewall: new NetworkFirewallClient(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    loadBalancing: new ElasticLoadBalancingV2Client(options),
    logs: new CloudWatchLogsClient(options),
    rds: new RDSClient(options),
    route53: new Route53Client(options),
    // Path style, so that the name of a bucket never becomes part of a host name that a stand-in would have to serve.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    serviceQuotas: new ServiceQuotasClient(options),
    // The endpoint is the region's, and never one that the URL of a queue names.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
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
