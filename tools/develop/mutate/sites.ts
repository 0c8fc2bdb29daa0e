// The sites whose templates the mutation run changes: the reviewed ones, and variants with the options that they leave
// off.
import { join } from 'node:path';
import { type DeploymentSite, reviewedSites } from '../../synthesis/synthesize';

export interface MutatedSite extends DeploymentSite {
  /** Folder with the `config/` of the deployment. @default projectRoot */
  readonly workingDirectory?: string;
}

/** Folder of configurations that nobody deploys. */
const workingDirectory = join(__dirname, 'variants');

/** Production with every option, and with the other one of each two that exclude each other. */
const variants: readonly MutatedSite[] = ['full', 'imported'].flatMap((deployment) =>
  (['home', 'recovery'] as const).map((site) => ({ deployment, site, workingDirectory })),
);

export const mutatedSites: readonly MutatedSite[] = [...reviewedSites, ...variants];
