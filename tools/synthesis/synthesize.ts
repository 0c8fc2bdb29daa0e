// Runs the app of cdk.json as the CLI would, without the CLI's start-up time: the one place that does.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SiteName } from '../../lib/config/site';

/** The folder of cdk.json; the app runs there. */
export const projectRoot = resolve(__dirname, '../..');

/** A deployment at one of its sites. */
export interface DeploymentSite {
  readonly deployment: string;
  readonly site: SiteName;
}

export interface SynthesisRequest extends DeploymentSite {
  /** Folder that takes the assembly; created if it is missing. */
  readonly outdir: string;
  /** Whether the library's own template validation runs too; it takes most of a synth's time. */
  readonly validation: boolean;
  /** Context besides that of cdk.json, as by `-c`. @default - none */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Folder whose `config/` is read and where the app runs. @default projectRoot */
  readonly workingDirectory?: string;
}

export interface SynthesisResult {
  /** Exit status of the app: 0 only if nothing is violated. The assembly is written either way, unless the configuration is broken. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What reviewers and tests look at: each deployment at home, and production where it is recovered to. */
export const reviewedSites: readonly DeploymentSite[] = [
  { deployment: 'production', site: 'home' },
  { deployment: 'production', site: 'recovery' },
  { deployment: 'staging', site: 'home' },
  { deployment: 'development', site: 'home' },
];

/** Name of a deployment's site in paths and messages: `production`, `production-recovery`. */
export function siteLabel({ deployment, site }: DeploymentSite): string {
  return site === 'home' ? deployment : `${deployment}-${site}`;
}

/** Synthesizes one deployment at one site. */
export function synthesize(request: SynthesisRequest): Promise<SynthesisResult> {
  const { command, args, options } = appProcess(request);
  return collect(spawn(command, args, options));
}

/** The same for callers that cannot wait, such as the collection phase of test files. */
export function synthesizeSync(request: SynthesisRequest): SynthesisResult {
  const { command, args, options } = appProcess(request);
  const { status, stdout, stderr, error } = spawnSync(command, args, { ...options, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/** A process to start. */
export interface AppProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
}

/** The app's command line, folder and environment for a request. */
export function appProcess(request: SynthesisRequest): AppProcess {
  const { app, context } = JSON.parse(readFileSync(resolve(projectRoot, 'cdk.json'), 'utf8')) as { app: string; context: object };
  const [command = '', ...args] = app.split(' ').map((word) => (word === 'node' ? process.execPath : word));
  return {
    command,
    args: args.map(fromAnywhere),
    options: {
      cwd: request.workingDirectory ?? projectRoot,
      env: {
        ...environmentWithoutAws(),
        CDK_OUTDIR: resolve(request.outdir),
        CDK_CONTEXT_JSON: JSON.stringify({
          ...context,
          ...cliContext,
          ...request.context,
          deployment: request.deployment,
          site: request.site,
        }),
        ...(request.validation ? {} : { CDK_VALIDATION: 'false' }),
      },
    },
  };
}

/** A word of the app's command line, told so that it means the same in another folder. */
function fromAnywhere(word: string): string {
  if (word === 'tsx') return pathToFileURL(require.resolve('tsx')).href;
  return word.includes('/') ? resolve(projectRoot, word) : word;
}

/** What the CLI adds to the context for the settings of our cdk.json, so that the templates are those that it deploys. */
const cliContext = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:disable-version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

/** The environment without what would make a synth depend on whose machine it runs on. */
function environmentWithoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

function collect(child: ChildProcess): Promise<SynthesisResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  // Before the listeners that clean up: nothing may be written behind them.
  const kill = (): void => void child.kill('SIGKILL');
  process.prependOnceListener('exit', kill);
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      process.off('exit', kill);
      done({ status: code ?? 1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
