// Every resource type that the house knows: those that keep data, and those that do not.
// A template with a type that is not here has a finding, so that no store slips in unlabelled or unencrypted: add the type to the list
// that it belongs to. A type added to `stores` or `hosts` does not compile before the rules classification and encryption-at-rest
// say how it is labelled and encrypted.

/** What keeps data of its own: labelled and encrypted. */
const stores = [
  'AWS::Backup::BackupVault',
  'AWS::CloudTrail::Trail',
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::EFS::FileSystem',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
] as const;

/** What keeps data only while it works, on its disks or in its environment: encrypted, but no place of its own. */
const hosts = ['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::Lambda::Function'] as const;

export type Store = (typeof stores)[number];
export type Host = (typeof hosts)[number];

/** Services none of whose types keeps data, and functions that CloudFormation calls. */
const datalessServices = [
  'AWS::ApplicationAutoScaling::',
  'AWS::ElasticLoadBalancingV2::',
  'AWS::IAM::',
  'AWS::NetworkFirewall::',
  'AWS::Route53::',
  'AWS::Route53Resolver::',
  'AWS::WAFv2::',
  'Custom::',
];

/** Types that keep none, of services that have others. */
const dataless = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::AutoScaling::ScheduledAction',
  'AWS::AutoScaling::WarmPool',
  'AWS::Backup::BackupPlan',
  'AWS::Backup::BackupSelection',
  'AWS::Backup::RestoreTestingPlan',
  'AWS::Backup::RestoreTestingSelection',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::EC2::EIP',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::PlacementGroup',
  'AWS::EC2::PrefixList',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCBlockPublicAccessExclusion',
  'AWS::EC2::VPCBlockPublicAccessOptions',
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Service',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::MountTarget',
  'AWS::Events::EventBusPolicy',
  'AWS::Events::Rule',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Kinesis::ResourcePolicy',
  'AWS::Kinesis::StreamConsumer',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogStream',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::ResourcePolicy',
  'AWS::Logs::SubscriptionFilter',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBParameterGroup',
  'AWS::RDS::DBProxy',
  'AWS::RDS::DBProxyEndpoint',
  'AWS::RDS::DBProxyTargetGroup',
  'AWS::RDS::DBSubnetGroup',
  'AWS::RDS::EventSubscription',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Association',
  'AWS::SSM::Document',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SecretsManager::SecretTargetAttachment',
];

const storing: ReadonlySet<string> = new Set(stores);
const hosting: ReadonlySet<string> = new Set(hosts);
const empty: ReadonlySet<string> = new Set(dataless);

/** Whether a type keeps data: of its own, while it works, none; or is not known. */
export function kindOf(type: string): 'store' | 'host' | 'dataless' | 'unknown' {
  if (storing.has(type)) return 'store';
  if (hosting.has(type)) return 'host';
  return empty.has(type) || datalessServices.some((service) => type.startsWith(service)) ? 'dataless' : 'unknown';
}
