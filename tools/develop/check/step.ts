// One step of npm run check: a command or a synth that passes, fails or is absent on this machine.
import { spawn } from 'node:child_process';
import { projectRoot } from '../../synthesis/synthesize';

export interface Verdict {
  readonly status: 'passed' | 'failed' | 'absent';
  /** Output of the step; printed in full if the step failed, and on one line if it is absent. */
  readonly output: string;
}

export interface Step {
  readonly name: string;
  run(): Promise<Verdict>;
}

export interface StepResult extends Verdict {
  readonly name: string;
  readonly seconds: number;
}

/** Runs steps, `atOnce` at a time, and reports each as it ends. A step that throws has failed. */
export async function runSteps(
  steps: readonly Step[],
  atOnce: number,
  report: (result: StepResult) => void,
): Promise<readonly StepResult[]> {
  const waiting = [...steps];
  const results: StepResult[] = [];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const start = performance.now();
      const verdict = await step.run().catch((error: unknown): Verdict => ({ status: 'failed', output: String(error) }));
      const result = { name: step.name, seconds: (performance.now() - start) / 1000, ...verdict };
      results.push(result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/**
 * Runs a command in the project's folder; exit status 0 passes.
 * @param absent what to do if the command is not installed
 */
export function command(name: string, args: readonly string[], absent?: string): Promise<Verdict> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(name, args, { cwd: projectRoot, env: { ...env, NO_COLOR: '1' } });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((done, fail) => {
    child.on('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      if (isMissing && absent !== undefined) done({ status: 'absent', output: absent });
      else fail(error);
    });
    child.on('close', (code) => done({ status: code === 0 ? 'passed' : 'failed', output: Buffer.concat(output).toString().trim() }));
  });
}
