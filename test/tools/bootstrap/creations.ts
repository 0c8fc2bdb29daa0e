// Actions with which CloudFormation creates each type of the templates, by its handlers' permissions ("CloudFormation
// resource type schemas"), with an example of the resource.
const account = '111122223333';
const region = 'eu-west-3';
const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${account}:${rest}`;
const iam = (rest: string): string => `arn:aws:iam::${account}:${rest}`;

export const ownRole = iam('role/production-data-MigrationsRole');
/** Key by which a request to IAM names the boundary of a role. */
export const bounded = { 'iam:PermissionsBoundary': iam(`policy/production-boundary-${region}`) };

type Creation = readonly [action: string, resource: string, context?: Readonly<Record<string, string>>];

export const creations: Readonly<Record<string, readonly Creation[]>> = {
  'AWS::AccessAnalyzer::Analyzer': [
    ['access-analyzer:CreateAnalyzer', arn('access-analyzer', 'analyzer/external')],
    ['access-analyzer:CreateArchiveRule', arn('access-analyzer', 'analyzer/external/archive-rule/auditor')],
    // With the first analyzer of the account.
    ['iam:CreateServiceLinkedRole', iam('role/aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer')],
  ],
  'AWS::AutoScaling::AutoScalingGroup': [
    ['autoscaling:CreateAutoScalingGroup', '*'],
    ['iam:PassRole', iam('role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_production-home')],
  ],
  'AWS::AutoScaling::ScalingPolicy': [['autoscaling:PutScalingPolicy', '*']],
  'AWS::CloudTrail::Trail': [
    ['cloudtrail:CreateTrail', arn('cloudtrail', `trail/production-trail-${region}`)],
    ['cloudtrail:StartLogging', arn('cloudtrail', `trail/production-trail-${region}`)],
    ['cloudtrail:PutEventSelectors', arn('cloudtrail', `trail/production-trail-${region}`)],
  ],
  'AWS::CloudWatch::Alarm': [['cloudwatch:PutMetricAlarm', arn('cloudwatch', 'alarm:production-data-ProbeOverdue')]],
  'AWS::EC2::ClientVpnAuthorizationRule': [['ec2:AuthorizeClientVpnIngress', '*']],
  'AWS::EC2::ClientVpnEndpoint': [['ec2:CreateClientVpnEndpoint', '*']],
  'AWS::EC2::ClientVpnTargetNetworkAssociation': [['ec2:AssociateClientVpnTargetNetwork', '*']],
  'AWS::EC2::CustomerGateway': [['ec2:CreateCustomerGateway', '*']],
  'AWS::EC2::EIP': [['ec2:AllocateAddress', '*']],
  'AWS::EC2::FlowLog': [['ec2:CreateFlowLogs', '*']],
  // "Grant permissions to use EC2 Instance Connect Endpoint"; the service has the interface by its own role.
  'AWS::EC2::InstanceConnectEndpoint': [
    ['ec2:CreateInstanceConnectEndpoint', '*'],
    ['ec2:CreateNetworkInterface', '*'],
    ['iam:CreateServiceLinkedRole', iam('role/aws-service-role/ec2-instance-connect.amazonaws.com/AWSServiceRoleForEC2InstanceConnect')],
  ],
  'AWS::EC2::InternetGateway': [['ec2:CreateInternetGateway', '*']],
  'AWS::EC2::LaunchTemplate': [
    ['ec2:CreateLaunchTemplate', '*'],
    ['iam:PassRole', iam('role/production-collection-CollectorsRole')],
  ],
  'AWS::EC2::NatGateway': [['ec2:CreateNatGateway', '*']],
  'AWS::EC2::NetworkAcl': [['ec2:CreateNetworkAcl', '*']],
  'AWS::EC2::NetworkAclEntry': [['ec2:CreateNetworkAclEntry', '*']],
  'AWS::EC2::PlacementGroup': [['ec2:CreatePlacementGroup', '*']],
  'AWS::EC2::Route': [['ec2:CreateRoute', '*']],
  'AWS::EC2::RouteTable': [['ec2:CreateRouteTable', '*']],
  'AWS::EC2::SecurityGroup': [['ec2:CreateSecurityGroup', '*']],
  'AWS::EC2::SecurityGroupEgress': [['ec2:AuthorizeSecurityGroupEgress', '*']],
  'AWS::EC2::SecurityGroupIngress': [['ec2:AuthorizeSecurityGroupIngress', '*']],
  'AWS::EC2::Subnet': [['ec2:CreateSubnet', '*']],
  'AWS::EC2::SubnetNetworkAclAssociation': [['ec2:ReplaceNetworkAclAssociation', '*']],
  'AWS::Backup::BackupPlan': [['backup:CreateBackupPlan', arn('backup', 'backup-plan:1')]],
  'AWS::Backup::BackupSelection': [
    ['backup:CreateBackupSelection', arn('backup', 'backup-plan:1')],
    ['iam:PassRole', ownRole],
  ],
  // "Access control" of the AWS Backup guide: the vault is mounted, and uses its key by a grant.
  'AWS::Backup::BackupVault': [
    ['backup:CreateBackupVault', arn('backup', 'backup-vault:production-backups')],
    ['backup:PutBackupVaultAccessPolicy', arn('backup', 'backup-vault:production-backups')],
    ['backup:PutBackupVaultLockConfiguration', arn('backup', 'backup-vault:production-backups')],
    ['backup-storage:MountCapsule', '*'],
    ['kms:CreateGrant', arn('kms', 'key/1')],
  ],
  'AWS::EC2::SubnetRouteTableAssociation': [['ec2:AssociateRouteTable', '*']],
  'AWS::EC2::VPC': [['ec2:CreateVpc', '*']],
  'AWS::EC2::VPCBlockPublicAccessExclusion': [['ec2:CreateVpcBlockPublicAccessExclusion', '*']],
  'AWS::EC2::VPCBlockPublicAccessOptions': [['ec2:ModifyVpcBlockPublicAccessOptions', '*']],
  'AWS::EC2::VPCCidrBlock': [['ec2:AssociateVpcCidrBlock', '*']],
  'AWS::EC2::VPCEndpoint': [
    ['ec2:CreateVpcEndpoint', '*'],
    ['route53:AssociateVPCWithHostedZone', '*'],
  ],
  'AWS::EC2::VPCGatewayAttachment': [
    ['ec2:AttachInternetGateway', '*'],
    ['ec2:AttachVpnGateway', '*'],
  ],
  // "IAM requirements to publish to CloudWatch Logs"; the service stores the keys of the tunnels by its own role.
  'AWS::EC2::VPNConnection': [
    ['ec2:CreateVpnConnection', '*'],
    ['logs:CreateLogDelivery', '*'],
    ['logs:DescribeResourcePolicies', '*'],
    ['logs:DescribeLogGroups', '*'],
    ['secretsmanager:CreateSecret', arn('secretsmanager', 'secret:s2svpn!vpn-1-AbCdEf')],
    ['iam:CreateServiceLinkedRole', iam('role/aws-service-role/s2svpn.amazonaws.com/AWSServiceRoleForVPCS2SVPN')],
  ],
  'AWS::EC2::VPNConnectionRoute': [['ec2:CreateVpnConnectionRoute', '*']],
  'AWS::EC2::VPNGateway': [['ec2:CreateVpnGateway', '*']],
  'AWS::ElasticLoadBalancingV2::Listener': [['elasticloadbalancing:CreateListener', '*']],
  'AWS::ElasticLoadBalancingV2::ListenerRule': [['elasticloadbalancing:CreateRule', '*']],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [['elasticloadbalancing:CreateLoadBalancer', '*']],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [['elasticloadbalancing:CreateTargetGroup', '*']],
  'AWS::Events::Rule': [
    ['events:PutRule', arn('events', 'rule/production-rule')],
    ['events:PutTargets', arn('events', 'rule/production-rule')],
  ],
  'AWS::IAM::InstanceProfile': [
    ['iam:CreateInstanceProfile', iam('instance-profile/production-collection')],
    ['iam:PassRole', ownRole],
  ],
  'AWS::IAM::ManagedPolicy': [
    ['iam:CreatePolicy', iam(`policy/production-boundary-${region}`)],
    ['iam:CreatePolicyVersion', iam(`policy/production-boundary-${region}`)],
    ['iam:AttachRolePolicy', ownRole, bounded],
  ],
  'AWS::IAM::OIDCProvider': [['iam:CreateOpenIDConnectProvider', iam('oidc-provider/token.actions.githubusercontent.com')]],
  'AWS::IAM::Role': [
    ['iam:CreateRole', ownRole, bounded],
    ['iam:PutRolePolicy', ownRole, bounded],
    ['iam:TagRole', ownRole],
    ['iam:UpdateAssumeRolePolicy', ownRole],
    ['iam:DeleteRole', ownRole],
  ],
  'AWS::IAM::ServiceLinkedRole': [
    ['iam:CreateServiceLinkedRole', iam('role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_production-home')],
  ],
  'AWS::KMS::Alias': [['kms:CreateAlias', arn('kms', 'alias/production')]],
  'AWS::KMS::Key': [
    ['kms:CreateKey', '*'],
    ['kms:PutKeyPolicy', arn('kms', 'key/1')],
    ['kms:EnableKeyRotation', arn('kms', 'key/1')],
  ],
  'AWS::Kinesis::Stream': [['kinesis:CreateStream', arn('kinesis', 'stream/production-hits')]],
  'AWS::KinesisFirehose::DeliveryStream': [
    ['firehose:CreateDeliveryStream', arn('firehose', 'deliverystream/production-archive')],
    ['iam:PassRole', ownRole],
  ],
  'AWS::Lambda::EventInvokeConfig': [['lambda:PutFunctionEventInvokeConfig', arn('lambda', 'function:production-ingest')]],
  'AWS::Lambda::EventSourceMapping': [['lambda:CreateEventSourceMapping', '*']],
  'AWS::Lambda::Function': [
    ['lambda:CreateFunction', arn('lambda', 'function:production-ingest')],
    ['s3:GetObject', `arn:aws:s3:::cdk-hnb659fds-assets-${account}-${region}/code.zip`],
    ['iam:PassRole', ownRole],
  ],
  'AWS::Lambda::Permission': [['lambda:AddPermission', arn('lambda', 'function:production-ingest')]],
  'AWS::Logs::LogGroup': [
    ['logs:CreateLogGroup', arn('logs', 'log-group:/rempart/production/trail')],
    ['logs:PutRetentionPolicy', arn('logs', 'log-group:/rempart/production/trail')],
  ],
  'AWS::Logs::LogStream': [['logs:CreateLogStream', arn('logs', 'log-group:/rempart/production/trail:log-stream:a')]],
  'AWS::Logs::MetricFilter': [['logs:PutMetricFilter', arn('logs', 'log-group:/rempart/production/trail')]],
  'AWS::Logs::ResourcePolicy': [['logs:PutResourcePolicy', '*']],
  'AWS::Logs::SubscriptionFilter': [['logs:PutSubscriptionFilter', arn('logs', 'log-group:/rempart/production/trail')]],
  'AWS::NetworkFirewall::Firewall': [['network-firewall:CreateFirewall', arn('network-firewall', 'firewall/production')]],
  'AWS::NetworkFirewall::FirewallPolicy': [
    ['network-firewall:CreateFirewallPolicy', arn('network-firewall', 'firewall-policy/production')],
  ],
  'AWS::NetworkFirewall::LoggingConfiguration': [
    ['network-firewall:UpdateLoggingConfiguration', arn('network-firewall', 'firewall/production')],
  ],
  'AWS::NetworkFirewall::RuleGroup': [['network-firewall:CreateRuleGroup', arn('network-firewall', 'stateful-rulegroup/production')]],
  'AWS::RDS::DBCluster': [
    ['rds:CreateDBCluster', arn('rds', 'cluster:production-data')],
    ['rds:RestoreDBClusterFromSnapshot', arn('rds', 'cluster:production-data-1234abcd')],
  ],
  'AWS::RDS::DBClusterParameterGroup': [['rds:CreateDBClusterParameterGroup', arn('rds', 'cluster-pg:production')]],
  'AWS::RDS::DBInstance': [['rds:CreateDBInstance', arn('rds', 'db:production-writer')]],
  'AWS::RDS::DBProxy': [
    ['rds:CreateDBProxy', '*'],
    ['iam:PassRole', ownRole],
  ],
  'AWS::RDS::DBProxyTargetGroup': [['rds:RegisterDBProxyTargets', '*']],
  'AWS::RDS::DBSubnetGroup': [['rds:CreateDBSubnetGroup', arn('rds', 'subgrp:production')]],
  'AWS::Route53Resolver::FirewallConfig': [['route53resolver:UpdateFirewallConfig', '*']],
  'AWS::Route53Resolver::FirewallDomainList': [['route53resolver:CreateFirewallDomainList', '*']],
  'AWS::Route53Resolver::FirewallRuleGroup': [['route53resolver:CreateFirewallRuleGroup', '*']],
  'AWS::Route53Resolver::FirewallRuleGroupAssociation': [['route53resolver:AssociateFirewallRuleGroup', '*']],
  'AWS::Route53Resolver::ResolverDNSSECConfig': [['route53resolver:UpdateResolverDnssecConfig', '*']],
  'AWS::Route53Resolver::ResolverQueryLoggingConfig': [['route53resolver:CreateResolverQueryLogConfig', '*']],
  'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation': [['route53resolver:AssociateResolverQueryLogConfig', '*']],
  'AWS::S3::Bucket': [
    ['s3:CreateBucket', 'arn:aws:s3:::production-account-auditarchive-1'],
    ['s3:PutBucketObjectLockConfiguration', 'arn:aws:s3:::production-account-auditarchive-1'],
    ['s3:PutBucketVersioning', 'arn:aws:s3:::production-archive'],
  ],
  'AWS::S3::BucketPolicy': [['s3:PutBucketPolicy', 'arn:aws:s3:::production-account-auditarchive-1']],
  'AWS::SNS::Topic': [['sns:CreateTopic', arn('sns', 'production-alarms')]],
  'AWS::SNS::TopicPolicy': [['sns:SetTopicAttributes', arn('sns', 'production-alarms')]],
  'AWS::SSM::Document': [['ssm:CreateDocument', arn('ssm', 'document/production-shell')]],
  'AWS::SQS::Queue': [['sqs:CreateQueue', arn('sqs', 'production-queue')]],
  'AWS::SQS::QueuePolicy': [['sqs:SetQueueAttributes', arn('sqs', 'production-queue')]],
  'AWS::Scheduler::Schedule': [
    ['scheduler:CreateSchedule', arn('scheduler', 'schedule/production/x')],
    ['iam:PassRole', ownRole],
  ],
  'AWS::Scheduler::ScheduleGroup': [['scheduler:CreateScheduleGroup', arn('scheduler', 'schedule-group/production')]],
  'AWS::SecretsManager::RotationSchedule': [['secretsmanager:RotateSecret', arn('secretsmanager', 'secret:production/context-key-AbCdEf')]],
  'AWS::SecretsManager::Secret': [
    ['secretsmanager:CreateSecret', arn('secretsmanager', 'secret:production/context-key-AbCdEf')],
    ['secretsmanager:GetRandomPassword', '*'],
  ],
  'AWS::WAFv2::LoggingConfiguration': [['wafv2:PutLoggingConfiguration', arn('wafv2', 'regional/webacl/production-edge/1')]],
  'AWS::WAFv2::WebACL': [['wafv2:CreateWebACL', arn('wafv2', 'regional/webacl/production-edge/1')]],
  'AWS::WAFv2::WebACLAssociation': [['wafv2:AssociateWebACL', arn('wafv2', 'regional/webacl/production-edge/1')]],
};

/** A custom resource is a call of its function, through Lambda. */
export const customResource: Creation = ['lambda:InvokeFunction', arn('lambda', 'function:production-migrations')];
