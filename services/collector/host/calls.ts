// Calls contract between construct and host scripts: the AWS calls of a server besides those of its program.
import type { Call } from '../../../runtime/calls';

export const calls: readonly Call[] = [
  // The files of the server, each by its name in the bucket of the CDK bootstrap.
  { actions: ['s3:GetObject'], resources: ['<bootObjects>'] },
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: ['${collection/CollectorsLogGroup.Arn}'],
    by: 'the CloudWatch agent, which writes the log of the server',
  },
  // The wildcard is the id that AWS assigns to the group, whose launch template needs this role; the name after it
  // identifies the group.
  {
    actions: ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
    resources: ['arn:aws:autoscaling:<region>:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/<deployment>-collectors'],
  },
  // The action does not support resource-level permissions; it is limited to the namespace of the deployment.
  {
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'],
    conditions: { StringEquals: { 'cloudwatch:namespace': 'Rempart/<deployment>' } },
  },
];
