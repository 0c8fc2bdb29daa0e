// The alarms of a control of the account: one on the findings of its runs, one on missed runs.
import { type Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct, IDependable } from 'constructs';
import { alarmAbove, alarmOnSilence } from '../alarms/alarm';
import type { Severity } from '../alarms/description';
import { probeMetrics } from '../config/metrics';
import type { AlarmId, Control } from '../config/names';
import type { Site } from '../config/site';
import type { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';

interface ProbeAlarm {
  readonly id: AlarmId;
  /** The failure, in one or two sentences. */
  readonly description: string;
  readonly severity: Exclude<Severity, 'none'>;
  readonly period: Duration;
}

export interface ProbeAlarmsProps {
  readonly site: Site;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  readonly firstDatapoints: FirstDatapoints;
  readonly control: ControlFunction;
  /** The name under which the runs report. */
  readonly probe: Control;
  /** Resources that exist before the first run. @default - none */
  readonly after?: readonly IDependable[];
  /** Raised by the first finding in a period. */
  readonly findings: ProbeAlarm;
  /** Raised when no run has completed in so many periods. */
  readonly silence: ProbeAlarm & { readonly periods: number };
}

/** Creates both alarms; that on silence is created after the first run. (TOM-3.4) */
export function alarmOnRuns(scope: Construct, { findings, ...props }: ProbeAlarmsProps): void {
  alarmOnFindings(scope, { ...props, findings });
  alarmOnMissedRuns(scope, props);
}

/** Creates the alarm on missed runs, after the first run. (TOM-3.4) */
export function alarmOnMissedRuns(
  scope: Construct,
  { site, alarmTopic, firstDatapoints, control, probe, silence, after = [] }: Omit<ProbeAlarmsProps, 'findings'>,
): void {
  const { period, ...rest } = silence;
  const metric = metricOf(site, probe, probeMetrics.completed, period);
  const firstDatapoint = firstDatapoints.of(scope, 'FirstRun', { metric, invokes: control });
  firstDatapoint.node.addDependency(...after);
  alarmOnSilence(scope, rest.id, { ...{ site, alarmTopic, metric, firstDatapoint }, ...rest, below: 1 });
}

/** Creates the alarm on the findings that a function reports under a name. (TOM-3.4) */
export function alarmOnFindings(
  scope: Construct,
  { site, alarmTopic, probe, findings }: Pick<ProbeAlarmsProps, 'site' | 'alarmTopic' | 'findings'> & { readonly probe: string },
): Alarm {
  const { id, period, ...rest } = findings;
  return alarmAbove(scope, id, {
    ...{ site, alarmTopic },
    ...rest,
    metric: metricOf(site, probe, probeMetrics.findings, period),
    above: 0,
  });
}

const metricOf = (site: Site, probe: string, metricName: string, period: Duration): Metric =>
  new Metric({
    namespace: probeMetrics.namespace,
    metricName,
    dimensionsMap: { Deployment: site.deployment, Probe: probe },
    statistic: Stats.MAXIMUM,
    period,
  });
