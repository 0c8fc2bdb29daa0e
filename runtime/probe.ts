// The result of a probe of the live account, written to the log as one line that is evidence and metrics.

/** One violation that a probe found, with its remedy. */
export interface ProbeFinding {
  /** Identifies the finding within its probe; short and stable, as in `snapshot::name::all`. */
  readonly id: string;
  /** The resource, by name or ARN. */
  readonly resource: string;
  readonly found: string;
  readonly required: string;
  /** The remedy, as a command where there is one. */
  readonly fix: string;
}

/** Result of one run of a probe. */
export interface ProbeResult {
  /** Number of resources of each kind that were examined. */
  readonly looked: Readonly<Record<string, number>>;
  readonly findings: readonly ProbeFinding[];
  /** Resources that could not be examined, with the reason. A run with any is incomplete. */
  readonly unseen: readonly string[];
}

/** Identity of one run of a probe. */
export interface ProbeRun {
  /** Name of the function, as in `no-shared-backups-probe`. */
  readonly probe: string;
  /** The clause that the probe proves, as in `TOM-7.4`. */
  readonly clause: string;
  readonly deployment: string;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  readonly at: Date;
}

/**
 * Maximum number of findings and of failures in the evidence; the counts include all. A log event has a limit of 1 MB
 * ("CloudWatch Logs quotas").
 */
const mostListed = 100;

/**
 * The evidence of a run: one JSON object on one line. CloudWatch Logs stores it and extracts two metrics with the
 * dimensions Deployment and Probe: `Findings`, and `Completed`, which is 1 if all resources were examined. Source:
 * "Specification: Embedded metric format" of the CloudWatch user guide. Pure.
 */
export function evidenceLine({ probe, clause, deployment, namespace, at }: ProbeRun, { looked, findings, unseen }: ProbeResult): string {
  const metrics = ['Findings', 'Completed'].map((Name) => ({ Name, Unit: 'Count' }));
  return JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [['Deployment', 'Probe']], Metrics: metrics }],
    },
    Deployment: deployment,
    Probe: probe,
    Findings: findings.length,
    Completed: unseen.length === 0 ? 1 : 0,
    clause,
    at: at.toISOString(),
    looked,
    findings: findings.slice(0, mostListed),
    unseen: unseen.slice(0, mostListed),
  });
}

/**
 * Writes the evidence, then throws if the run is incomplete: a retry may succeed. Findings do not throw: their metric
 * raises the alarm, and a retry would not remove them.
 *
 * `write` must not be `console.log`: Lambda's JSON log format wraps its lines, and CloudWatch extracts no metrics from
 * a wrapped line ("Using the embedded metric format with Lambda").
 */
export function report(run: ProbeRun, probed: ProbeResult, write: (line: string) => void): ProbeResult {
  write(`${evidenceLine(run, probed)}\n`);
  if (probed.unseen.length > 0) {
    const [first] = probed.unseen;
    throw new Error(
      `${run.probe}: expected a complete run for ${run.deployment}, got ${probed.unseen.length} failures, first: ${first}; ` +
        "restore the permissions of the function's role and run it again",
    );
  }
  return probed;
}
