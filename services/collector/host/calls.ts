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
  // "Creating an IAM role with minimal Session Manager permissions". Neither a channel nor the list of log groups
  // has an ARN of its own; the agent reads whether the log of sessions exists and is encrypted, and refuses a session
  // otherwise.
  {
    actions: [
      'logs:DescribeLogGroups',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    resources: ['*'],
    by: 'the agent of Systems Manager, for sessions of people',
  },
  // Servers come and go; an agent reports its own server alone, by whose credentials it signs.
  {
    actions: ['ssm:UpdateInstanceInformation'],
    resources: ['arn:aws:ec2:<region>:${AWS::AccountId}:instance/*'],
    by: 'the agent of Systems Manager, which reports that the server is there',
  },
  {
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: ['arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/sessions:*'],
    by: 'the agent of Systems Manager, which writes the log of sessions',
  },
  // The agent decrypts the key of a session alone, whose encryption context has the id of the session.
  {
    actions: ['kms:Decrypt'],
    resources: ['${account/DeploymentKey.Arn}'],
    conditions: { Null: { 'kms:EncryptionContext:aws:ssm:SessionId': 'false' } },
    by: 'the agent of Systems Manager, for the key of a session',
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
