// The app for several configurations, in one process of its own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { appProcess, projectRoot, type SynthesisRequest } from '../../tools/synthesis/synthesize';

/** Where the app runs, and the variables by which it differs from the other runs. */
export interface AppPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface AppOutcome {
  readonly status: number;
  readonly output: string;
}

/** Runs the app for each request. @throws Error if the process ends before the last */
export function synthesizeInTurn(requests: readonly SynthesisRequest[]): readonly AppOutcome[] {
  const processes = requests.map((request) => appProcess(request).options);
  const places = processes.map(({ cwd, env }): AppPlace => ({ cwd, env: ofApp(env) }));
  const [first] = processes;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(__dirname, 'apps-in-turn.ts')], {
    ...{ cwd: projectRoot, env: first?.env, encoding: 'utf8', input: JSON.stringify(places), maxBuffer: 1 << 28 },
  });
  if (status !== 0) throw new Error(`apps in turn: expected exit code 0, got ${status}; ${stderr}`);
  return JSON.parse(stdout) as AppOutcome[];
}

const ofApp = (env: NodeJS.ProcessEnv): AppPlace['env'] => Object.fromEntries(Object.entries(env).filter(([name]) => /^CDK_/.test(name)));
