// One run: synthesizes the deployment, and reads the state of its promises from the assembly.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Evidence, type PackReport, readEvidence, readPackReport } from '../synthesis/evidence';
import { type DeploymentSite, type SynthesisRequest, type SynthesisResult, siteLabel } from '../synthesis/synthesize';
import type { TwinValues } from '../twin/options';
import { type ProgressStream, withProgress } from './progress';
import { type Violation, violationsOf } from './violations';

/** The process that the command runs in. */
export interface Surroundings {
  /** Runs the app. */
  readonly synthesize: (request: SynthesisRequest) => Promise<SynthesisResult>;
  /** Runs the twin until it is stopped; resolves to its exit code. */
  readonly twin: (values: TwinValues) => Promise<number>;
  /** The project's folder, in which `cdk.out` is written. */
  readonly root: string;
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A clock, in seconds. */
  readonly seconds: () => number;
}

/** The result of one run. */
export interface Outcome {
  /** Whether nothing is broken. */
  readonly ok: boolean;
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  /** Results of the packs other than the TOM's, and of the library's own validation. */
  readonly packs: PackReport;
  /** Output of an app that failed without a finding; else empty. */
  readonly appError: string;
  /** Paths of the results, relative to the project's folder. */
  readonly files: {
    readonly templates: string;
    readonly evidence: string;
    readonly validationReport?: string;
    /** The readable templates, if they have been written. */
    readonly readable?: string;
  };
  readonly seconds: number;
}

/** Synthesizes and reads the result. Without one, throws an error with the output of the app. */
export async function run(of: DeploymentSite, surroundings: Surroundings): Promise<Outcome> {
  const { root, seconds } = surroundings;
  const began = seconds();
  const outdir = join(root, 'cdk.out');
  removeResults(outdir);
  const app = await synthesize(of, outdir, surroundings);

  const evidenceFile = join(outdir, evidenceName);
  const reportFile = join(outdir, reportName);
  const report = existsSync(reportFile) ? reportFile : undefined;
  const readable = join(root, 'templates', siteLabel(of));
  return {
    ...evaluateSite(app, of, existsSync(evidenceFile) ? evidenceFile : undefined, report),
    files: {
      templates: relative(root, outdir),
      evidence: relative(root, evidenceFile),
      ...(report ? { validationReport: relative(root, report) } : {}),
      ...(existsSync(readable) ? { readable: relative(root, readable) } : {}),
    },
    seconds: seconds() - began,
  };
}

const evidenceName = 'tom-evidence.json';
const reportName = 'validation-report.json';

/**
 * Removes the results of an earlier run, of another configuration. Bundled assets stay: their names are hashes of
 * their content.
 */
function removeResults(outdir: string): void {
  const names = existsSync(outdir) ? readdirSync(outdir) : [];
  for (const name of names) {
    if (name === evidenceName || name === reportName || name.endsWith('.template.json')) rmSync(join(outdir, name));
  }
}

function synthesize(of: DeploymentSite, outdir: string, { synthesize, stderr, env, seconds }: Surroundings): Promise<SynthesisResult> {
  const live = stderr.isTTY === true && env.TERM !== 'dumb';
  const what = `Synthesizing ${of.deployment} (${of.site}) with every rule pack and the library's own validation`;
  return withProgress(what, stderr, { live, seconds }, () => synthesize({ ...of, outdir, validation: true }));
}

type SiteResult = Pick<Outcome, 'ok' | 'evidence' | 'violations' | 'packs' | 'appError'>;

function evaluateSite(
  app: SynthesisResult,
  of: DeploymentSite,
  evidenceFile: string | undefined,
  reportFile: string | undefined,
): SiteResult {
  const output = [app.stderr, app.stdout].map((text) => withFlagsOfStart(shortLines(text))).find((text) => text !== '') ?? '';
  const evidence = evidenceOf(app, of, evidenceFile, output);
  const packs = reportFile ? readPackReport(reportFile) : { failures: [], warnings: [] };
  const violations = violationsOf(evidence);
  const hasFindings = violations.length + packs.failures.length > 0;
  return {
    ok: app.status === 0 && !hasFindings && evidence.totals.violations === 0,
    evidence,
    violations,
    packs,
    appError: app.status === 0 || hasFindings ? '' : output || `the app ended with exit code ${app.status} and no output`,
  };
}

/** Node prints the line that threw, which in the library is the whole minified file: long lines are cut. */
const shortLines = (text: string): string => text.trim().replace(/^(.{300}).+$/gm, '$1 ...');

/** The app's errors name the context that `cdk` passes to it; the user of npm start sets the same by flags. */
const withFlagsOfStart = (text: string): string =>
  text.replace(/(?<!\S)-c (deployment|site)\b(=?)/g, (_, name, sign) => `--${name}${sign && ' '}`);

/** The evidence of this run. If the app failed before its rules ran, its output is the error. */
function evidenceOf({ status }: SynthesisResult, { deployment, site }: DeploymentSite, file: string | undefined, output: string): Evidence {
  try {
    if (!file)
      throw new Error(`tom-evidence.json: expected the app to write it, got none (exit code ${status}); run npx cdk synth to see why`);
    const evidence = readEvidence(file);
    if (evidence.deployment === deployment && evidence.site === site) return evidence;
    throw new Error(
      `${file}: expected evidence of ${deployment} (${site}), got ${evidence.deployment} (${evidence.site}); synthesize again`,
    );
  } catch (error) {
    if (status !== 0 && output) throw new Error(output, { cause: error });
    throw error;
  }
}
