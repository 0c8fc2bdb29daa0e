// Names of the bootstrap, which the CDK derives from the qualifier ("Customize AWS CDK bootstrapping").
import { bootstrapName, boundaryName, type PeopleRole, peopleRoleName, bootstrapQualifier as qualifier } from '../../lib/config/names';
import { copyRegion, type Site } from '../../lib/config/site';

/** Version of the template of aws-cdk 2.1148.1 whose roles these are; the CDK compares it with its requirement. */
export const bootstrapVersion = 33;

/** Mark of this template: the CDK replaces no bootstrap stack of another variant. */
export const variant = 'Rempart: bounded execution';

/** One account and region of a deployment. */
export interface Target {
  readonly site: Site;
  /** Twelve digits. */
  readonly account: string;
  /** ARNs of administrators who deploy before the deployer exists, and repair afterwards. */
  readonly administrators: readonly string[];
}

type BootstrapRole = 'cfn-exec' | 'deploy' | 'file-publishing' | 'lookup';

const roleName = (role: BootstrapRole, { account, site }: Target): string => bootstrapName(`${role}-role`, account, site.region);

/** Names of the template's resources. */
export const namesOf = (target: Target) => {
  const { account, site } = target;
  return {
    bucket: bootstrapName('assets', account, site.region),
    boundary: bootstrapName('execution-boundary', account, site.region),
    execution: roleName('cfn-exec', target),
    deploy: roleName('deploy', target),
    publishing: roleName('file-publishing', target),
    lookup: roleName('lookup', target),
    parameter: `/cdk-bootstrap/${qualifier}/version`,
  };
};

export const arnOf = (service: string, { account }: Pick<Target, 'account'>, rest: string, region = ''): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

/** Boundaries of the deployment's roles, of every site. */
export const deploymentBoundaries = ({ site, account }: Target): readonly string[] =>
  [site.settings.region, site.settings.recoveryRegion].map((region) =>
    arnOf('iam', { account }, `policy/${boundaryName({ ...site, region })}`),
  );

/**
 * Principals that may assume the bootstrap roles: the deployer of this site, and of the site whose copies this region
 * receives, at the recovery site the roles that recover, and the administrators. (DSS-5.2, DSS-5.5.1, DSS-5.4.2)
 */
export function trustedBy(target: Target): readonly string[] {
  const { site, account, administrators } = target;
  const { region, recoveryRegion, access } = site.settings;
  const role = (name: PeopleRole, of: string) => arnOf('iam', { account }, `role/${peopleRoleName({ ...site, region: of }, name)}`);
  const isRecovering = site.region === recoveryRegion && access.officeAddresses.length > 0;
  return [
    ...(access.deployer ? [site.region, ...copyingSites(site)].map((of) => role('deployer', of)) : []),
    ...(isRecovering ? [role('recovery', region), role('recovery', recoveryRegion)] : []),
    ...administrators,
  ];
}

/** Regions of the other site that deploys the stack of its copies in this region. (DSS-5.4.2) */
function copyingSites({ region, settings }: Site): readonly string[] {
  const sites = [
    { name: 'home', region: settings.region },
    { name: 'recovery', region: settings.recoveryRegion },
  ] as const;
  return sites.filter(({ name }) => copyRegion({ name, settings }) === region).map((site) => site.region);
}
