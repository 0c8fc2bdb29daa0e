// The steps of an off-boarding: each reads what is left of a person, removes it, and reads again.
import { messageOf } from '../../runtime/vpn/refusal';

/** One thing of the person that is left, and its removal. */
export interface Item {
  /** As in `access key AKIA... of alice`. */
  readonly what: string;
  /** Removes it. It can be repeated: what is gone already is no error. */
  remove(): Promise<void>;
}

/** Reads and removals of one kind. `left` is read again after the removals, and in each run. */
export interface Step {
  /** In kebab-case; stable, since records contain it. */
  readonly name: string;
  /** As in `sign-in at the console`. */
  readonly title: string;
  /** What is left, now. */
  left(): Promise<readonly Item[]>;
  /** Earlier steps without whose completion it does not run. @default - none */
  readonly after?: readonly string[];
  /** Reason for which the operator left the step out. @default - it runs */
  readonly leftOut?: string;
}

/**
 * `nothing`: nothing was left. `done`: removed. `failed`: something may be left. `waiting`: an earlier step failed.
 * `left out`: by an option.
 */
export type Outcome = 'nothing' | 'done' | 'failed' | 'waiting' | 'left out';

/** What became of an item. Times are ISO 8601 in UTC. */
export interface Removal {
  readonly what: string;
  readonly at: string;
  /** @default - removed */
  readonly error?: string;
}

export interface StepResult {
  readonly step: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly items: readonly Removal[];
  /** What is left after a failure. @default - nothing, or unknown */
  readonly remains?: readonly string[];
  /** @default - none */
  readonly reason?: string;
}

/** Time and progress of a run. */
export interface Surroundings {
  now(): Date;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<unknown>;
  progress(line: string): void;
}

/**
 * Pauses between reads after a removal, in milliseconds: IAM and IAM Identity Center answer some reads with an earlier
 * state for seconds ("Changes that I make are not always immediately visible", IAM User Guide).
 */
const settling = [0, 500, 1000, 2000, 4000, 8000, 16_000];

/**
 * Runs the steps in order. A step that fails does not keep the others from running, except those after it.
 */
export async function runSteps(steps: readonly Step[], surroundings: Surroundings): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    const incomplete = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'waiting').map((result) => result.step);
    const waitsFor = incomplete.filter((name) => step.after?.includes(name));
    results.push(
      waitsFor.length > 0
        ? { ...resultOf(step, 'waiting', []), reason: `waits for ${waitsFor.join(', ')}` }
        : await runStep(step, surroundings),
    );
  }
  return results;
}

const resultOf = ({ name, title }: Step, outcome: Outcome, items: readonly Removal[]): StepResult => ({
  step: name,
  title,
  outcome,
  items,
});

async function runStep(step: Step, surroundings: Surroundings): Promise<StepResult> {
  if (step.leftOut !== undefined) return { ...resultOf(step, 'left out', []), reason: step.leftOut };
  surroundings.progress(step.title);
  const removals: Removal[] = [];
  try {
    for (const { what, remove } of await step.left()) removals.push(await removal(what, remove, surroundings));
    const errors = removals.flatMap(({ error }) => error ?? []);
    const remains = removals.length === 0 ? [] : await leftAfter(step, errors.length === 0, surroundings);
    if (errors.length === 0 && remains.length === 0) return resultOf(step, removals.length === 0 ? 'nothing' : 'done', removals);
    const reason = errors[0] ?? `${remains.length} left after the removal`;
    return { ...resultOf(step, 'failed', removals), remains, reason };
  } catch (error) {
    return { ...resultOf(step, 'failed', removals), reason: described(error) };
  }
}

async function removal(what: string, remove: Item['remove'], { now, progress }: Surroundings): Promise<Removal> {
  progress(`  ${what}`);
  try {
    await remove();
    return { what, at: now().toISOString() };
  } catch (error) {
    return { what, at: now().toISOString(), error: described(error) };
  }
}

/** What is left, once reads have settled if every removal was answered. */
async function leftAfter(step: Step, isExpectedGone: boolean, { pause }: Surroundings): Promise<readonly string[]> {
  let left: readonly Item[] = [];
  for (const milliseconds of isExpectedGone ? settling : [0]) {
    if (milliseconds > 0) await pause(milliseconds);
    left = await step.left();
    if (left.length === 0) return [];
  }
  return left.map(({ what }) => what);
}

/** An error with its name, as in `AccessDenied: not authorized`. */
const described = (error: unknown): string => {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${name}${messageOf(error)}`;
};

/** One row of the dry run. */
export interface Planned {
  readonly step: string;
  readonly title: string;
  readonly left: readonly string[];
  /** Why the step is left out, or could not be read. @default - none */
  readonly reason?: string;
  /** Whether the step could not be read. */
  readonly failed: boolean;
}

/** What each step would remove. It removes nothing. */
export async function planOf(steps: readonly Step[], { progress }: Pick<Surroundings, 'progress'>): Promise<readonly Planned[]> {
  const rows: Planned[] = [];
  for (const step of steps) {
    const { name, title, leftOut } = step;
    progress(title);
    if (leftOut !== undefined) {
      rows.push({ step: name, title, left: [], reason: leftOut, failed: false });
      continue;
    }
    try {
      rows.push({ step: name, title, left: (await step.left()).map(({ what }) => what), failed: false });
    } catch (error) {
      rows.push({ step: name, title, left: [], reason: described(error), failed: true });
    }
  }
  return rows;
}

/** Errors by which services answer that something does not exist. */
const absences = ['NoSuchEntity', 'NoSuchEntityException', 'ResourceNotFoundException', 'DoesNotExistException'];

/** The answer, or undefined where the thing does not exist. */
export async function unlessAbsent<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && absences.includes(error.name)) return undefined;
    throw error;
  }
}
