// Scaling of the fleet, with capacity from the configuration: by requests, by the age of hits, by schedule and by
// forecast; and its warm pool. (TOM-6.9)
import { fewestServers, highestScalingTarget } from '../figures';
import type { DeploymentFacts } from '../template/assembly';
import { opaque } from '../template/canonical';
import { settingBetween } from './configured';
import { type Declaration, declare } from './declaration';
import { by, type Context, type FormLike } from './form';

/** The archive of hits, which exists before the first server. */
const archive = ['ArchiveBehind', 'ArchiveDeliveryFailed', 'HourlyDelivery', 'Log', 'LogStream', 'Permissions', 'Role'].map(
  (name) => `\${collection/HitArchive${name}}`,
);

/** Dependencies of a resource of the collectors: the archive of hits, and further resources. */
export const collectorDependencies = (...further: readonly string[]): readonly string[] => [...archive, ...further].toSorted();

const policyType = 'AWS::AutoScaling::ScalingPolicy';
const group = '${collection/CollectorsFleetGroupASG}';

/** Part of the ARN of the listener: CloudFormation splits it at deployment. */
const listenerPart = (index: number): string => opaque('Fn::Select', [index, opaque('Fn::Split', ['/', '${edge/LoadBalancerHttps}'])]);

/** The load balancer and the target group of the fleet, as metrics name them. */
const requestsLabel = `${[1, 2, 3].map(listenerPart).join('/')}/\${collection/CollectorsTrafficTargets.TargetGroupFullName}`;

/** Requests a minute of one server, on average. */
const targetValue = settingBetween(({ settings }) => settings.collection.requestsPerServerPerSecond * 60, 1, highestScalingTarget);

const byRequests = declare(
  policyType,
  'collection/CollectorsScalingRequests',
  {
    AutoScalingGroupName: group,
    PolicyType: 'TargetTrackingScaling',
    EstimatedInstanceWarmup: 60,
    TargetTrackingConfiguration: {
      TargetValue: targetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel: requestsLabel },
      DisableScaleIn: false,
    },
  },
  { dependsOn: collectorDependencies('${collection/CollectorsTrafficRule}') },
);

const step = (from: number, to: number | undefined, servers: number): FormLike => ({
  MetricIntervalLowerBound: from,
  ...(to === undefined ? {} : { MetricIntervalUpperBound: to }),
  ScalingAdjustment: servers,
});

/** Adds servers while hits wait on disks, more of them the longer the hits wait. */
const bySpoolAge = declare(
  policyType,
  'collection/CollectorsScalingSpoolAge',
  {
    AutoScalingGroupName: group,
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    MetricAggregationType: 'Maximum',
    EstimatedInstanceWarmup: 60,
    StepAdjustments: [step(0, 60, 1), step(60, 240, 2), step(240, undefined, 4)],
  },
  { dependsOn: collectorDependencies() },
);

const byForecast = declare(
  policyType,
  'collection/CollectorsScalingForecast',
  {
    AutoScalingGroupName: group,
    PolicyType: 'PredictiveScaling',
    PredictiveScalingConfiguration: {
      Mode: 'ForecastAndScale',
      SchedulingBufferTime: 300,
      MaxCapacityBreachBehavior: 'HonorMaxCapacity',
      MetricSpecifications: [
        {
          TargetValue: targetValue,
          PredefinedMetricPairSpecification: { PredefinedMetricType: 'ALBRequestCount', ResourceLabel: requestsLabel },
        },
      ],
    },
  },
  { dependsOn: collectorDependencies('${collection/CollectorsTrafficRule}'), when: ({ settings }) => settings.collection.predictive },
);

/** Name of a scheduled action as the logical id has it: letters and digits only. */
const idOf = (name: string): string => name.replaceAll('-', '');

/** The scheduled actions of the configuration by their logical ids. */
const scheduledNames = ({ settings }: DeploymentFacts): readonly string[] => settings.collection.scheduled.map(({ name }) => idOf(name));

/** The scheduled action of the configuration with the name of the resource. */
const actionOf = ({ facts, variables }: Context) => facts.settings.collection.scheduled.find(({ name }) => idOf(name) === variables.action);

/** Least servers from then on, within the bounds of the fleet. */
const scheduledServers = by((context) =>
  settingBetween(() => actionOf(context)?.minimum ?? 0, fewestServers, context.facts.settings.collection.servers.maximum),
);

const bySchedule = declare(
  'AWS::AutoScaling::ScheduledAction',
  'collection/CollectorsScalingScheduled<action>',
  {
    AutoScalingGroupName: group,
    Recurrence: by((context) => actionOf(context)?.cron ?? 'none'),
    TimeZone: 'Etc/UTC',
    MinSize: scheduledServers,
  },
  { variables: { action: scheduledNames }, dependsOn: collectorDependencies() },
);

/** Servers of the pool are stopped and have received no hit; one that has is drained and terminated. */
const warmPool = declare(
  'AWS::AutoScaling::WarmPool',
  'collection/CollectorsFleetGroupWarmPool',
  {
    AutoScalingGroupName: group,
    MinSize: by(({ facts }) => facts.settings.collection.warmPool),
    MaxGroupPreparedCapacity: by(({ facts }) => facts.settings.collection.servers.minimum + facts.settings.collection.warmPool),
    PoolState: 'Stopped',
    InstanceReusePolicy: { ReuseOnScaleIn: false },
  },
  {
    dependsOn: collectorDependencies(
      '${collection/CollectorsLogGroup}',
      '${collection/CollectorsRolePermissions}',
      '${collection/CollectorsTrafficFromProxies}',
      '${collection/CollectorsTrafficRule}',
    ),
    when: ({ settings }) => settings.collection.warmPool > 0,
  },
);

export const scalingDeclarations: readonly Declaration[] = [byRequests, bySpoolAge, byForecast, bySchedule, warmPool];
