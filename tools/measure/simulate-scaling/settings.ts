// The scaling settings of the collector fleet, from the synthesized templates (TOM-6.9).

import { ToolError } from '../../command-line';
import type { SynthesizedStack } from '../../synthesis/assembly';

export interface Step {
  /** Bounds of the step, in the metric's unit above the alarm's threshold. */
  readonly from: number;
  readonly to: number;
  readonly change: number;
}

/** A step scaling policy with the alarm that starts it. */
export interface StepScaling {
  readonly metric: string;
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly datapoints: number;
  readonly kind: 'ChangeInCapacity' | 'PercentChangeInCapacity';
  /** Minimum number of servers that a percentage adds. */
  readonly atLeast: number;
  readonly steps: readonly Step[];
}

/** A scheduled action at a time of every day (UTC). */
export interface Schedule {
  readonly second: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ScalingSettings {
  readonly minimum: number;
  readonly maximum: number;
  /** Warm-up of a new server, in seconds, during which its metrics do not count. */
  readonly warmupSeconds: number;
  /** Target of target tracking, in requests per server and minute. */
  readonly targetPerMinute?: number;
  readonly stepScaling: readonly StepScaling[];
  readonly schedules: readonly Schedule[];
  /** Seconds before each hour at which predictive scaling launches servers. @default - predictive scaling is off */
  readonly predictiveLead?: number;
  /** Number of stopped servers in the warm pool. */
  readonly warmPool: number;
  /** Bytes of the mirrored disks of one server. */
  readonly spoolBytes: number;
}

interface Found {
  readonly type: string;
  readonly id: string;
  readonly properties: Record<string, unknown>;
}

/** Reads the only fleet of the stacks. @throws ToolError if there is none, or more than one */
export function readScaling(stacks: readonly SynthesizedStack[]): ScalingSettings {
  const resources = stacks.flatMap(resourcesOf);
  const of = (type: string) => resources.filter((resource) => resource.type === type).map(({ properties }) => properties);
  const groups = resources.filter(({ type }) => type === 'AWS::AutoScaling::AutoScalingGroup');
  const [group, ...others] = groups;
  if (!group || others.length > 0) {
    throw new ToolError(`templates: expected one Auto Scaling group, got ${groups.length}; choose an assembly with the collection stack`);
  }
  const policies = resources.filter(({ type }) => type === 'AWS::AutoScaling::ScalingPolicy');
  const target = policies
    .map(({ properties }) => at(properties, 'TargetTrackingConfiguration.TargetValue'))
    .find((value) => value !== undefined);
  const predictive = policies.map(({ properties }) => properties.PredictiveScalingConfiguration).find((value) => value !== undefined);
  const [warmPool] = of('AWS::AutoScaling::WarmPool');
  const { properties } = group;
  return {
    minimum: readNumber(properties.MinSize, 1),
    maximum: readNumber(properties.MaxSize, 1),
    warmupSeconds: readNumber(properties.DefaultInstanceWarmup ?? at(policies[0]?.properties, 'EstimatedInstanceWarmup'), 300),
    ...(target === undefined ? {} : { targetPerMinute: readNumber(target, 0) }),
    stepScaling: policies.flatMap((policy) => stepScaling(policy, resources)),
    schedules: of('AWS::AutoScaling::ScheduledAction').map(readSchedule),
    ...(predictive === undefined ? {} : { predictiveLead: readNumber(at(predictive, 'SchedulingBufferTime'), 300) }),
    warmPool: readNumber(warmPool?.MinSize, 0),
    spoolBytes: mirroredBytes(of('AWS::EC2::LaunchTemplate')),
  };
}

function resourcesOf({ template }: SynthesizedStack): Found[] {
  const all = Object.entries((template.Resources ?? {}) as Record<string, { Type: string; Properties?: Record<string, unknown> }>);
  return all.map(([id, { Type, Properties = {} }]) => ({ type: Type, id, properties: Properties }));
}

function stepScaling({ id, properties }: Found, resources: readonly Found[]): StepScaling[] {
  const steps = properties.StepAdjustments;
  if (!Array.isArray(steps)) return [];
  const alarm = resources.find(({ type, properties: { AlarmActions } }) => {
    return type === 'AWS::CloudWatch::Alarm' && JSON.stringify(AlarmActions ?? []).includes(`"${id}"`);
  });
  if (!alarm) throw new ToolError(`${id}: expected an alarm that starts the policy, got none; see the collection stack`);
  const kind = properties.AdjustmentType;
  if (kind !== 'ChangeInCapacity' && kind !== 'PercentChangeInCapacity') {
    throw new ToolError(`${id}: expected ChangeInCapacity or PercentChangeInCapacity, got ${String(kind)}; extend the simulation`);
  }
  return [
    {
      metric: String(alarm.properties.MetricName),
      threshold: readNumber(alarm.properties.Threshold, 0),
      periodSeconds: readNumber(alarm.properties.Period, 60),
      datapoints: readNumber(alarm.properties.DatapointsToAlarm ?? alarm.properties.EvaluationPeriods, 1),
      kind,
      atLeast: readNumber(properties.MinAdjustmentMagnitude, 1),
      steps: steps.map((step: Record<string, unknown>) => ({
        from: readNumber(step.MetricIntervalLowerBound, Number.NEGATIVE_INFINITY),
        to: readNumber(step.MetricIntervalUpperBound, Number.POSITIVE_INFINITY),
        change: readNumber(step.ScalingAdjustment, 0),
      })),
    },
  ];
}

/** Reads `minute hour * * *`, the form of the configuration for every day. */
function readSchedule(properties: Record<string, unknown>): Schedule {
  const recurrence = String(properties.Recurrence ?? '');
  const [, minute, hour] = /^(\d{1,2}) (\d{1,2}) /.exec(recurrence) ?? [];
  if (minute === undefined)
    throw new ToolError(`Recurrence: expected a minute and an hour first, got "${recurrence}"; extend the simulation`);
  return {
    second: Number(hour) * 3600 + Number(minute) * 60,
    ...(properties.MinSize === undefined ? {} : { minimum: readNumber(properties.MinSize, 0) }),
    ...(properties.MaxSize === undefined ? {} : { maximum: readNumber(properties.MaxSize, 0) }),
  };
}

/** Every volume of the template except the root disk is half of a mirror. */
function mirroredBytes(templates: readonly Record<string, unknown>[]): number {
  const mappings = templates.flatMap((template) => at(template, 'LaunchTemplateData.BlockDeviceMappings') ?? []);
  const sizes = (mappings as Record<string, unknown>[])
    .filter(({ DeviceName }) => !/^\/dev\/(xvda|sda1)$/.test(String(DeviceName)))
    .map((mapping) => readNumber(at(mapping, 'Ebs.VolumeSize'), 0));
  return (sizes.reduce((sum, size) => sum + size, 0) / 2) * 2 ** 30;
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value);
}

/** CloudFormation writes numbers as numbers or as text. */
function readNumber(value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  const read = Number(value);
  if (!Number.isFinite(read)) throw new ToolError(`templates: expected a number, got ${JSON.stringify(value)}; synthesize again`);
  return read;
}
