// Admits a deployment to its account, unless production would share it with another environment, and looks again
// every hour.
import type { ClaimStore } from '../../../runtime/claims';
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import { claimOf, type Marker } from './marker';
import { besideFinding, besideProduction, refusal, type Sign, signsOfMarkers } from './neighbours';

/** The calls to AWS that the function makes. */
export interface SharedAccount extends ClaimStore<Marker, undefined> {
  /** The regions whose VPCs the function reads. */
  readonly regions: readonly string[];
  /** The VPCs of a region with the tag of an environment. */
  vpcs(region: string): Promise<readonly Sign[]>;
}

/** This deployment: its name, its environment, and the ARN of its boundary. */
export interface Newcomer {
  readonly deployment: string;
  readonly environment: string;
  readonly boundary: string;
}

/** The deployment would be beside production, or production beside it. */
export class BesideProductionError extends Error {
  constructor(
    newcomer: Newcomer,
    readonly signs: readonly Sign[],
  ) {
    super(refusal(newcomer.deployment, newcomer.environment, signs));
  }
}

export type Admission = 'admitted' | 'returned';

/** The release to admit, and the one before it; no former one where the deployment is created. */
export interface Releases {
  readonly release: string;
  readonly before: string | undefined;
}

/**
 * Admits a release of the deployment, or refuses it. Idempotent: a repeat completes a run that failed.
 *
 * The marker is written before the others are read: of two deployments that begin at once, one at least reads the
 * marker of the other. A refused creation leaves no marker, a refused update leaves that of the release before.
 *
 * CloudFormation sends the same request for a rollback as for a deployment, and a rollback that fails leaves the stack
 * unusable. A return to a release that was admitted is therefore not refused, nor is an update whose marker was
 * removed by hand, which may be a rollback, too; the next watch reports both.
 *
 * @throws BesideProductionError if production would share the account
 */
export async function enter(account: SharedAccount, newcomer: Newcomer, { release, before }: Releases): Promise<Admission> {
  const { environment, boundary, deployment } = newcomer;
  const former = before === undefined ? undefined : (await account.claims()).get(boundary)?.demanded;
  if (before !== undefined && (former?.release === undefined || [former.release, former.previous].includes(release))) {
    const previous = release === former?.release ? former.previous : (former?.release ?? before);
    await account.claim(claimOf({ environment, release, previous }));
    return 'returned';
  }
  const present = { environment, release: before, previous: former?.previous };
  try {
    await account.claim(claimOf(present));
    const signs = besideProduction(deployment, environment, await signsOf(account));
    if (signs.length > 0) throw new BesideProductionError(newcomer, signs);
  } catch (error) {
    const restored = before === undefined ? account.release() : account.claim(claimOf({ ...present, ...environmentOf(former) }));
    await restored.catch((cause: unknown) => console.warn(cause));
    throw error;
  }
  await account.claim(claimOf({ environment, release, previous: before }));
  return 'admitted';
}

const environmentOf = (marker: Marker | undefined): Pick<Marker, 'environment'> | undefined =>
  marker && { environment: marker.environment };

/** Ends the stay of the deployment. Idempotent. */
export const leave = (account: SharedAccount): Promise<void> => account.release();

async function signsOf(account: SharedAccount): Promise<readonly Sign[]> {
  const vpcs = await Promise.all(account.regions.map((region) => account.vpcs(region)));
  return [...signsOfMarkers(await account.claims()), ...vpcs.flat()];
}

/** Reports other environments beside production, and a marker that was removed or changed by hand. (TOM-7.3) */
export async function watch(account: SharedAccount, newcomer: Newcomer): Promise<ProbeResult> {
  const unseen: string[] = [];
  const seen = async <Result>(what: string, read: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await read();
    } catch (error) {
      unseen.push(`${what}: ${String(error)}`);
      return undefined;
    }
  };
  const marker = await seen('markers', () => keepMarker(account, newcomer));
  const vpcs = await Promise.all(account.regions.map((region) => seen(`VPCs in ${region}`, () => account.vpcs(region))));
  const signs = [...(marker?.signs ?? []), ...vpcs.flatMap((found) => found ?? [])];
  const { deployment, environment } = newcomer;
  const beside = besideProduction(deployment, environment, signs).map((sign) => besideFinding(deployment, environment, sign));
  const looked = { deployments: marker?.signs.length ?? 0, vpcs: vpcs.flatMap((found) => found ?? []).length };
  return { looked, findings: [...(marker?.findings ?? []), ...beside], unseen };
}

/** Reads the markers, and writes that of this deployment again if it is gone. */
async function keepMarker(account: SharedAccount, { boundary, environment }: Newcomer) {
  const claims = await account.claims();
  const own = claims.get(boundary)?.demanded;
  if (own?.environment === environment) return { signs: signsOfMarkers(claims), findings: [] };
  await account.claim(claimOf({ environment, release: own?.release, previous: own?.previous }));
  return { signs: signsOfMarkers(claims), findings: [markerFinding(boundary, own?.environment, environment)] };
}

const markerFinding = (boundary: string, found: string | undefined, environment: string): ProbeFinding => ({
  id: 'marker',
  resource: boundary,
  found: found === undefined ? 'no marker of this deployment' : `a marker of ${found}`,
  required: `a marker of ${environment}, until the deployment is deleted`,
  fix: 'The function has written it again. Find the caller of UntagPolicy or TagPolicy in the audit trail.',
});
