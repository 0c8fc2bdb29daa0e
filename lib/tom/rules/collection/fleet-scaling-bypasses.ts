// What makes a fleet larger than its maximum, or smaller than its traffic.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { newResource, refTo } from '../bypass';

const fleetType = 'AWS::AutoScaling::AutoScalingGroup';

const ofFleet = (name: string, type: string, properties: JsonObject): Bypass => ({
  name,
  beside: fleetType,
  resources: (_, assembly) => ({ Odd: newResource(type, { AutoScalingGroupName: refTo(fleetType, assembly), ...properties }) }),
});

export const scalingWide: readonly Bypass[] = [
  ofFleet('a forecast that raises the maximum', 'AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'PredictiveScaling',
    PredictiveScalingConfiguration: { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: 100 },
  }),
  ofFleet('a schedule that raises the maximum', 'AWS::AutoScaling::ScheduledAction', { MinSize: 3, MaxSize: 5000 }),
  ofFleet('a schedule that keeps the fleet small', 'AWS::AutoScaling::ScheduledAction', { MinSize: 2, MaxSize: 2 }),
  ofFleet('a schedule that wants more than the maximum', 'AWS::AutoScaling::ScheduledAction', { DesiredCapacity: 999 }),
  ofFleet('a pool beyond the maximum', 'AWS::AutoScaling::WarmPool', { MaxGroupPreparedCapacity: 999 }),
  ofFleet('a policy that takes servers away', 'AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: -10 }],
  }),
  ofFleet('a policy that leaves two servers', 'AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'SimpleScaling',
    AdjustmentType: 'ExactCapacity',
    ScalingAdjustment: 2,
  }),
];
