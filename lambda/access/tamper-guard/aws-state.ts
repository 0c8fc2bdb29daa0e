// The state of the audit in AWS.
import { type CloudTrailClient, GetTrailStatusCommand } from '@aws-sdk/client-cloudtrail';
import { type CloudWatchLogsClient, paginateDescribeSubscriptionFilters } from '@aws-sdk/client-cloudwatch-logs';
import { type EC2Client, paginateDescribeFlowLogs } from '@aws-sdk/client-ec2';
import { GetRoleCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { AuditState } from './state';

export interface StateClients {
  readonly cloudTrail: CloudTrailClient;
  readonly logs: CloudWatchLogsClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
}

/** Names of what is examined. */
export interface StatePlaces {
  readonly trail: string;
  /** Log group of the trail. */
  readonly log: string;
  readonly vpc: string;
  /** Role by which CloudFormation deploys. */
  readonly executionRole: string;
}

export function awsState(clients: StateClients, { trail, log, vpc, executionRole }: StatePlaces): AuditState {
  return {
    async trail() {
      const { IsLogging, LatestCloudWatchLogsDeliveryError } = await clients.cloudTrail.send(new GetTrailStatusCommand({ Name: trail }));
      return { isLogging: IsLogging === true, deliveryError: LatestCloudWatchLogsDeliveryError || undefined };
    },
    async receivers() {
      const found: string[] = [];
      for await (const { subscriptionFilters = [] } of paginateDescribeSubscriptionFilters(
        { client: clients.logs },
        { logGroupName: log },
      )) {
        found.push(...subscriptionFilters.flatMap(({ destinationArn }) => destinationArn?.split(':')[6] ?? []));
      }
      return found;
    },
    async flowLogs() {
      let active = 0;
      const Filter = [{ Name: 'resource-id', Values: [vpc] }];
      for await (const { FlowLogs = [] } of paginateDescribeFlowLogs({ client: clients.ec2 }, { Filter })) {
        active += FlowLogs.filter(({ FlowLogStatus }) => FlowLogStatus === 'ACTIVE').length;
      }
      return active;
    },
    async executionBoundary() {
      try {
        const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: executionRole }));
        return Role?.PermissionsBoundary?.PermissionsBoundaryArn;
      } catch (error) {
        if (error instanceof NoSuchEntityException) return undefined;
        throw error;
      }
    },
  };
}
