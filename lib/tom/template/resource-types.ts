// Names of resource types, and every type that templates may have: types that keep data, and types that do not. A type
// that is in neither list is a finding, so that every store is labelled and encrypted: add the type to its list. A
// type in `stores` or `hosts` compiles only if the rules classification and encryption-at-rest define its tags and its
// encryption.

// Types that rules and the template model refer to.
export const analyzerType = 'AWS::AccessAnalyzer::Analyzer';
export const planType = 'AWS::Backup::BackupPlan';
export const selectionType = 'AWS::Backup::BackupSelection';
export const vaultType = 'AWS::Backup::BackupVault';
export const eventRuleType = 'AWS::Events::Rule';
export const queueType = 'AWS::SQS::Queue';
export const fleetType = 'AWS::AutoScaling::AutoScalingGroup';
export const usageRecordType = 'AWS::CDK::Metadata';
export const trailType = 'AWS::CloudTrail::Trail';
export const alarmType = 'AWS::CloudWatch::Alarm';
export const customerGatewayType = 'AWS::EC2::CustomerGateway';
export const flowLogType = 'AWS::EC2::FlowLog';
export const serverType = 'AWS::EC2::Instance';
export const connectEndpointType = 'AWS::EC2::InstanceConnectEndpoint';
export const internetGatewayType = 'AWS::EC2::InternetGateway';
export const serverTemplateType = 'AWS::EC2::LaunchTemplate';
export const natGatewayType = 'AWS::EC2::NatGateway';
export const aclType = 'AWS::EC2::NetworkAcl';
export const aclEntryType = 'AWS::EC2::NetworkAclEntry';
export const networkInterfaceType = 'AWS::EC2::NetworkInterface';
export const prefixListType = 'AWS::EC2::PrefixList';
export const routeType = 'AWS::EC2::Route';
export const routeTableType = 'AWS::EC2::RouteTable';
export const securityGroupType = 'AWS::EC2::SecurityGroup';
export const ingressType = 'AWS::EC2::SecurityGroupIngress';
export const egressType = 'AWS::EC2::SecurityGroupEgress';
export const subnetType = 'AWS::EC2::Subnet';
export const aclAssociationType = 'AWS::EC2::SubnetNetworkAclAssociation';
export const routeTableAssociationType = 'AWS::EC2::SubnetRouteTableAssociation';
export const vpcType = 'AWS::EC2::VPC';
export const endpointType = 'AWS::EC2::VPCEndpoint';
export const vpnConnectionType = 'AWS::EC2::VPNConnection';
export const vpnConnectionRouteType = 'AWS::EC2::VPNConnectionRoute';
export const vpnGatewayType = 'AWS::EC2::VPNGateway';
export const gatewayAttachmentType = 'AWS::EC2::VPCGatewayAttachment';
export const listenerType = 'AWS::ElasticLoadBalancingV2::Listener';
export const listenerRuleType = 'AWS::ElasticLoadBalancingV2::ListenerRule';
export const balancerType = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
export const targetGroupType = 'AWS::ElasticLoadBalancingV2::TargetGroup';
export const oidcProviderType = 'AWS::IAM::OIDCProvider';
export const managedPolicyType = 'AWS::IAM::ManagedPolicy';
export const roleType = 'AWS::IAM::Role';
export const userType = 'AWS::IAM::User';
export const keyAliasType = 'AWS::KMS::Alias';
export const keyType = 'AWS::KMS::Key';
export const streamType = 'AWS::Kinesis::Stream';
export const streamConsumerType = 'AWS::Kinesis::StreamConsumer';
export const deliveryType = 'AWS::KinesisFirehose::DeliveryStream';
export const mappingType = 'AWS::Lambda::EventSourceMapping';
export const functionType = 'AWS::Lambda::Function';
export const permissionType = 'AWS::Lambda::Permission';
export const logGroupType = 'AWS::Logs::LogGroup';
export const metricFilterType = 'AWS::Logs::MetricFilter';
export const firewallType = 'AWS::NetworkFirewall::Firewall';
export const clusterType = 'AWS::RDS::DBCluster';
export const parameterGroupType = 'AWS::RDS::DBClusterParameterGroup';
export const databaseInstanceType = 'AWS::RDS::DBInstance';
export const proxyType = 'AWS::RDS::DBProxy';
export const proxyEndpointType = 'AWS::RDS::DBProxyEndpoint';
export const proxyTargetGroupType = 'AWS::RDS::DBProxyTargetGroup';
export const subnetGroupType = 'AWS::RDS::DBSubnetGroup';
export const dnsFirewallConfigType = 'AWS::Route53Resolver::FirewallConfig';
export const domainListType = 'AWS::Route53Resolver::FirewallDomainList';
export const dnsRuleGroupType = 'AWS::Route53Resolver::FirewallRuleGroup';
export const dnsAssociationType = 'AWS::Route53Resolver::FirewallRuleGroupAssociation';
export const bucketType = 'AWS::S3::Bucket';
export const bucketPolicyType = 'AWS::S3::BucketPolicy';
export const ssmDocumentType = 'AWS::SSM::Document';
export const topicType = 'AWS::SNS::Topic';
export const topicPolicyType = 'AWS::SNS::TopicPolicy';
export const queuePolicyType = 'AWS::SQS::QueuePolicy';
export const scheduleType = 'AWS::Scheduler::Schedule';
export const secretType = 'AWS::SecretsManager::Secret';
export const webAclLoggingType = 'AWS::WAFv2::LoggingConfiguration';
export const webAclType = 'AWS::WAFv2::WebACL';
export const webAclAssociationType = 'AWS::WAFv2::WebACLAssociation';

/** Types that store data: labelled and encrypted. */
const stores = [
  vaultType,
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
  queueType,
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
] as const;

/** Types that hold data only while they run, on disks or in environment variables: encrypted, not labelled. */
const hosts = ['AWS::EC2::Instance', 'AWS::EC2::LaunchTemplate', 'AWS::Lambda::Function'] as const;

export type Store = (typeof stores)[number];
export type Host = (typeof hosts)[number];

/** Services without types that store data, and custom resources. */
const datalessServices = [
  'AWS::AccessAnalyzer::',
  'AWS::ApplicationAutoScaling::',
  'AWS::ElasticLoadBalancingV2::',
  'AWS::IAM::',
  'AWS::NetworkFirewall::',
  'AWS::Route53::',
  'AWS::Route53Resolver::',
  'AWS::WAFv2::',
  'Custom::',
];

/** Types that store no data, of services with other types that do. */
const dataless = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::AutoScaling::ScheduledAction',
  'AWS::AutoScaling::WarmPool',
  planType,
  selectionType,
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
  'AWS::EC2::ClientVpnAuthorizationRule',
  'AWS::EC2::ClientVpnEndpoint',
  'AWS::EC2::ClientVpnTargetNetworkAssociation',
  customerGatewayType,
  'AWS::EC2::EIP',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::FlowLog',
  connectEndpointType,
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
  gatewayAttachmentType,
  vpnConnectionType,
  vpnConnectionRouteType,
  vpnGatewayType,
  'AWS::ECS::CapacityProvider',
  'AWS::ECS::Service',
  'AWS::EFS::AccessPoint',
  'AWS::EFS::MountTarget',
  'AWS::Events::EventBusPolicy',
  eventRuleType,
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Kinesis::ResourcePolicy',
  'AWS::Kinesis::StreamConsumer',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::LayerVersion',
  permissionType,
  'AWS::Lambda::Version',
  'AWS::Logs::LogStream',
  metricFilterType,
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

/** Kind of a type: it stores data, it holds data while it runs, it has no data, or it is not listed. */
export function kindOf(type: string): 'store' | 'host' | 'dataless' | 'unknown' {
  if (storing.has(type)) return 'store';
  if (hosting.has(type)) return 'host';
  return empty.has(type) || datalessServices.some((service) => type.startsWith(service)) ? 'dataless' : 'unknown';
}
