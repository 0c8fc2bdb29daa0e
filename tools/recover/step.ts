// The steps of a recovery: each reads the state, states what is left to do, does it, and reads again.
import { messageOf } from '../../runtime/vpn/refusal';
import { ToolError } from '../command-line';
import type { Recovery } from './recovery';

export interface Step {
  /** In kebab-case; stable, since logs contain it. */
  readonly name: string;
  /** As in `the newest good recovery point`. */
  readonly title: string;
  /**
   * What is left to do, now; nothing if the step is done. It changes nothing.
   *
   * @throws ToolError where the recovery cannot go on without a decision or a repair
   */
  left(recovery: Recovery): Promise<readonly string[]>;
  /** Does what is left. It can be repeated at any point. */
  act(recovery: Recovery): Promise<void>;
  /** Whether it leaves no state, so that it is done in every run. @default false */
  readonly isRepeated?: boolean;
  /** The option by which the operator leaves it out. @default - it runs */
  leftOutBy?(recovery: Recovery): string | undefined;
}

export type Outcome = 'done already' | 'done' | 'left out' | 'failed';

export interface StepResult {
  readonly step: string;
  readonly title: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Why it failed or was left out. @default - none */
  readonly reason?: string;
}

/** Runs the steps in order, and stops at the first one that fails: each needs those before it. */
export async function runSteps(steps: readonly Step[], recovery: Recovery): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    recovery.progress(`${index + 1} of ${steps.length}: ${step.title}`);
    const begin = recovery.now().getTime();
    const done = await runStep(step, recovery);
    const result = { step: step.name, title: step.title, ...done, seconds: Math.round((recovery.now().getTime() - begin) / 1000) };
    results.push(result);
    const { title: _title, ...line } = result;
    recovery.journal.add({ event: 'step', ...line });
    recovery.progress(`  ${result.outcome}${result.reason === undefined ? '' : `: ${result.reason}`}`);
    if (result.outcome === 'failed') break;
  }
  return results;
}

async function runStep(step: Step, recovery: Recovery): Promise<Pick<StepResult, 'outcome' | 'reason'>> {
  const option = step.leftOutBy?.(recovery);
  if (option !== undefined) {
    recovery.journal.add({ event: 'without', step: step.name });
    return { outcome: 'left out', reason: option };
  }
  try {
    const left = await step.left(recovery);
    if (left.length === 0) return { outcome: 'done already' };
    for (const what of left) recovery.progress(`  ${what}`);
    await step.act(recovery);
    const still = step.isRepeated ? [] : await step.left(recovery);
    return still.length === 0 ? { outcome: 'done' } : { outcome: 'failed', reason: `still left: ${still.join('; ')}` };
  } catch (error) {
    return { outcome: 'failed', reason: described(error) };
  }
}

/**
 * The message of an error that says what to do; another one with its name, as in `ThrottlingException: Rate
 * exceeded`.
 */
const described = (error: unknown): string => {
  if (error instanceof ToolError) return error.message;
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${name}${messageOf(error)}; run the same command again: it goes on where it stopped`;
};

export interface Planned {
  readonly step: string;
  readonly title: string;
  readonly left: readonly string[];
  /** Why it is left out, or stops the recovery. @default - none */
  readonly reason?: string;
  /** Whether the recovery would stop here. */
  readonly stops: boolean;
}

/** What each step would do. It changes nothing. */
export async function planOf(steps: readonly Step[], recovery: Recovery): Promise<readonly Planned[]> {
  const rows: Planned[] = [];
  for (const step of steps) {
    const { name, title } = step;
    const option = step.leftOutBy?.(recovery);
    if (option !== undefined) {
      rows.push({ step: name, title, left: [], reason: option, stops: false });
      continue;
    }
    try {
      rows.push({ step: name, title, left: await step.left(recovery), stops: false });
    } catch (error) {
      rows.push({ step: name, title, left: [], reason: described(error), stops: true });
    }
  }
  return rows;
}
