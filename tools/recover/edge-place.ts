// Where the load balancer of the site is, for its check and for the records that lead there.
import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { stackName } from '../../lib/config/names';
import { ToolError } from '../command-line';
import { findStack } from '../preflight/stacks';
import type { Recovery } from './recovery';

export interface Balancer {
  /** Its name in DNS. */
  readonly name: string;
  /** The hosted zone of that name, which an alias record names too. */
  readonly zoneId: string;
}

/**
 * The load balancer of the site; undefined as long as the edge stack is not there.
 *
 * @throws ToolError where the stack has no load balancer that answers
 */
export async function findBalancer({ account, site }: Recovery): Promise<Balancer | undefined> {
  const StackName = stackName(site(), 'edge');
  if ((await findStack(account.cloudFormation(site().region), StackName)) === undefined) return undefined;
  const arns: string[] = [];
  const client = account.cloudFormation(site().region);
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    const own = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    arns.push(...own.flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []));
  }
  const [arn] = arns;
  if (arn === undefined || arns.length > 1) throw absent(StackName, `${arns.length} in the stack`);
  const { LoadBalancers = [] } = await account.loadBalancing.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  const [{ DNSName: name, CanonicalHostedZoneId: zoneId } = {}] = LoadBalancers;
  if (name === undefined || zoneId === undefined) throw absent(StackName, `none with the ARN ${arn}`);
  return { name, zoneId };
}

/** @throws ToolError without a load balancer */
export async function balancerOf(recovery: Recovery): Promise<Balancer> {
  const balancer = await findBalancer(recovery);
  if (balancer === undefined) throw absent(stackName(recovery.site(), 'edge'), 'no stack');
  return balancer;
}

const absent = (stack: string, got: string): ToolError =>
  new ToolError(`load balancer of ${stack}: expected one, got ${got}; deploy the stack again: npx cdk deploy ${stack}`);
