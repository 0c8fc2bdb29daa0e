// When there are more collectors: with requests, with an ageing spool, by the clock, by forecast; never beyond the maximum.
import { CfnScalingPolicy, CfnScheduledAction } from 'aws-cdk-lib/aws-autoscaling';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { scalingAlarm } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { serverMetrics } from './contract';

export interface FleetScalingProps {
  readonly site: Site;
  /** Name of the auto scaling group. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** The load balancer counts requests only once this has bound the target group to it. */
  readonly counted: IDependable;
}

/** A new server counts for the policies a minute after it is ready. */
const warmup = 60;

/** Seconds of the oldest hit in a spool: a healthy server ships its hits within a few. */
const ageingSeconds = 60;

/**
 * What each policy does stands in the template, by which `simulate:scaling` plays it. Policies that disagree: EC2 Auto Scaling takes the
 * larger group. Only target tracking takes servers away. (TOM-6.9)
 */
export class FleetScaling extends Construct {
  constructor(scope: Construct, id: string, props: FleetScalingProps) {
    super(scope, id);
    serves(this, 'TOM-6.9');
    const { collection } = props.site.settings;
    const resourceLabel = `${props.targetGroup.firstLoadBalancerFullName}/${props.targetGroup.targetGroupFullName}`;
    const policies = [this.byRequests(props, resourceLabel), ...(collection.predictive ? [this.byForecast(props, resourceLabel)] : [])];
    for (const policy of policies) policy.node.addDependency(props.counted);
    this.bySpoolAge(props);
    for (const action of collection.scheduled) {
      new CfnScheduledAction(this, `Scheduled-${action.name}`, {
        autoScalingGroupName: props.group,
        recurrence: action.cron,
        timeZone: 'Etc/UTC',
        minSize: action.minimum,
      });
    }
  }

  /** The metric is the sum of a minute. */
  private byRequests({ site, group }: FleetScalingProps, resourceLabel: string): CfnScalingPolicy {
    return new CfnScalingPolicy(this, 'Requests', {
      autoScalingGroupName: group,
      policyType: 'TargetTrackingScaling',
      estimatedInstanceWarmup: warmup,
      targetTrackingConfiguration: {
        targetValue: this.requestsAMinute(site),
        predefinedMetricSpecification: { predefinedMetricType: 'ALBRequestCountPerTarget', resourceLabel },
        disableScaleIn: false,
      },
    });
  }

  /** Forecast and scale; servers are there five minutes ahead, which is what a boot takes. */
  private byForecast({ site, group }: FleetScalingProps, resourceLabel: string): CfnScalingPolicy {
    return new CfnScalingPolicy(this, 'Forecast', {
      autoScalingGroupName: group,
      policyType: 'PredictiveScaling',
      predictiveScalingConfiguration: {
        mode: 'ForecastAndScale',
        schedulingBufferTime: 300,
        maxCapacityBreachBehavior: 'HonorMaxCapacity',
        metricSpecifications: [
          {
            targetValue: this.requestsAMinute(site),
            predefinedMetricPairSpecification: { predefinedMetricType: 'ALBRequestCount', resourceLabel },
          },
        ],
      },
    });
  }

  /**
   * Hits that wait on the disks: they come faster than they are shipped, for which requests are not the measure. A few servers at a time:
   * where it is the stream that is slow, they bring disks and no speed, and by percent the fleet would grow to its maximum for nothing
   * (docs/adr/0009-scaling.md).
   */
  private bySpoolAge({ site, group }: FleetScalingProps): void {
    const policy = new CfnScalingPolicy(this, 'SpoolAge', {
      autoScalingGroupName: group,
      policyType: 'StepScaling',
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      estimatedInstanceWarmup: warmup,
      stepAdjustments: [
        { metricIntervalLowerBound: 0, metricIntervalUpperBound: 60, scalingAdjustment: 1 },
        { metricIntervalLowerBound: 60, metricIntervalUpperBound: 240, scalingAdjustment: 2 },
        { metricIntervalLowerBound: 240, scalingAdjustment: 4 },
      ],
    });
    scalingAlarm(this, 'SpoolAgeing', {
      site,
      description: `Hits have waited on the disks of a collector for ${ageingSeconds} seconds. The fleet adds servers.`,
      metric: new Metric({
        namespace: metricsNamespace(site),
        metricName: serverMetrics.spoolAge,
        dimensionsMap: { AutoScalingGroupName: group },
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      atLeast: ageingSeconds,
      action: { bind: () => ({ alarmActionArn: policy.attrArn }) },
    });
  }

  private requestsAMinute(site: Site): number {
    return site.settings.collection.requestsPerServerPerSecond * 60;
  }
}
