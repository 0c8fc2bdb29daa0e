// The CDK CLI as a child process, for the steps that deploy.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ToolError } from '../command-line';
import { projectRoot } from '../synthesis/synthesize';
import type { Recovery, Surroundings } from './recovery';
import { isComplete, isWorking, statesOf } from './stacks';

/** Runs `npx cdk`; each line of its output is passed on. */
export const runCdk: Surroundings['cdk'] = (args, output) =>
  new Promise((done, fail) => {
    const child = spawn('npx', ['cdk', ...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', output);
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });

/** Lines of the CLI that people wait for: the end of a stack, and failures. */
const isProgress = (line: string): boolean => /✅|❌|_FAILED|: (?:deploying|creating|updating)/.test(line);

/** Pause between two reads of stacks that CloudFormation changes, and the longest wait, in milliseconds. */
const between = 15_000;
const longest = 5_400_000;

/**
 * Deploys stacks of the site. Waits before until CloudFormation has ended the work of a run that was killed: it
 * accepts no further deployment of a stack meanwhile.
 *
 * @throws ToolError for a deployment that fails, with what to do
 */
export async function deploy(recovery: Recovery, step: string, stacks: readonly string[]): Promise<void> {
  await untilIdle(recovery);
  const { deployment, name } = recovery.site();
  const args = ['deploy', ...stacks, '-c', `deployment=${deployment}`, '-c', `site=${name}`, '--require-approval', 'never'];
  const code = await recovery.cdk([...args, '--concurrency', '6'], (line) => {
    recovery.journal.add({ event: 'output', step, line });
    if (isProgress(line)) recovery.progress(`  ${line.trim()}`);
  });
  if (code !== 0) throw failed(code, await statesOf(recovery));
}

function failed(code: number, states: Awaited<ReturnType<typeof statesOf>>): ToolError {
  const open = states.filter((state) => !isComplete(state)).map(({ name, status = 'not there' }) => `${name} (${status})`);
  const which = open.length === 0 ? 'no stack changed' : open.join(', ');
  return new ToolError(
    `cdk deploy: expected exit code 0, got ${code}: ${which}; read the output in the log, do what the runbook says under ` +
      '"The first deployment of a stack failed" or "A restore failed", and run the same command again',
  );
}

async function untilIdle(recovery: Recovery): Promise<void> {
  for (let waited = 0; ; waited += between) {
    const busy = (await statesOf(recovery)).filter(isWorking);
    if (busy.length === 0) return;
    const names = busy.map(({ name, status }) => `${name} (${status})`).join(', ');
    if (waited === 0) recovery.progress(`  waits for ${names}`);
    if (waited >= longest) throw new ToolError(`stacks: expected the end of their work within 90 minutes, got ${names}; read their events`);
    await recovery.pause(between);
  }
}
