// Synthesizes several sites at a time into one folder, each in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeploymentSite, type SynthesisResult, siteLabel, synthesize } from './synthesize';

export interface SitesRequest {
  readonly sites: readonly DeploymentSite[];
  /** Takes one folder per site, named by `siteLabel`. */
  readonly folder: string;
  /** Whether the library's own template validation runs too. */
  readonly validation: boolean;
}

export interface SiteResult extends DeploymentSite, SynthesisResult {}

/** Synthesizes as many sites at once as the machine has cores. */
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

/** Where `synthesizeSites` puts the assembly of a site. */
export function siteFolder(folder: string, site: DeploymentSite): string {
  return join(folder, siteLabel(site));
}

/** Runs `work` with a temporary folder that is gone afterwards. */
export async function withTemporaryFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `rempart-${name}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
