// One deployment at one site: what the app synthesizes.
import type { Settings } from './settings/settings';

/** The home region of a deployment, or the region it is recovered to. */
export type SiteName = 'home' | 'recovery';

export interface Site {
  /** Name of the deployment, and of its file in `config/`. */
  readonly deployment: string;
  readonly name: SiteName;
  /** The region of this site: the home region, or the recovery region. */
  readonly region: string;
  readonly settings: Settings;
  /** The other deployments of the configuration folder, whose names no template of this one may bear (TOM-7.3). */
  readonly otherDeployments: readonly string[];
}

/** Chooses the site of a deployment. */
export function siteOf(deployment: string, name: SiteName, settings: Settings, otherDeployments: readonly string[]): Site {
  const region = name === 'home' ? settings.region : settings.recoveryRegion;
  return { deployment, name, region, settings, otherDeployments };
}
