// What a probe found in the live account, written as evidence and as a metric in one line of its log.

/** One thing that a probe objects to, told so that it can be mended. */
export interface ProbeFinding {
  /** Tells this finding from others of the same probe; short and stable, as in `snapshot::name::all`. */
  readonly id: string;
  /** The resource, by name or ARN. */
  readonly resource: string;
  readonly found: string;
  readonly required: string;
  /** What to do. */
  readonly fix: string;
}

/** What one run of a probe saw. */
export interface Probed {
  /** How many resources of each kind were looked at. */
  readonly looked: Readonly<Record<string, number>>;
  readonly findings: readonly ProbeFinding[];
  /** What could not be looked at, and why. A probe that has any is not complete, whatever it found. */
  readonly unseen: readonly string[];
}

/** Which probe ran, for what. */
export interface ProbeRun {
  /** The function, as in `no-shared-backups-probe`. */
  readonly probe: string;
  /** The clause that it proves, as in `TOM-7.4`. */
  readonly clause: string;
  readonly deployment: string;
  /** CloudWatch namespace of the metrics. */
  readonly namespace: string;
  readonly at: Date;
}

/** Most findings and failures told one by one; all are counted. An event of a log takes 1 MB ("CloudWatch Logs quotas"). */
const told = 100;

/**
 * The evidence of a run: one JSON object on one line, which CloudWatch Logs keeps, and from which it takes two metrics, each under the
 * dimensions Deployment and Probe: `Findings`, and `Completed`, which is 1 if everything was looked at. Source: "Specification:
 * Embedded metric format" of the CloudWatch user guide. Pure.
 */
export function evidenceLine({ probe, clause, deployment, namespace, at }: ProbeRun, { looked, findings, unseen }: Probed): string {
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
    findings: findings.slice(0, told),
    unseen: unseen.slice(0, told),
  });
}

/**
 * Writes the evidence, then fails if the probe could not look: findings are told by their metric, and repeating the run would not mend
 * them; what could not be looked at may be there at the next attempt.
 *
 * `write` must not be `console.log`: in Lambda's JSON format that wraps the line, and CloudWatch finds no metrics in it ("Using the
 * embedded metric format with Lambda").
 */
export function report(run: ProbeRun, probed: Probed, write: (line: string) => void): Probed {
  write(`${evidenceLine(run, probed)}\n`);
  if (probed.unseen.length > 0) {
    const [first] = probed.unseen;
    throw new Error(
      `${run.probe}: expected to see all of ${run.deployment}'s backups and keys, got ${probed.unseen.length} failures, first: ${first}; ` +
        "give the function's role back what it lacks, and run it again",
    );
  }
  return probed;
}
