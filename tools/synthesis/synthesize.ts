// Runs the app of cdk.json like the CLI, without the start-up time of the CLI. No other file runs the app.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SiteName } from '../../lib/config/site';

/** The folder of cdk.json, in which the app runs. */
export const projectRoot = resolve(__dirname, '../..');

/** A deployment at one of its sites. */
export interface DeploymentSite {
  readonly deployment: string;
  readonly site: SiteName;
}

export interface SynthesisRequest extends DeploymentSite {
  /** Folder for the assembly; created if it is missing. */
  readonly outdir: string;
  /** Whether the library's own template validation runs too; it takes most of the time of a synth. */
  readonly validation: boolean;
  /** Context in addition to that of cdk.json, as by `-c`. @default - none */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Folder in which the app runs and from which it reads `config/`. @default projectRoot */
  readonly workingDirectory?: string;
}

export interface SynthesisResult {
  /**
   * Exit status of the app: 0 only if nothing is violated. The assembly is written either way, unless the
   * configuration is broken.
   */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The sites that reviews and tests cover: each deployment at home, and production at its recovery site. */
export const reviewedSites: readonly DeploymentSite[] = [
  { deployment: 'production', site: 'home' },
  { deployment: 'production', site: 'recovery' },
  { deployment: 'staging', site: 'home' },
  { deployment: 'development', site: 'home' },
];

/** Name of a site in paths and messages: `production`, `production-recovery`. */
export function siteLabel({ deployment, site }: DeploymentSite): string {
  return site === 'home' ? deployment : `${deployment}-${site}`;
}

/** Synthesizes one deployment at one site. */
export function synthesize(request: SynthesisRequest): Promise<SynthesisResult> {
  const { command, args, options } = appProcess(request);
  return collect(spawn(command, args, options));
}

/** Synchronous form for callers that cannot await, such as the collection phase of test files. */
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

/** A word of the app's command line, resolved so that it is valid in any working directory. */
function fromAnywhere(word: string): string {
  if (word === 'tsx') return pathToFileURL(require.resolve('tsx')).href;
  return word.includes('/') ? resolve(projectRoot, word) : word;
}

/**
 * The context that the CLI adds for the settings of this cdk.json, so that the templates equal those that it deploys.
 */
const cliContext = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:disable-version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
};

/** The environment without the variables by which a synth would depend on the machine. */
function environmentWithoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

function collect(child: ChildProcess): Promise<SynthesisResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  // Before the listeners that clean up: the app must not write after them.
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
