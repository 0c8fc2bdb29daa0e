// The fleet of collectors: its launch template, size, health, scaling and updates.
import { add, attribute, type Challenge, fieldsAt, itemOf, listAt, put, ref, resourceOfType, subnetImport } from '../challenge';

const fleet = 'AWS::AutoScaling::AutoScalingGroup';
const policy = 'AWS::AutoScaling::ScalingPolicy';
const targets = 'AWS::ElasticLoadBalancingV2::TargetGroup';

export const fleetChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'a fleet of one server at least',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'MinSize', '1');
    },
  },
  {
    clause: 'TOM-6.3',
    kind: 'H',
    title: 'a fleet with one subnet three times',
    change({ collection, network }) {
      put(
        resourceOfType(collection, fleet).properties,
        'VPCZoneIdentifier',
        [1, 1, 1].map((zone) => subnetImport(network, 'private', zone)),
      );
    },
  },
  {
    clause: 'DSS-5.6.2',
    kind: 'H',
    title: 'a fleet with a fourth subnet, which is public',
    change({ collection, network }) {
      listAt(resourceOfType(collection, fleet).properties, 'VPCZoneIdentifier').push(subnetImport(network, 'public', 1));
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'J',
    title: 'a fleet whose largest size is its smallest',
    change({ collection }) {
      const { properties } = resourceOfType(collection, fleet);
      properties.MaxSize = properties.MinSize ?? '3';
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'a fleet that begins to replace unhealthy servers after a day',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'HealthCheckGracePeriod', 86400);
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'a fleet with health checks of EC2 beside a load balancer',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'HealthCheckType', 'EC2');
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'I',
    title: 'a scheduled action that empties the fleet at night',
    change({ collection }) {
      add(collection, 'Night0A1B2C3D', 'AWS::AutoScaling::ScheduledAction', {
        AutoScalingGroupName: ref(resourceOfType(collection, fleet).id),
        Recurrence: '0 22 * * *',
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 1,
      });
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'a launch hook that puts a server without an answer into service',
    change({ collection }) {
      itemOf(resourceOfType(collection, fleet).properties, 'LifecycleHookSpecificationList', { LifecycleHookName: 'ready' }).DefaultResult =
        'CONTINUE';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'a termination hook that waits thirty seconds and continues',
    change({ collection }) {
      const hook = itemOf(resourceOfType(collection, fleet).properties, 'LifecycleHookSpecificationList', { LifecycleHookName: 'drained' });
      hook.DefaultResult = 'CONTINUE';
      hook.HeartbeatTimeout = 30;
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'a fleet that terminates servers whose drain is abandoned',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'InstanceLifecyclePolicy/RetentionTriggers/TerminateHookAbandon', 'terminate');
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'a fleet of spot instances',
    change({ collection }) {
      put(resourceOfType(collection, fleet).properties, 'MixedInstancesPolicy/InstancesDistribution', {
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 0,
        SpotAllocationStrategy: 'lowest-price',
      });
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'section',
    title: 'an update of the fleet that replaces every server at once',
    change({ collection }) {
      resourceOfType(collection, fleet).resource.UpdatePolicy = {
        AutoScalingRollingUpdate: {
          MinInstancesInService: 0,
          MaxBatchSize: 40,
          PauseTime: 'PT0S',
          SuspendProcesses: ['HealthCheck', 'ReplaceUnhealthy'],
        },
      };
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'section',
    title: 'a creation of the fleet that succeeds without a server',
    change({ collection }) {
      resourceOfType(collection, fleet).resource.CreationPolicy = {
        AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: 0 },
        ResourceSignal: { Count: 1, Timeout: 'PT1M' },
      };
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'J',
    title: 'a target of requests that no server can reach',
    change({ collection }) {
      const { properties } = resourceOfType(collection, policy, 'CollectorsScalingRequests');
      put(properties, 'TargetTrackingConfiguration/TargetValue', 24_000_000);
    },
  },
  {
    clause: 'TOM-6.9',
    kind: 'J',
    title: 'steps of scaling that set the size of the fleet in place of adding servers',
    change({ collection }) {
      put(resourceOfType(collection, policy, 'CollectorsScalingSpoolAge').properties, 'AdjustmentType', 'ExactCapacity');
    },
  },
  {
    clause: 'TOM-6.8',
    kind: 'J',
    title: 'servers with two roles in their tag',
    change({ collection }) {
      itemOf(resourceOfType(collection, fleet).properties, 'Tags', { Key: 'rempart:role' }).Value = 'collector,portal';
    },
  },
  {
    clause: 'TOM-6.1',
    kind: 'J',
    title: 'health checks that every answer passes',
    change({ collection }) {
      const { properties } = resourceOfType(collection, targets);
      properties.HealthCheckPath = '/';
      fieldsAt(properties, 'Matcher').HttpCode = '200-499';
    },
  },
  {
    clause: 'TOM-3.1',
    kind: 'I',
    title: 'a second ingress of the servers for low ports from the VPC',
    change({ collection }) {
      add(collection, 'FromVpc0A1B2C3D', 'AWS::EC2::SecurityGroupIngress', {
        Description: 'Hits, and health checks, from proxies',
        GroupId: attribute(resourceOfType(collection, 'AWS::EC2::SecurityGroup', 'CollectorsTraffic').id, 'GroupId'),
        IpProtocol: 'tcp',
        FromPort: 0,
        ToPort: 8080,
        CidrIp: '10.64.0.0/16',
      });
    },
  },
];
