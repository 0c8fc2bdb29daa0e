// The alarms on the metrics of the function, as CloudWatch evaluates them every hour.

/** What a run of the function published; nothing if it did not run. */
export interface Published {
  /** The age by vault, in hours. */
  readonly ages: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
  readonly completed: boolean;
}

/** Hours without a completed run after which the alarm on silence is raised. */
const silentPeriods = 3;
/** Hours of data that may be lost. (DSS-5.5.2) */
const limit = 24;

export class Alarms {
  /** Vaults whose alarm on the age is raised. Missing data keeps its state. */
  readonly overdue = new Set<string>();
  private silentFor = 0;

  get silence(): boolean {
    return this.silentFor >= silentPeriods;
  }

  /** Evaluates a period. */
  evaluate(published: Published | undefined): void {
    for (const [vault, hours] of Object.entries(published?.ages ?? {})) {
      if (hours > limit) this.overdue.add(vault);
      else this.overdue.delete(vault);
    }
    this.silentFor = published?.completed ? 0 : this.silentFor + 1;
  }
}
