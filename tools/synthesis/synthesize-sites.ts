// Synthesizes several sites at a time into one folder, each in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeploymentSite, type SynthesisRequest, type SynthesisResult, siteLabel, synthesize } from './synthesize';

export interface SitesRequest {
  /** The sites, each with the folder in which its app runs. @default projectRoot */
  readonly sites: readonly (DeploymentSite & Pick<SynthesisRequest, 'workingDirectory'>)[];
  /** Receives one folder per site, named by `siteLabel`. */
  readonly folder: string;
  /** Whether the library's own template validation runs too. */
  readonly validation: boolean;
}

export interface SiteResult extends DeploymentSite, SynthesisResult {}

/** Synthesizes the sites, as many at a time as the machine has cores. */
export async function synthesizeSites({ sites, folder, validation }: SitesRequest): Promise<readonly SiteResult[]> {
  const waiting = [...sites];
  const results: SiteResult[] = [];
  const work = async (): Promise<void> => {
    for (let site = waiting.shift(); site; site = waiting.shift()) {
      const result = await synthesize({ ...site, outdir: siteFolder(folder, site), validation });
      results.push({ ...site, ...result });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}

/** The folder in which `synthesizeSites` puts the assembly of a site. */
export function siteFolder(folder: string, site: DeploymentSite): string {
  return join(folder, siteLabel(site));
}

/** Exit codes of a process that a signal ended, as a shell reports them: 128 plus the signal's number. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `work` with a temporary folder and removes it afterwards, also if Ctrl-C or SIGTERM ends the process. */
export async function withTemporaryFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `rempart-${name}-`));
  // Running apps are killed meanwhile (./synthesize) and may write until then: hence the retries.
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const end = (signal: keyof typeof signalExitCodes): void => process.exit(signalExitCodes[signal]);
  process.once('exit', remove).once('SIGINT', end).once('SIGTERM', end);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove).off('SIGINT', end).off('SIGTERM', end);
    remove();
  }
}
