// One deployment at one site: the unit that the app synthesizes.
import type { Settings } from './settings/settings';

/** The site in a deployment's home region, or the one in its recovery region. */
export type SiteName = 'home' | 'recovery';

export interface Site {
  /** Name of the deployment, and of its file in `config/`. */
  readonly deployment: string;
  readonly name: SiteName;
  /** The region of this site: the home region, or the recovery region. */
  readonly region: string;
  readonly settings: Settings;
  /**
   * The other deployments of the configuration folder. No template of this deployment may contain their names.
   * (TOM-7.3)
   */
  readonly otherDeployments: readonly string[];
}

/** Id of the certificate of the VPN server; without it a site has no Client VPN. (TOM-3.2) */
export const vpnCertificateOf = ({ name, settings }: Pick<Site, 'name' | 'settings'>): string | undefined =>
  settings.access.vpnCertificate[name];

/** Address of the customer gateway of the management networks; without it a site has no Site-to-Site VPN. (TOM-3.1) */
export const managementGatewayOf = ({ name, settings }: Pick<Site, 'name' | 'settings'>): string | undefined =>
  settings.access.managementGateway[name];

/** Whether the lake of the site rests, since its database was restored and is not repaired yet. (DSS-4.2) */
export const isLakeHeld = ({ name, settings }: Pick<Site, 'name' | 'settings'>): boolean => settings.data.lakeHeld[name];

/**
 * Region that receives the copies of the backups: for the home site the recovery region, for the recovery site the
 * home region as soon as it answers. Without it, a recovered site has no copies. (DSS-5.4.2, TOM-2.1)
 */
export const copyRegion = ({ name, settings }: Pick<Site, 'name' | 'settings'>): string | undefined => {
  if (name === 'home') return settings.recoveryRegion;
  return settings.backup.homeAnswers ? settings.region : undefined;
};

/** Chooses the site of a deployment. */
export function siteOf(deployment: string, name: SiteName, settings: Settings, otherDeployments: readonly string[]): Site {
  const region = name === 'home' ? settings.region : settings.recoveryRegion;
  return { deployment, name, region, settings, otherDeployments };
}
