// One run: synthesizes the deployment, and reads from the assembly what has become of its promises.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Evidence, type PackReport, readEvidence, readPackReport } from '../synthesis/evidence';
import { type DeploymentSite, type SynthesisRequest, type SynthesisResult, siteLabel } from '../synthesis/synthesize';
import type { TwinValues } from '../twin/options';
import { type ProgressStream, withProgress } from './progress';
import { type Violation, violationsOf } from './violations';

/** What the command takes from the process it runs in. */
export interface Surroundings {
  /** Runs the app. */
  readonly synthesize: (request: SynthesisRequest) => Promise<SynthesisResult>;
  /** Runs the twin until it is told to stop; resolves to its exit code. */
  readonly twin: (values: TwinValues) => Promise<number>;
  /** The project's folder, in which `cdk.out` is written. */
  readonly root: string;
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A clock, in seconds. */
  readonly seconds: () => number;
}

/** What one run found out. */
export interface Outcome {
  /** Whether nothing at all is broken. */
  readonly ok: boolean;
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  /** What the packs beside the TOM's say, the library's own validation included. */
  readonly packs: PackReport;
  /** What the app said, where that alone tells why it failed; else empty. */
  readonly complaint: string;
  /** Where the results lie, below the project's folder. */
  readonly files: {
    readonly templates: string;
    readonly evidence: string;
    readonly validationReport?: string;
    /** The templates as reviewers read them, where they have been written. */
    readonly readable?: string;
  };
  readonly seconds: number;
}

/** Synthesizes and reads the result. Throws where there is none, with what the app said. */
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

/** Removes what an earlier run found out: it is of another configuration. Bundled assets stay, they are named by their content. */
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

type Judgement = Pick<Outcome, 'ok' | 'evidence' | 'violations' | 'packs' | 'complaint'>;

function evaluateSite(
  app: SynthesisResult,
  of: DeploymentSite,
  evidenceFile: string | undefined,
  reportFile: string | undefined,
): Judgement {
  const said = [app.stderr, app.stdout].map((text) => inOurFlags(plainText(text))).find((text) => text !== '') ?? '';
  const evidence = evidenceOf(app, of, evidenceFile, said);
  const packs = reportFile ? readPackReport(reportFile) : { failures: [], warnings: [] };
  const violations = violationsOf(evidence);
  const told = violations.length + packs.failures.length > 0;
  return {
    ok: app.status === 0 && !told && evidence.totals.violations === 0,
    evidence,
    violations,
    packs,
    complaint: app.status === 0 || told ? '' : said || `the app ended with exit code ${app.status} and said nothing`,
  };
}

/** Node shows the line that threw, which in the library is the whole minified file: lines are cut where nobody reads on. */
const plainText = (text: string): string => text.trim().replace(/^(.{300}).+$/gm, '$1 ...');

/** The app speaks of the context that `cdk` hands to it; here the same is said by a flag. */
const inOurFlags = (text: string): string =>
  text.replace(/(?<!\S)-c (deployment|site)\b(=?)/g, (_, name, sign) => `--${name}${sign && ' '}`);

/** The evidence of this run. An app that failed before its rules could run has told why; that comes first. */
function evidenceOf({ status }: SynthesisResult, { deployment, site }: DeploymentSite, file: string | undefined, said: string): Evidence {
  try {
    if (!file)
      throw new Error(`tom-evidence.json: expected the app to write it, got none (exit code ${status}); run npx cdk synth to see why`);
    const evidence = readEvidence(file);
    if (evidence.deployment === deployment && evidence.site === site) return evidence;
    throw new Error(
      `${file}: expected evidence of ${deployment} (${site}), got ${evidence.deployment} (${evidence.site}); synthesize again`,
    );
  } catch (error) {
    if (status !== 0 && said) throw new Error(said, { cause: error });
    throw error;
  }
}
