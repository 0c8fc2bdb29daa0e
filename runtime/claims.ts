// Claims of deployments to what an account has once, as its password policy: demands, and the state before. Pure.

export interface Claim<Demand, Former> {
  /** `leaving` from the beginning of the deletion until the former state is restored or another claim remains. */
  readonly state: 'active' | 'leaving';
  /** The state that the deployment demands. */
  readonly demanded: Demand;
  /**
   * The state before the first claim, handed on from claim to claim; `undefined` for an account that had none, and
   * `unknown` where the claim was removed by hand. An unknown state is never restored.
   */
  readonly former: Former | undefined | 'unknown';
}

/** The text of one part of a claim. `read` throws for a text that `text` does not write. */
export interface RecordForm<Part> {
  text(part: Part): string;
  read(text: string): Part;
}

/** The text of a claim, as the value of a tag. */
export interface ClaimForm<Demand, Former> {
  /** Tag of a boundary with the claim of its deployment. */
  readonly tag: string;
  text(claim: Claim<Demand, Former>): string;
  /** Reads a claim; `undefined` for a text that no function wrote. */
  read(text: string): Claim<Demand, Former> | undefined;
}

/** Separates the parts of a claim; no record has it ("Tagging IAM resources", allowed characters). */
const separator = ' / ';

export function claimForm<Demand, Former>(
  tag: string,
  demand: RecordForm<Demand>,
  before: RecordForm<Former | undefined>,
): ClaimForm<Demand, Former> {
  const text: ClaimForm<Demand, Former>['text'] = ({ state, demanded, former }) =>
    [state, demand.text(demanded), former === 'unknown' ? former : before.text(former)].join(separator);
  const read: ClaimForm<Demand, Former>['read'] = (line) => {
    const [state, demanded = '', former = '', ...rest] = line.split(separator);
    if ((state !== 'active' && state !== 'leaving') || rest.length > 0) return undefined;
    try {
      return { state, demanded: demand.read(demanded), former: former === 'unknown' ? former : before.read(former) };
    } catch {
      return undefined;
    }
  };
  return { tag, text, read };
}

/** The claims of an account. */
export interface ClaimStore<Demand, Former> {
  /** The claims of all deployments, by the ARN of their boundary. */
  claims(): Promise<ReadonlyMap<string, Claim<Demand, Former>>>;
  /** Writes the claim of this deployment. */
  claim(claim: Claim<Demand, Former>): Promise<void>;
  /** Removes the claim of this deployment. No error without one. */
  release(): Promise<void>;
}

/**
 * The state before the first claim: that of another claim, or the present one. A deployment claims before it sets, and
 * releases its claim after the former state is back. A state between two reads without a claim is therefore not that
 * of a deployment. `before` are the claims that were read before the present state.
 */
export async function formerState<Demand, Former>(
  store: ClaimStore<Demand, Former>,
  present: Claim<Demand, Former>['former'],
  before: Iterable<Claim<Demand, Former>>,
): Promise<Claim<Demand, Former>['former']> {
  const known = [...before, ...(await store.claims()).values()];
  const handed = known.find(({ former }) => former !== 'unknown');
  if (handed) return handed.former;
  return known.length > 0 ? 'unknown' : present;
}

/** The end of a claim: the former state is back, another deployment has the state, or there was no claim. */
export type Ending = 'restored' | 'adopted by another deployment' | 'not claimed' | 'former state unknown';

/**
 * Ends the claim. The last one restores the state from before the first claim. Two deployments that are deleted at
 * once both restore it: each marks its claim as leaving before it reads that of the other. Idempotent.
 */
export async function endClaim<Demand, Former>(
  store: ClaimStore<Demand, Former>,
  boundary: string,
  restore: (former: Former | undefined) => Promise<void>,
): Promise<Ending> {
  const own = (await store.claims()).get(boundary);
  if (own === undefined) return 'not claimed';
  await store.claim({ ...own, state: 'leaving' });
  const others = [...(await store.claims())].filter(([other]) => other !== boundary);
  if (others.some(([, { state }]) => state === 'active')) {
    await store.release();
    return 'adopted by another deployment';
  }
  if (own.former !== 'unknown') await restore(own.former);
  await store.release();
  return own.former === 'unknown' ? 'former state unknown' : 'restored';
}
