// Sets the password policy of the account, corrects it when it drifts, and restores the former one with the last
// claim.
import { type ClaimStore, type Ending, endClaim, formerState } from '../../../runtime/claims';
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { Claim } from './claims';
import { byDefault, isSame, type PasswordFigures, raised, weakerFigures } from './figures';

/** The calls to AWS that the function makes. */
export interface PasswordAccount extends ClaimStore<PasswordFigures, PasswordFigures> {
  /** The password policy, or undefined if the account has none. */
  read(): Promise<PasswordFigures | undefined>;
  /** Sets every figure of the policy. */
  write(figures: PasswordFigures): Promise<void>;
  /** Deletes the policy. No error if the account has none. */
  remove(): Promise<void>;
}

/** This deployment: the ARN of its boundary, and the figures that it demands. */
export interface Claimant {
  readonly boundary: string;
  readonly demanded: PasswordFigures;
}

/** The policy that all active claims and the former policy demand together. No claim makes the policy weaker. */
function target(claims: Iterable<Claim>, claimant: Claimant): PasswordFigures {
  const active = [...claims].filter(({ state }) => state === 'active').flatMap(({ demanded, former }) => [demanded, former]);
  return active.reduce<PasswordFigures>(
    (all, figures) => (figures === undefined || figures === 'unknown' ? all : raised(all, figures)),
    claimant.demanded,
  );
}

/**
 * Claims the policy for the deployment, and sets it. Idempotent: a repeat completes a run that failed.
 *
 * @param isFirst whether the deployment has not set the policy yet; otherwise a missing claim was removed by hand, and
 * the present policy is not the former one
 */
export async function establish(account: PasswordAccount, claimant: Claimant, isFirst: boolean): Promise<PasswordFigures> {
  const claims = await account.claims();
  const present = await account.read();
  const former = await formerState(account, isFirst ? present : 'unknown', claims.values());
  const own: Claim = { state: 'active', demanded: claimant.demanded, former };
  // The claim comes first: without it, no deletion would restore the former policy.
  await account.claim(own);
  const wanted = target([...new Map([...claims, [claimant.boundary, own]]).values()], claimant);
  if (present === undefined || !isSame(present, wanted)) await account.write(wanted);
  return wanted;
}

/** Ends the claim; the last one restores the policy from before the first claim. Idempotent. */
export const giveUp = (account: PasswordAccount, { boundary }: Claimant): Promise<Ending> =>
  endClaim(account, boundary, (former) => (former === undefined ? account.remove() : account.write(former)));

/**
 * Reads the policy back, and corrects figures that are weaker than the claims demand. A figure that a person made
 * stronger stays until the next deployment. (TOM-3.7)
 */
export async function watch(account: PasswordAccount, claimant: Claimant): Promise<ProbeResult> {
  try {
    const found = await account.read();
    const claims = await account.claims();
    const own = claims.get(claimant.boundary);
    const wanted = target(claims.values(), claimant);
    const current = found ?? byDefault;
    const weak = weakerFigures(current, wanted);
    if (own === undefined) await establish(account, claimant, false);
    else if (found === undefined || weak.length > 0) await account.write(raised(current, wanted));
    const figures = weak.map((name) => driftFinding(name, current, wanted, found !== undefined));
    return { looked: { policies: 1 }, findings: [...(own === undefined ? [missingClaim(claimant)] : []), ...figures], unseen: [] };
  } catch (error) {
    return { looked: { policies: 0 }, findings: [], unseen: [`password policy: ${String(error)}`] };
  }
}

const author = 'Find the caller of UpdateAccountPasswordPolicy or DeleteAccountPasswordPolicy in the audit trail.';

function driftFinding(name: keyof PasswordFigures, found: PasswordFigures, wanted: PasswordFigures, exists: boolean): ProbeFinding {
  return {
    id: `drift::${name}`,
    resource: 'password policy of the account',
    found: exists ? `${name} ${found[name]}` : 'no policy',
    required: `${name} ${wanted[name]}`,
    fix: `The function has set it again. ${author}`,
  };
}

const missingClaim = ({ boundary }: Claimant): ProbeFinding => ({
  id: 'claim',
  resource: boundary,
  found: 'no claim of this deployment to the password policy',
  required: 'a claim with the former policy, until the deployment is deleted',
  fix: 'The function has written it again. Find the caller of UntagPolicy in the audit trail.',
});
