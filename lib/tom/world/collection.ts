// The fleet of collectors: its group, launch template, placement, target group and log.

import { fewestServers, mostServers } from '../figures';
import { dataPaths } from '../template/hit-paths';
import { fleetType, listenerRuleType, serverTemplateType, targetGroupType } from '../template/resource-types';
import { collectorPort, dataDevices, hookNames, mostPartitions } from '../template/server-contract';
import { notBackedUp } from './backup-stores';
import { bootText } from './collection-boot';
import { collectorDependencies, scalingDeclarations } from './collection-scaling';
import { type Declaration, declare } from './declaration';
import { newerThanLinter, pathRule } from './edge';
import { by, type Form, type FormLike, leafForm, sequence, set } from './form';
import { logGroup } from './log-groups';
import { serverImageParameter } from './sections';
import { tags } from './tags';

/** Journal and audit log of the servers. */
const log = logGroup(
  'collection/CollectorsLogGroup',
  { name: '/rempart/<deployment>/servers/collector', key: 'account/DeploymentKey', classification: 'internal' },
  { dependsOn: collectorDependencies() },
);

/** A deregistered server has 30 seconds for requests that it has received; a hit takes less. (TOM-5.1) */
const targetGroup = declare(
  targetGroupType,
  'collection/CollectorsTrafficTargets',
  {
    VpcId: '${network/Vpc}',
    TargetType: 'instance',
    Protocol: 'HTTP',
    Port: collectorPort,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
    TargetGroupAttributes: set(
      { Key: 'deregistration_delay.timeout_seconds', Value: '30' },
      { Key: 'stickiness.enabled', Value: 'false' },
      { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
    ),
    Tags: tags(),
  },
  { dependsOn: collectorDependencies() },
);

const rule = declare(
  listenerRuleType,
  'collection/CollectorsTrafficRule',
  pathRule(100, dataPaths, { Type: 'forward', TargetGroupArn: '${collection/CollectorsTrafficTargets}' }),
  { dependsOn: collectorDependencies(), metadata: newerThanLinter('E3002') },
);

/** Servers of one zone run on racks of different partitions. (DSS-5.6.4) */
const placement = declare(
  'AWS::EC2::PlacementGroup',
  'collection/CollectorsServerPlacement',
  {
    Strategy: 'partition',
    PartitionCount: by(({ facts }) => mostPartitions[facts.settings.collection.dedicatedTenancy ? 'dedicated' : 'shared']),
    // CloudFormation replaces a placement group whose tags change: it has the one that separates deployments.
    Tags: [{ Key: 'rempart:deployment', Value: '<deployment>' }],
  },
  { dependsOn: collectorDependencies() },
);

const disk = (device: string, gibibytes: number): FormLike => ({
  DeviceName: `/dev/${device}`,
  Ebs: {
    DeleteOnTermination: true,
    Encrypted: true,
    KmsKeyId: '${data/DataKey.Arn}',
    VolumeSize: gibibytes,
    VolumeType: 'gp3',
  },
});

/** The root disk, and the data disks in pairs. (TOM-5.5, TOM-6.2) */
const disks = by(({ facts }) => {
  const { count, gibibytes } = facts.settings.collection.disks;
  return sequence(disk('xvda', 20), ...dataDevices.slice(0, count).map((device) => disk(device, gibibytes)));
});

const serverTags = tags('personal', { Key: 'Name', Value: '<deployment>-collection/Collectors/Server/Template' });

const launchTemplate = declare(
  serverTemplateType,
  'collection/CollectorsServerTemplate',
  {
    LaunchTemplateData: {
      ImageId: `\${parameter ${serverImageParameter}}`,
      InstanceType: by(({ facts }) => facts.settings.collection.instanceTypes[0] ?? 'none'),
      IamInstanceProfile: { Arn: '${collection/CollectorsServerTemplateProfile.Arn}' },
      // One interface without a public address, in the group of the servers. (DSS-5.6.2, TOM-6.8)
      NetworkInterfaces: [
        { DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: ['${collection/CollectorsTrafficSecurityGroup.GroupId}'] },
      ],
      // Credentials of the role only with a token, and to the server itself. (TOM-3.5)
      MetadataOptions: {
        HttpEndpoint: 'enabled',
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 1,
        InstanceMetadataTags: 'disabled',
      },
      BlockDeviceMappings: disks,
      EbsOptimized: true,
      Monitoring: { Enabled: true },
      Placement: by(({ facts }): FormLike => {
        const group = { GroupName: '${collection/CollectorsServerPlacement.GroupName}' };
        return facts.settings.collection.dedicatedTenancy ? { ...group, Tenancy: 'dedicated' } : group;
      }),
      TagSpecifications: set({ ResourceType: 'instance', Tags: serverTags }, { ResourceType: 'volume', Tags: serverTags }),
      UserData: { 'Fn::Base64': bootText },
    },
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: serverTags }],
  },
  { dependsOn: collectorDependencies('${collection/CollectorsRole}'), ...notBackedUp('collection/CollectorsServerTemplate') },
);

/**
 * The server completes both hooks: it receives no traffic until it is ready, and keeps its disks until it is drained.
 * Without a response, the first terminates a server before its first hit, and the second retains it. (TOM-6.9)
 */
const hook = (name: string, transition: 'LAUNCHING' | 'TERMINATING'): FormLike => ({
  LifecycleHookName: name,
  LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
  DefaultResult: 'ABANDON',
  HeartbeatTimeout: 600,
});

/** Only On-Demand Instances of this launch template, in its newest version. */
const instances: FormLike = {
  InstancesDistribution: { OnDemandAllocationStrategy: 'prioritized', OnDemandPercentageAboveBaseCapacity: 100 },
  LaunchTemplate: {
    LaunchTemplateSpecification: {
      LaunchTemplateId: '${collection/CollectorsServerTemplate}',
      Version: '${collection/CollectorsServerTemplate.LatestVersionNumber}',
    },
    Overrides: by(({ facts }) => facts.settings.collection.instanceTypes.map((type) => ({ InstanceType: type }))),
  },
};

const groupTag = (key: string, value: FormLike): FormLike => ({ Key: key, Value: value, PropagateAtLaunch: true });

/** Replacements start a new server before an old one terminates, so that capacity never falls. (TOM-6.1) */
const healthyShares = { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 };

/** A bound of the fleet, which CloudFormation has as text. (TOM-6.1, TOM-6.9) */
const serverCount = (bound: 'minimum' | 'maximum'): Form =>
  leafForm(
    ({ facts }) => `"${facts.settings.collection.servers[bound]}", and ${fewestServers} to ${mostServers}`,
    (value, { facts }) =>
      value === String(facts.settings.collection.servers[bound]) && Number(value) >= fewestServers && Number(value) <= mostServers,
  );

/** Longest life of a server in seconds, 14 days: the next one has a newer, patched image. */
const longestLife = 1_209_600;

const fleet = declare(
  fleetType,
  'collection/CollectorsFleetGroupASG',
  {
    AutoScalingGroupName: '<deployment>-collectors',
    ServiceLinkedRoleARN: by(
      ({ facts }) =>
        'arn:aws:iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/' +
        `AWSServiceRoleForAutoScaling_<deployment>-${facts.site}`,
    ),
    MinSize: serverCount('minimum'),
    MaxSize: serverCount('maximum'),
    MixedInstancesPolicy: instances,
    // One in each zone. (DSS-5.6.2, TOM-6.3)
    VPCZoneIdentifier: set(
      '${network/VpcprivateSubnet1Subnet}',
      '${network/VpcprivateSubnet2Subnet}',
      '${network/VpcprivateSubnet3Subnet}',
    ),
    TargetGroupARNs: ['${collection/CollectorsTrafficTargets}'],
    HealthCheckType: 'ELB',
    HealthCheckGracePeriod: 300,
    DefaultInstanceWarmup: 60,
    MaxInstanceLifetime: longestLife,
    TerminationPolicies: ['OldestLaunchTemplate', 'OldestInstance'],
    LifecycleHookSpecificationList: set(hook(hookNames.launch, 'LAUNCHING'), hook(hookNames.termination, 'TERMINATING')),
    InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
    InstanceMaintenancePolicy: healthyShares,
    MetricsCollection: [{ Granularity: '1Minute' }],
    Tags: set(
      groupTag('rempart:deployment', '<deployment>'),
      groupTag('rempart:environment', '<environment>'),
      groupTag(
        'rempart:owner',
        by(({ facts }) => facts.settings.owner),
      ),
      groupTag('rempart:role', 'collector'),
    ),
  },
  {
    dependsOn: collectorDependencies(
      '${collection/CollectorsLogGroup}',
      '${collection/CollectorsRolePermissions}',
      '${collection/CollectorsTrafficFromProxies}',
      '${collection/CollectorsTrafficRule}',
    ),
    updatePolicy: {
      AutoScalingInstanceRefresh: { Strategy: 'Rolling', Preferences: healthyShares },
      // The size follows traffic: a deployment does not reset it.
      AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true },
    },
    metadata: newerThanLinter('E3016'),
  },
);

export const collectionDeclarations: readonly Declaration[] = [
  log,
  targetGroup,
  rule,
  placement,
  launchTemplate,
  fleet,
  ...scalingDeclarations,
];
