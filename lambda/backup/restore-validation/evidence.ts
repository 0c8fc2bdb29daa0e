// What a run writes: evidence with findings, and measures of the restores. Pure.
import type { ProbeResult } from '../../../runtime/probe';
import type { Sweep } from './sweep';

/** Name of the probe, as in the dimension of its metrics. */
export const probeName = 'restore-validation';

/** Metrics besides those of all probes: restores whose data were found whole, and hours that restores take. */
const restoreMetrics = { proven: 'RestoresProven', hours: 'RestoreHours' } as const;

/** The result as that of a probe. */
export function probed({ jobs, failures }: Sweep): ProbeResult {
  return {
    looked: { 'restore job': jobs },
    findings: failures.map(({ job, found }) => ({
      id: `restore::${job}`,
      resource: job,
      found,
      required: 'a restore whose rows, row security, key and age are those of the record of its night',
      fix: `aws backup describe-restore-job --restore-job-id ${job}`,
    })),
    unseen: [],
  };
}

/**
 * Measures as one line of JSON, from which CloudWatch Logs extracts the metrics ("Specification: Embedded metric
 * format"). A run without an open restore has no hours.
 */
export function measureLine(
  { deployment, namespace, at }: { readonly deployment: string; readonly namespace: string; readonly at: Date },
  { reported, hours, waits, damages }: Sweep,
): string {
  const { proven, hours: hoursMetric } = restoreMetrics;
  const measures = {
    [proven]: reported.filter(({ verdict }) => verdict.status === 'SUCCESSFUL').length,
    ...(hours === undefined ? {} : { [hoursMetric]: Math.round(hours * 100) / 100 }),
  };
  return JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        { Namespace: namespace, Dimensions: [['Deployment', 'Probe']], Metrics: Object.keys(measures).map((Name) => ({ Name })) },
      ],
    },
    Deployment: deployment,
    Probe: probeName,
    ...measures,
    reported,
    waits,
    damages,
  });
}
