// Resources that exceed the maximum of a fleet, or make it too small for its traffic.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { fleetType } from '../../template/resource-types';
import { newResource, refTo } from '../bypass';

const ofFleet = (name: string, type: string, properties: JsonObject): Bypass => ({
  name,
  beside: fleetType,
  resources: (_, assembly) => ({ Odd: newResource(type, { AutoScalingGroupName: refTo(fleetType, assembly), ...properties }) }),
});

export const scalingBypasses: readonly Bypass[] = [
  ofFleet('a forecast that raises the maximum', 'AWS::AutoScaling::ScalingPolicy', {
    PolicyType: 'PredictiveScaling',
    PredictiveScalingConfiguration: { MaxCapacityBreachBehavior: 'IncreaseMaxCapacity', MaxCapacityBuffer: 100 },
  }),
  ofFleet('a schedule that raises the maximum', 'AWS::AutoScaling::ScheduledAction', { MinSize: 3, MaxSize: 5000 }),
  ofFleet('a schedule that keeps the fleet small', 'AWS::AutoScaling::ScheduledAction', { MinSize: 2, MaxSize: 2 }),
  ofFleet('a schedule whose desired capacity exceeds the maximum', 'AWS::AutoScaling::ScheduledAction', { DesiredCapacity: 999 }),
  ofFleet('a warm pool that exceeds the maximum', 'AWS::AutoScaling::WarmPool', { MaxGroupPreparedCapacity: 999 }),
  ofFleet('a policy that removes servers', 'AWS::AutoScaling::ScalingPolicy', {
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
