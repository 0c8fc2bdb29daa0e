// The forms in which AWS takes tags, names and descriptions.

export interface Form {
  readonly longest: number;
  readonly signs?: RegExp;
}

/** "Tag naming limits and requirements", AWS General Reference: what all services take. */
export const tagForm: Form = { longest: 256, signs: /^[\p{L}\p{N} _.:/=+\-@]*$/u };
/** IAM API reference, CreateRole and CreatePolicy. */
const iam: Form = { longest: 1000, signs: /^[\t\n\r -~\u00a1-\u00ff]*$/ };
/** EC2 API reference, CreateSecurityGroup and IpRange. */
const ec2: Form = { longest: 255, signs: /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/ };

/** Forms of descriptions, from the API reference of each service. */
export const descriptions: Readonly<Record<string, Form>> = {
  'AWS::CloudWatch::Alarm': { longest: 1024 },
  'AWS::EC2::SecurityGroup': ec2,
  'AWS::EC2::SecurityGroupEgress': ec2,
  'AWS::EC2::SecurityGroupIngress': ec2,
  'AWS::Events::Rule': { longest: 512 },
  'AWS::IAM::ManagedPolicy': iam,
  'AWS::IAM::Role': iam,
  'AWS::IAM::ServiceLinkedRole': iam,
  'AWS::KMS::Key': { longest: 8192 },
  'AWS::Lambda::Function': { longest: 256 },
  'AWS::NetworkFirewall::Firewall': { longest: 512 },
  'AWS::NetworkFirewall::FirewallPolicy': { longest: 512 },
  'AWS::NetworkFirewall::RuleGroup': { longest: 512 },
  'AWS::RDS::DBClusterParameterGroup': { longest: 255, signs: /^[ -~]*$/ },
  'AWS::RDS::DBSubnetGroup': { longest: 255, signs: /^[ -~]*$/ },
  'AWS::Scheduler::Schedule': { longest: 512 },
  'AWS::SecretsManager::Secret': { longest: 2048 },
  'AWS::WAFv2::WebACL': { longest: 256, signs: /^[\w+=:#@/,.-][\w+=:#@/,.\s-]+[\w+=:#@/,.-]$/ },
};

/** Route 53 Resolver API reference, Name. */
const resolver: Form = { longest: 64, signs: /^(?!\d+$)[\w' -]+$/ };

/** What ends like a name of the deployment's own and is none. */
export const otherNames = ['MetricName', 'ServiceName', 'AWSServiceName', 'VPCZoneIdentifier', 'CACertificateIdentifier'];

/** Forms of names, from the API reference of each service; the property is that of CloudFormation. */
export const names: Readonly<Record<string, Form>> = {
  'AWS::AutoScaling::AutoScalingGroup AutoScalingGroupName': { longest: 255, signs: /^[ -9;-~]+$/ },
  'AWS::Backup::BackupVault BackupVaultName': { longest: 50, signs: /^[a-zA-Z0-9_-]{2,}$/ },
  'AWS::CloudTrail::Trail TrailName': { longest: 128, signs: /^[a-zA-Z0-9](?:[._-]?[a-zA-Z0-9])+$/ },
  'AWS::CloudWatch::Alarm AlarmName': { longest: 255, signs: /^[ -~]+$/ },
  'AWS::IAM::ManagedPolicy ManagedPolicyName': { longest: 128, signs: /^[\w+=,.@-]+$/ },
  'AWS::IAM::Role RoleName': { longest: 64, signs: /^[\w+=,.@-]+$/ },
  'AWS::KMS::Alias AliasName': { longest: 256, signs: /^alias\/[a-zA-Z0-9/_-]+$/ },
  'AWS::Lambda::Function FunctionName': { longest: 64, signs: /^[a-zA-Z0-9_-]+$/ },
  'AWS::Logs::LogGroup LogGroupName': { longest: 512, signs: /^[\w.\-/#]+$/ },
  'AWS::Logs::MetricFilter LogGroupName': { longest: 512, signs: /^[\w.\-/#]+$/ },
  'AWS::Logs::SubscriptionFilter LogGroupName': { longest: 512, signs: /^[\w.\-/#]+$/ },
  'AWS::Logs::LogStream LogStreamName': { longest: 512, signs: /^[^:*]+$/ },
  'AWS::Logs::ResourcePolicy PolicyName': { longest: 512 },
  'AWS::NetworkFirewall::Firewall FirewallName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::NetworkFirewall::FirewallPolicy FirewallPolicyName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::NetworkFirewall::RuleGroup RuleGroupName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::RDS::DBCluster DBClusterIdentifier': { longest: 63, signs: /^[a-z](?:-?[a-z0-9])*$/ },
  'AWS::RDS::DBCluster DatabaseName': { longest: 64, signs: /^[a-zA-Z][a-zA-Z0-9_]*$/ },
  'AWS::RDS::DBProxy DBProxyName': { longest: 63, signs: /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/ },
  'AWS::RDS::DBProxyTargetGroup TargetGroupName': { longest: 7, signs: /^default$/ },
  'AWS::Route53Resolver::FirewallDomainList Name': resolver,
  'AWS::Route53Resolver::FirewallRuleGroup Name': resolver,
  'AWS::Route53Resolver::FirewallRuleGroupAssociation Name': resolver,
  'AWS::Route53Resolver::ResolverQueryLoggingConfig Name': resolver,
  'AWS::S3::Bucket BucketName': { longest: 63, signs: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/ },
  'AWS::SSM::Document Name': { longest: 128, signs: /^(?!aws|amazon|amzn)[a-zA-Z0-9_\-.]{3,}$/i },
  'AWS::SQS::Queue QueueName': { longest: 80, signs: /^[\w-]+$/ },
  'AWS::SNS::Topic DisplayName': { longest: 100, signs: /^[ -~]+$/ },
  'AWS::Scheduler::ScheduleGroup Name': { longest: 64, signs: /^[\w.-]+$/ },
  'AWS::WAFv2::WebACL Name': { longest: 128, signs: /^[\w-]+$/ },
};

/** Whether a service takes the text. */
export const fits = (text: string, { longest, signs }: Form): boolean =>
  text.length > 0 && text.length <= longest && (signs?.test(text) ?? true);
