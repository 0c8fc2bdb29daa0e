// Scaling of the collectors: by requests, by spool age, by schedule and by forecast, up to the maximum.
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
  /** Name of the Auto Scaling group. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** Binds the target group to the load balancer, which counts no requests before. */
  readonly listenerRule: IDependable;
}

/** Seconds after which a new server counts for the policies. */
const warmup = 60;

/** Age of the oldest hit in a spool, in seconds: a healthy server ships its hits within a few. */
const ageingSeconds = 60;

/**
 * The template has all parameters of the policies; `simulate:scaling` reads them there. When policies conflict, EC2
 * Auto Scaling uses the larger capacity. Only target tracking scales in. (TOM-6.9)
 */
export class FleetScaling extends Construct {
  constructor(scope: Construct, id: string, props: FleetScalingProps) {
    super(scope, id);
    serves(this, 'TOM-6.9');
    const { collection } = props.site.settings;
    const resourceLabel = `${props.targetGroup.firstLoadBalancerFullName}/${props.targetGroup.targetGroupFullName}`;
    const policies = [this.byRequests(props, resourceLabel), ...(collection.predictive ? [this.byForecast(props, resourceLabel)] : [])];
    for (const policy of policies) policy.node.addDependency(props.listenerRule);
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

  /** The metric is the sum per minute. */
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

  /** Forecast and scale; servers start five minutes ahead, the duration of a boot. */
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
   * Hits that wait on the disks arrive faster than they are shipped, which the request count does not measure. The
   * policy adds a few servers at a time: if the stream is slow, servers add disks but no throughput, and with steps by
   * percent the fleet would grow to its maximum without effect (docs/adr/0009-scaling.md).
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
