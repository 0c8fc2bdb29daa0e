// The fleet in the collection stack: servers, their number, their traffic and their permissions.
import { readEnvironment } from '../../../services/collector/env';
import type { Choice } from '../stacks/account-stack';
import { collectionStack, only, statementsOf } from '../stacks/collection-stack';

/** Settings other than the defaults. */
const other: Choice = {
  settings: {
    collection: {
      servers: { minimum: 2, maximum: 9 },
      disks: { count: 4, gibibytes: 50 },
      dedicatedTenancy: true,
      commitDelayMilliseconds: 9,
      warmPool: 2,
    },
  },
};
const templateData = (choice: Choice = {}) =>
  only('AWS::EC2::LaunchTemplate', '', choice).LaunchTemplateData as Record<string, unknown> & { BlockDeviceMappings: unknown[] };
const group = (choice: Choice = {}) => only('AWS::AutoScaling::AutoScalingGroup', '', choice);

/** The user data as text, with `?` for values that resolve at deployment. */
function userData(choice: Choice = {}): string {
  const { 'Fn::Base64': text } = templateData(choice).UserData as { 'Fn::Base64': string | { 'Fn::Join': [string, unknown[]] } };
  return typeof text === 'string' ? text : text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '?')).join('');
}

const settingsIn = (file: string, choice: Choice = {}): Record<string, string> => {
  const [, lines = ''] = new RegExp(`^keep ${file} <<'SETTINGS'\\n(.*?)\\nSETTINGS$`, 'ms').exec(userData(choice)) ?? [];
  return Object.fromEntries(lines.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
};

test('servers are On-Demand Instances of several types of one size, from one launch template, in order of preference', () => {
  const { LaunchTemplate, MixedInstancesPolicy } = group({ settings: { collection: { instanceTypes: ['c7g.xlarge', 'm8g.xlarge'] } } });
  expect(LaunchTemplate).toBeUndefined();
  expect(MixedInstancesPolicy).toEqual({
    InstancesDistribution: { OnDemandAllocationStrategy: 'prioritized', OnDemandPercentageAboveBaseCapacity: 100 },
    LaunchTemplate: {
      LaunchTemplateSpecification: {
        LaunchTemplateId: { Ref: expect.anything() },
        Version: { 'Fn::GetAtt': [expect.anything(), 'LatestVersionNumber'] },
      },
      Overrides: [{ InstanceType: 'c7g.xlarge' }, { InstanceType: 'm8g.xlarge' }],
    },
  });
});

/** Times of the group, in seconds: that of a boot, and those of the hooks, launch first. */
interface FleetTimes {
  readonly HealthCheckGracePeriod: number;
  readonly LifecycleHookSpecificationList: readonly { readonly HeartbeatTimeout: number }[];
}

test('a first deployment waits until two servers are healthy behind the load balancer', () => {
  const { Fleet, TargetGroup, ServiceToken, ServiceTimeout } = only('Custom::FirstServers');
  const [target] = group().TargetGroupARNs as unknown[];
  expect(TargetGroup).toEqual(target);
  expect(Object.keys(collectionStack().template.findResources('AWS::AutoScaling::AutoScalingGroup'))).toEqual([
    (Fleet as { Ref: string }).Ref,
  ]);
  const [id] = (ServiceToken as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
  const waiting = only('AWS::Lambda::Function', id);
  expect(waiting.Environment).toEqual({ Variables: { TARGET_GROUP: target, SERVERS: '2' } });
  // A boot fits the limit; one that holds its place until the hook times out leaves no time for the next.
  expect(waiting.Timeout).toBe(900);
  const { HealthCheckGracePeriod: boot, LifecycleHookSpecificationList: hooks } = group() as unknown as FleetTimes;
  expect(boot).toBeLessThan(900);
  expect((hooks[0]?.HeartbeatTimeout ?? 0) + boot).toBeGreaterThanOrEqual(900);
  // CloudFormation times out after the function.
  expect(Number(ServiceTimeout)).toBeGreaterThan(900);
  expect(statementsOf('CollectorsFirstServers').map(({ Action }) => Action)).toContain('elasticloadbalancing:DescribeTargetHealth');
});

describe('a server', () => {
  test('has no key pair and no public address, and requires a metadata token within one hop', () => {
    const data = templateData();
    expect(data).not.toHaveProperty('KeyName');
    expect(data).toMatchObject({
      NetworkInterfaces: [{ AssociatePublicIpAddress: false, Groups: [expect.anything()] }],
      MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      Monitoring: { Enabled: true },
    });
  });

  test('runs the minimal image of Amazon Linux 2023 for Graviton that the public parameter has at deployment', () => {
    const { Ref } = templateData().ImageId as { Ref: string };
    expect(collectionStack().template.toJSON().Parameters[Ref]).toEqual({
      Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      Default: '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64',
    });
    expect(templateData().InstanceType).toBe('m8g.large');
  });

  test.each<[number, number, Choice]>([
    [2, 100, {}],
    [4, 50, other],
  ])(
    'has %i equal data disks with the data key in addition to the root disk, and the settings to mirror them',
    (count, gibibytes, choice) => {
      const [root, ...data] = templateData(choice).BlockDeviceMappings;
      const ebs = { VolumeType: 'gp3', Encrypted: true, KmsKeyId: '<data.DataKey.Arn>', DeleteOnTermination: true };
      const names = ['sdf', 'sdg', 'sdh', 'sdi'].slice(0, count);
      expect(root).toEqual({ DeviceName: '/dev/xvda', Ebs: { ...ebs, VolumeSize: 20 } });
      expect(data).toEqual(names.map((name) => ({ DeviceName: `/dev/${name}`, Ebs: { ...ebs, VolumeSize: gibibytes } })));
      expect(settingsIn('host.env', choice).DISKS).toBe(`"${names.join(' ')}"`);
      expect(settingsIn('collector.env', choice).SPOOL_LIMIT_BYTES).toBe(String((count / 2) * gibibytes * 0.8 * 2 ** 30));
    },
  );

  test('runs on racks apart from others, and as an option on dedicated hardware', () => {
    const placement = (choice: Choice) => only('AWS::EC2::PlacementGroup', '', choice);
    expect(placement({})).toMatchObject({ Strategy: 'partition', PartitionCount: 7 });
    expect(templateData().Placement).toEqual({ GroupName: expect.anything() });
    expect(placement(other)).toMatchObject({ PartitionCount: 2 });
    expect(templateData(other).Placement).toEqual({ GroupName: expect.anything(), Tenancy: 'dedicated' });
  });

  test('has the environment that its program requires, without secrets', () => {
    const variables = {
      ...settingsIn('collector.env', other),
      STREAM_NAME: 'hits',
      SITES_SOURCE: 's3://b/sites.json',
    };
    expect(readEnvironment({ ...variables, ARRAY_FOLDER: '/sys/block/md127/md' })).toMatchObject({
      port: 8080,
      durable: true,
      commitDelayMilliseconds: 9,
      spoolFolder: '/var/spool/collector',
      keysSource: 'secretsmanager:example/sites',
      metricsNamespace: 'Rempart/example',
      metricsGroup: 'example-collectors',
      clientAddress: 'x-forwarded-for',
    });
    expect(settingsIn('collector.env').SITES_SOURCE).toMatch(/^s3:\/\/[^/]+\/sites\.json$/);
  });

  test('has the permissions that it uses, and no others', () => {
    const statements = statementsOf('CollectorsRolePermissions');
    expect([...new Set(statements.flatMap(({ Action }) => Action))].sort()).toEqual([
      'autoscaling:CompleteLifecycleAction',
      'autoscaling:RecordLifecycleActionHeartbeat',
      'cloudwatch:PutMetricData',
      'kinesis:PutRecords',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      's3:GetObject',
      'secretsmanager:GetSecretValue',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
    const metrics = statements.find(({ Action }) => Action === 'cloudwatch:PutMetricData');
    expect(metrics?.Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Rempart/example' } });
    // The actions of the agent of Session Manager, and the list of groups, support no other resource.
    const channels = statements.find(({ Action }) => Action.includes('ssmmessages:OpenDataChannel'));
    expect(channels?.Action).toEqual([
      'logs:DescribeLogGroups',
      ...['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map((action) => `ssmmessages:${action}`),
    ]);
    expect(statements.filter(({ Resource }) => Resource === '*')).toEqual([metrics, channels]);
    const boot = statements.filter(({ Action }) => Action === 's3:GetObject').flatMap(({ Resource }) => Resource as string[]);
    expect(boot.filter((object) => /\*/.test(object))).toEqual([]);
  });
});

describe('the fleet', () => {
  test('has at least two servers over all three zones, uses the health checks of the load balancer, and keeps its capacity during updates', () => {
    expect(group(other)).toMatchObject({
      MinSize: '2',
      MaxSize: '9',
      HealthCheckType: 'ELB',
      HealthCheckGracePeriod: 300,
      MaxInstanceLifetime: 14 * 86_400,
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 },
      VPCZoneIdentifier: [expect.anything(), expect.anything(), expect.anything()],
      TerminationPolicies: ['OldestLaunchTemplate', 'OldestInstance'],
    });
    collectionStack().template.hasResource('AWS::AutoScaling::AutoScalingGroup', {
      UpdatePolicy: {
        AutoScalingInstanceRefresh: { Strategy: 'Rolling', Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 } },
        AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true },
      },
    });
  });

  test('has its hooks from the first server on, and retains a server that cannot be drained', () => {
    const hook = { DefaultResult: 'ABANDON', HeartbeatTimeout: 600 };
    expect(group()).toMatchObject({
      LifecycleHookSpecificationList: [
        { ...hook, LifecycleHookName: 'ready', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
        { ...hook, LifecycleHookName: 'drained', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
      ],
      InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } },
    });
    expect(settingsIn('host.env')).toMatchObject({ LAUNCH_HOOK: 'ready', TERMINATION_HOOK: 'drained', GROUP: 'example-collectors' });
  });

  test('declares one role, also on the servers', () => {
    const tags = group().Tags as { Key: string; Value: string; PropagateAtLaunch: boolean }[];
    expect(tags.filter(({ Key }) => Key === 'rempart:role')).toEqual([
      { Key: 'rempart:role', Value: 'collector', PropagateAtLaunch: true },
    ]);
  });

  test('starts its servers with a role that only the deployment has, which the data key allows', () => {
    expect(group().ServiceLinkedRoleARN).toBe(
      'arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_example-home',
    );
  });

  test('has a warm pool only where configured, of that size', () => {
    collectionStack().template.resourceCountIs('AWS::AutoScaling::WarmPool', 0);
    expect(only('AWS::AutoScaling::WarmPool', '', other)).toMatchObject({
      MinSize: 2,
      MaxGroupPreparedCapacity: 4,
      PoolState: 'Stopped',
    });
  });
});

describe('traffic', () => {
  test('arrives on three paths, at healthy servers', () => {
    expect(only('AWS::ElasticLoadBalancingV2::ListenerRule')).toMatchObject({
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/hit.gif', '/hit', '/hits'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: expect.anything() }],
    });
    expect(only('AWS::ElasticLoadBalancingV2::TargetGroup')).toMatchObject({
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckPath: '/health',
      Matcher: { HttpCode: '200' },
      TargetGroupAttributes: expect.arrayContaining([{ Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' }]),
    });
  });

  test('arrives from proxies on one port, and leaves to AWS services', () => {
    const ingress = only('AWS::EC2::SecurityGroupIngress', 'CollectorsTraffic');
    expect(ingress).toMatchObject({ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 });
    expect(JSON.stringify(ingress.SourceSecurityGroupId)).toContain('edge.Proxies');
    expect(only('AWS::EC2::SecurityGroup', 'CollectorsTraffic')).toMatchObject({
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
    });
    expect(only('AWS::EC2::SecurityGroup', 'CollectorsTraffic')).not.toHaveProperty('SecurityGroupIngress');
  });
});

test('at the recovery site the boot uses no other region', () => {
  const { AWS_REGION } = settingsIn('collector.env', { site: 'recovery' });
  expect(AWS_REGION).toBe('eu-central-1');
  expect(userData({ site: 'recovery' })).not.toContain('eu-west-3');
});

test('events of the replacement are retried until the next scheduled start, and then go to the dead letters', () => {
  const rule = only('AWS::Events::Rule');
  const [target] = rule.Targets as { DeadLetterConfig: { Arn: unknown }; RetryPolicy: unknown }[];
  expect(rule.ScheduleExpression).toBe('rate(15 minutes)');
  expect(JSON.stringify(target?.DeadLetterConfig.Arn)).toContain('CollectorsReplacementFunctionDeadLetters');
  expect(target?.RetryPolicy).toEqual({ MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 900 });
});
