// What people are told of the fleet.
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { tell } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import { serverMetrics } from './contract';

export interface FleetAlarmsProps {
  readonly site: Site;
  /** Name of the auto scaling group. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** Tells people. */
  readonly alarmTopic: ITopic;
}

interface Watched {
  readonly metric: IMetric;
  readonly threshold: number;
  /** Minutes in a row. */
  readonly minutes: number;
  readonly says: string;
}

const minute = Duration.minutes(1);

/** Each alarm goes to the topic when it begins and when it ends. (TOM-6.2, TOM-6.9) */
export class FleetAlarms extends Construct {
  /** A mirror lacks a disk; its server is replaced (`ServerReplacement`). (TOM-6.2) */
  readonly degradedArray: Alarm;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetAlarmsProps,
  ) {
    super(scope, id);
    serves(this, 'TOM-6.2', 'TOM-6.9');
    const { maximum } = props.site.settings.collection.servers;
    this.degradedArray = this.alarm('DegradedArray', {
      metric: this.ofServers(serverMetrics.arrayDegraded),
      threshold: 1,
      minutes: 2,
      says: 'The mirror of a collector lacks a disk. The server is drained and replaced; look whether that happens.',
    });
    this.alarm('SpoolAge', {
      metric: this.ofServers(serverMetrics.spoolAge),
      threshold: 300,
      minutes: 3,
      says: 'Hits wait for the stream on the disks of a collector. Look whether the stream throttles, or is away.',
    });
    this.alarm('HitsLeft', {
      metric: this.ofServers(serverMetrics.hitsLeft),
      threshold: 1,
      minutes: 1,
      says: 'A collector could not be drained and is kept, with hits on its disks. Bring them to the stream, then end the server.',
    });
    // Whatever the reason, that its server could not say so included. ("Manage retained instances")
    this.alarm('Kept', {
      metric: this.ofGroup('GroupTerminatingRetainedInstances'),
      threshold: 1,
      minutes: 1,
      says: 'A collector did not say that it is drained, and is kept and paid for. See that its hits get to the stream, then end it.',
    });
    this.alarm('UnhealthyHosts', {
      metric: props.targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum', period: minute }),
      threshold: 1,
      minutes: 5,
      says: 'A collector does not answer its health check. The fleet replaces it; look whether others follow.',
    });
    this.alarm('Refused', {
      metric: props.targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { statistic: 'Sum', period: minute }),
      threshold: 1,
      minutes: 3,
      says: 'Collectors answer 503: hits are refused. Look at spool, disks and stream.',
    });
    this.alarm('AtMaximum', {
      metric: this.ofGroup('GroupInServiceInstances'),
      threshold: maximum,
      minutes: 5,
      says: 'The fleet is as large as collection.servers.maximum lets it be. Raise it, or find out what the traffic is.',
    });
  }

  private alarm(id: string, { metric, threshold, minutes, says }: Watched): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: says,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: minutes,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    tell(alarm, this.props.alarmTopic);
    return alarm;
  }

  private ofServers(metricName: string): IMetric {
    return this.metric(metricsNamespace(this.props.site), metricName);
  }

  private ofGroup(metricName: string): IMetric {
    return this.metric('AWS/AutoScaling', metricName);
  }

  private metric(namespace: string, metricName: string): IMetric {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.props.group },
      statistic: 'Maximum',
      period: minute,
    });
  }
}
