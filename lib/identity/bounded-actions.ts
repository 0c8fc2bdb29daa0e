// The actions that the permissions boundary allows.

/**
 * Actions that the roles of the deployment may have, for the present stacks and for those to come: the boundary is one
 * policy for all. A service that holds a control of the deployment (alarms, certificates, network, scaling, load
 * balancer, secrets, topics, ...) is limited to reads and to the calls that a contract declares, so its
 * control-changing actions are denied implicitly. A whole service has no control yet, or the denials of
 * boundary-statements.ts limit it.
 *
 * For a role that requires another action, add it in one reviewed change: here, and the prefix of a new service in
 * `allowedServices` of lib/tom/template/boundary.ts, by which the rule judges the boundary without this file; the form
 * of the whole boundary is in lib/tom/world/boundary.ts. Then deploy the account stack before the new stack. The
 * boundary must keep room below the quota of 6,144 characters; a test checks it. A service with a global endpoint also
 * belongs to `globalServices` in boundary-statements.ts. (TOM-3.5)
 */
export const boundedActions = [
  'acm:AddTagsToCertificate',
  'acm:DeleteCertificate',
  'acm:Describe*',
  'acm:Get*',
  'acm:ImportCertificate',
  'acm:List*',
  'autoscaling:CompleteLifecycleAction',
  'autoscaling:Describe*',
  'autoscaling:RecordLifecycleActionHeartbeat',
  'autoscaling:SetInstanceHealth',
  'backup:*',
  'cloudtrail:*',
  'cloudwatch:Describe*',
  'cloudwatch:Get*',
  'cloudwatch:List*',
  'cloudwatch:PutMetricData',
  'dynamodb:*',
  'ec2:*portClientVpn*',
  'ec2:*ssignPrivateIp*',
  'ec2:*teNetworkInterface',
  'ec2:Describe*',
  'ec2:Get*',
  'ec2:RevokeSecurityGroup*',
  'ec2:TerminateClientVpn*',
  'elasticloadbalancing:Describe*',
  'events:PutEvents',
  'firehose:Put*',
  'iam:*',
  'kinesis:Describe*',
  'kinesis:Get*',
  'kinesis:List*',
  'kinesis:PutRecords',
  'kms:*',
  'lambda:Get*',
  'lambda:InvokeFunction',
  'lambda:List*',
  'logs:*',
  'network-firewall:Describe*',
  'network-firewall:List*',
  'rds-db:connect',
  'rds:*',
  'route53:ChangeResourceRecordSets',
  'route53:Get*',
  'route53:List*',
  'route53resolver:Get*',
  'route53resolver:List*',
  's3:*',
  'secretsmanager:CreateSecret',
  'secretsmanager:Describe*',
  'secretsmanager:Get*',
  'secretsmanager:List*',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
  'sns:Publish',
  'sqs:DeleteMessage',
  'sqs:Get*',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
  'ssm:*Document',
  'ssm:*DocumentDefault*',
  'ssm:*Session',
  'ssm:Get*',
  'ssm:UpdateInstanceI*',
  'ssmmessages:*',
  'sts:*',
  'tag:Get*',
  'transfer:*',
] as const;

/** The actions of the client-data team besides, with `access.instanceConnect` alone. (DSS-5.6.6) */
export const connectActions = ['ec2-instance-connect:OpenTunnel', 'ec2-instance-connect:SendSSHPublicKey'] as const;
