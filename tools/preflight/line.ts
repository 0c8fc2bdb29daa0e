// One line of the preflight: a fact of the account beside the value that a deployment needs.

/**
 * `ready`: the account has what the deployment needs. `change`: the deployment would fail, or a promise would not
 * hold. `later`: the answer exists only after the deployment. `unknown`: the credentials cannot read it.
 */
export type Verdict = 'ready' | 'change' | 'later' | 'unknown';

export interface Line {
  readonly check: string;
  readonly verdict: Verdict;
  readonly found: string;
  readonly wanted: string;
  /** The command that shows the fact again, or changes it. */
  readonly command: string;
}

/** The command of a line whose subject has no id before the deployment. */
const runLater = 'npm run preflight, an hour after the deployment';

/** A line of a fact that exists only after the deployment. */
export const laterLine = (check: string, wanted: string, command = runLater, found = 'not deployed'): Line => ({
  ...{ check, verdict: 'later', found, wanted, command },
});

/** A check of one kind; it makes read-only calls and returns a line for each fact. */
export interface Check {
  /** The subject, in a few words, as progress shows it. */
  readonly name: string;
  run(): Promise<readonly Line[]>;
}

/**
 * Runs a check; calls that are denied or fail become a line `unknown`, so that one failure does not hide the others.
 */
export async function linesOf({ name, run }: Check): Promise<readonly Line[]> {
  try {
    return await run();
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    const command = 'give the credentials the managed policy ReadOnlyAccess, and run npm run preflight again';
    return [{ check: name, verdict: 'unknown', found: `${kind}: ${message}`, wanted: 'a response from the service', command }];
  }
}
