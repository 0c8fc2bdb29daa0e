// The alarms of the fleet.
import { type Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type ApplicationTargetGroup, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { type AlarmAtLeastProps, alarmAtLeast, alarmOnSilence } from '../alarms/alarm';
import { metricsNamespace } from '../config/metrics';
import type { AlarmId } from '../config/names';
import type { Site } from '../config/site';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { serves } from '../labels/labels';
import { serverMetrics } from './contract';

export interface FleetAlarmsProps {
  readonly site: Site;
  /** Name of the Auto Scaling group. */
  readonly group: string;
  readonly targetGroup: ApplicationTargetGroup;
  /** The group and its traffic, without which no server becomes healthy. */
  readonly servingFleet: readonly IDependable[];
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

const minute = Duration.minutes(1);

/** Minutes below the minimum before the alarm is raised: a replacement boots in five. */
const minutesToReplace = 10;

/** (TOM-6.2, TOM-6.9) */
export class FleetAlarms extends Construct {
  /** A mirror has lost a disk; `ServerReplacement` replaces its server. (TOM-6.2) */
  readonly arrayDegraded: Alarm;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetAlarmsProps,
  ) {
    super(scope, id);
    serves(this, 'TOM-6.2', 'TOM-6.8', 'TOM-6.9');
    this.watchTraffic();
    this.watchMinimum();
    this.watchSpools();
    this.watchClocks();
    this.watchSoftware();
    this.arrayDegraded = this.alarm('ArrayDegraded', {
      metric: this.ofServers(serverMetrics.arrayDegraded),
      atLeast: 1,
      periods: 2,
      description: 'The disk mirror of a collector has lost a disk. The server is drained and replaced automatically.',
      severity: 'ticket',
    });
  }

  private watchTraffic(): void {
    const { site, targetGroup } = this.props;
    this.alarm('HitsRefused', {
      metric: targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { statistic: 'Sum', period: minute }),
      atLeast: 1,
      periods: 3,
      description: 'Collectors return 503; the rejected hits are lost.',
      severity: 'page',
    });
    this.alarm('CollectorUnhealthy', {
      metric: targetGroup.metrics.unhealthyHostCount({ statistic: 'Maximum', period: minute }),
      atLeast: 1,
      periods: 5,
      description: 'A collector fails its health check and receives no traffic. The fleet replaces it automatically.',
      severity: 'ticket',
    });
    this.alarm('FleetAtMaximum', {
      metric: this.ofGroup('GroupInServiceInstances'),
      atLeast: site.settings.collection.servers.maximum,
      periods: 5,
      description: 'The fleet has reached collection.servers.maximum and cannot grow with the traffic.',
      severity: 'page',
    });
  }

  /**
   * The load balancer publishes the metric while the target group has targets: there is none before the first
   * registration, and after the last server has terminated. `FirstServers` fails a first deployment whose servers do
   * not become healthy.
   */
  private watchMinimum(): void {
    const { site, targetGroup, servingFleet, firstDatapoints, alarmTopic } = this.props;
    const { servers, scheduled } = site.settings.collection;
    const minimum = Math.min(servers.minimum, ...scheduled.map((action) => action.minimum));
    const metric = targetGroup.metrics.healthyHostCount({ statistic: 'Minimum', period: minute });
    const firstDatapoint = firstDatapoints.of(this, 'Serving', { metric, atLeast: minimum });
    firstDatapoint.node.addDependency(...servingFleet);
    alarmOnSilence(this, 'FleetBelowMinimum', {
      ...{ site, alarmTopic, firstDatapoint, metric },
      below: minimum,
      periods: minutesToReplace,
      description: `Fewer than ${minimum} collectors have been healthy for ${minutesToReplace} minutes, or none has registered with the load balancer.`,
      severity: 'page',
    });
  }

  private watchSpools(): void {
    this.alarm('SpoolDelayed', {
      metric: this.ofServers(serverMetrics.spoolAge),
      atLeast: 300,
      periods: 3,
      description:
        'Hits have waited on the disks of a collector for 5 minutes, because the stream does not accept them. The disks may fill.',
      severity: 'page',
    });
    this.alarm('HitsUndelivered', {
      metric: this.ofServers(serverMetrics.hitsLeft),
      atLeast: 1,
      description: 'A collector could not be drained: its instance is retained with hits on its disks, and billed.',
      severity: 'ticket',
    });
    // For any reason, including a server without a network. ("Manage retained instances")
    this.alarm('DrainUnconfirmed', {
      metric: this.ofGroup('GroupTerminatingRetainedInstances'),
      atLeast: 1,
      description: 'A collector did not confirm draining; its instance is retained and billed.',
      severity: 'ticket',
    });
  }

  private watchClocks(): void {
    this.alarm('ClockWrong', {
      metric: this.ofServers(serverMetrics.clockOffset),
      atLeast: 60,
      periods: 3,
      description: 'The clock of a collector differs from the time of AWS by a minute or more. Hits have the time of AWS.',
      severity: 'ticket',
    });
  }

  /**
   * Servers compare their packages every 15 minutes, and install patches once a night. Missing values raise neither
   * alarm: the metrics have one value for the fleet, so a server whose timer fails is hidden by the others, and a
   * fleet has no value of the night before its first one. `FleetBelowMinimum` reports a fleet without servers; a unit
   * that fails is in the log of its server. (TOM-6.8, TOM-3.4)
   */
  private watchSoftware(): void {
    this.alarm('PackagesDiffer', {
      metric: this.ofServers(serverMetrics.packagesDiffer).with({ period: Duration.hours(1) }),
      atLeast: 1,
      description: 'The installed packages of a collector are not those of its list: one is too many, or one is missing.',
      severity: 'ticket',
    });
    this.alarm('PatchesMissing', {
      metric: this.ofServers(serverMetrics.patchesMissing).with({ period: Duration.days(1) }),
      atLeast: 1,
      description: 'A collector lacks security patches: a kernel, which a deployment brings, or patches that it could not install.',
      severity: 'ticket',
    });
  }

  private alarm(id: AlarmId, props: Omit<AlarmAtLeastProps, 'site' | 'alarmTopic'>): Alarm {
    const { site, alarmTopic } = this.props;
    return alarmAtLeast(this, id, { ...props, site, alarmTopic });
  }

  private ofServers(metricName: string): Metric {
    return this.metric(metricsNamespace(this.props.site), metricName);
  }

  private ofGroup(metricName: string): Metric {
    return this.metric('AWS/AutoScaling', metricName);
  }

  private metric(namespace: string, metricName: string): Metric {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap: { AutoScalingGroupName: this.props.group },
      statistic: 'Maximum',
      period: minute,
    });
  }
}
