// A fleet of collectors behind a load balancer, with its network, as a template has it.
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, join, type Resources, ref, resource } from '../example';
import { network } from '../network/example-network';

const checksum = 'a'.repeat(64);

const userData = join(
  '#!/bin/bash\nfetch assets key.sh ',
  `${checksum} boot.sh\n`,
  ...['disks.sh', 'lifecycle.sh', 'collector.cjs'].map((file) => `fetch assets key ${checksum} ${file}\n`),
  `keep collector.env <<'SETTINGS'\nDURABLE=on\nSPOOL_FOLDER=/var/spool/collector\nSTREAM_NAME=`,
  ref('Stream'),
  '\nSITES_SOURCE=s3://',
  ref('Settings'),
  '/sites.json\nKEYS_SOURCE=secretsmanager:production/sites\nCLIENT_ADDRESS=x-forwarded-for\nMETRICS_NAMESPACE=Rempart/production\nSETTINGS\n',
  `keep host.env <<'SETTINGS'\nLAUNCH_HOOK=ready\nTERMINATION_HOOK=drained\nNAMESPACE=Rempart/production\nDISKS="sdf sdg"\nSETTINGS\n`,
);

export const disk = (DeviceName: string, ebs: JsonObject = {}): JsonObject => ({
  DeviceName,
  Ebs: { VolumeSize: 100, VolumeType: 'gp3', Encrypted: true, KmsKeyId: att('Key'), ...ebs },
});

/** The user data with some of its text replaced. */
export const withBoot = (from: string, to: string): Resources =>
  withServer({ UserData: JSON.parse(JSON.stringify({ 'Fn::Base64': userData }).replace(from, () => to)) });

const templateData: JsonObject = {
  InstanceType: 'm8g.large',
  IamInstanceProfile: { Arn: att('Profile') },
  BlockDeviceMappings: [disk('/dev/xvda', { VolumeSize: 20 }), disk('/dev/sdf'), disk('/dev/sdg')],
  MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
  NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: [att('Servers', 'GroupId')] }],
  Placement: { GroupName: att('Racks', 'GroupName') },
  UserData: { 'Fn::Base64': userData },
};

export const hook = (LifecycleHookName: string, LifecycleTransition: string, rest: JsonObject = {}): JsonObject => ({
  LifecycleHookName,
  LifecycleTransition,
  DefaultResult: 'ABANDON',
  HeartbeatTimeout: 600,
  ...rest,
});

/** Two types from one launch template, with some of it replaced. */
export function mixed(specification: JsonObject = {}, ...overrides: JsonObject[]): JsonObject {
  return {
    InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 100 },
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: ref('Server'), Version: att('Server', 'LatestVersionNumber'), ...specification },
      Overrides: overrides.length > 0 ? overrides : [{ InstanceType: 'm8g.large' }, { InstanceType: 'c7g.large' }],
    },
  };
}

const group = [{ Name: 'AutoScalingGroupName', Value: ref('Fleet') }];

export const fleet: Resources = {
  ...network,
  Key: resource('AWS::KMS::Key', { EnableKeyRotation: true }),
  Fleet: resource(
    'AWS::AutoScaling::AutoScalingGroup',
    {
      AutoScalingGroupName: 'production-collectors',
      MinSize: '3',
      MaxSize: '40',
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 300,
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
      LifecycleHookSpecificationList: [
        hook('ready', 'autoscaling:EC2_INSTANCE_LAUNCHING'),
        hook('drained', 'autoscaling:EC2_INSTANCE_TERMINATING'),
      ],
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 },
      MixedInstancesPolicy: mixed(),
      TargetGroupARNs: [ref('Targets')],
      VPCZoneIdentifier: [ref('private0'), ref('private1')],
      Tags: [{ Key: 'rempart:role', Value: 'collector', PropagateAtLaunch: true }],
    },
    { UpdatePolicy: { AutoScalingInstanceRefresh: { Strategy: 'Rolling', Preferences: { MinHealthyPercentage: 100 } } } } as object,
  ),
  Server: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData: templateData }),
  Stream: resource('AWS::Kinesis::Stream'),
  Settings: resource('AWS::S3::Bucket'),
  Racks: resource('AWS::EC2::PlacementGroup', { Strategy: 'partition', PartitionCount: 7 }),
  Role: resource('AWS::IAM::Role'),
  Profile: resource('AWS::IAM::InstanceProfile', { Roles: [ref('Role')] }),
  Servers: resource('AWS::EC2::SecurityGroup', { VpcId: ref('Vpc') }),
  Proxies: resource('AWS::EC2::SecurityGroup', { VpcId: ref('Vpc') }),
  FromProxies: resource('AWS::EC2::SecurityGroupIngress', {
    GroupId: att('Servers', 'GroupId'),
    SourceSecurityGroupId: att('Proxies', 'GroupId'),
    IpProtocol: 'tcp',
    FromPort: 8080,
    ToPort: 8080,
  }),
  Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { SecurityGroups: [att('Proxies', 'GroupId')] }),
  Listener: resource('AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: ref('Balancer'), Port: 443, Protocol: 'HTTPS' }),
  Hits: resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
    ListenerArn: ref('Listener'),
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/hit.gif', '/hit', '/hits'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
  }),
  Targets: resource('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Protocol: 'HTTP',
    Port: 8080,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/health',
    Matcher: { HttpCode: '200' },
  }),
  Requests: resource('AWS::AutoScaling::ScalingPolicy', {
    AutoScalingGroupName: ref('Fleet'),
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: {
      TargetValue: 240_000,
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'ALBRequestCountPerTarget',
        ResourceLabel: join('app/x/1/', att('Targets', 'TargetGroupFullName')),
      },
    },
  }),
  Waiting: resource('AWS::AutoScaling::ScalingPolicy', {
    AutoScalingGroupName: ref('Fleet'),
    PolicyType: 'StepScaling',
    AdjustmentType: 'PercentChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 50 }],
  }),
  WaitingLong: resource('AWS::CloudWatch::Alarm', {
    MetricName: 'SpoolAge',
    Namespace: 'Rempart/production',
    Dimensions: group,
    Threshold: 60,
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [att('Waiting')],
  }),
  Left: resource('AWS::CloudWatch::Alarm', {
    MetricName: 'HitsLeft',
    Dimensions: group,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Statistic: 'Maximum',
    AlarmActions: [ref('Topic')],
  }),
  Degraded: resource('AWS::CloudWatch::Alarm', {
    MetricName: 'ArrayDegraded',
    Namespace: 'Rempart/production',
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 2,
    Dimensions: group,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: [ref('Topic')],
  }),
  Topic: resource('AWS::SNS::Topic'),
  Replace: resource('AWS::Lambda::Function', { Environment: { Variables: { METRIC: 'ArrayDegraded' } } }),
  MayReplace: resource('AWS::Lambda::Permission', {
    FunctionName: att('Replace'),
    Principal: 'events.amazonaws.com',
    SourceArn: att('Replacement'),
  }),
  Replacement: resource('AWS::Events::Rule', {
    EventPattern: { source: ['aws.cloudwatch'], resources: [att('Degraded')], detail: { state: { value: ['ALARM'] } } },
    Targets: [{ Id: 'Function', Arn: att('Replace') }],
  }),
};

/** The launch template with some of its data changed; `undefined` removes a property. */
export function withServer(data: Readonly<Record<string, unknown>>): Resources {
  const LaunchTemplateData = Object.fromEntries(Object.entries({ ...templateData, ...data }).filter(([, value]) => value !== undefined));
  return { ...fleet, Server: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData } as never) };
}
