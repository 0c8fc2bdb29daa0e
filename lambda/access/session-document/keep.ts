// Sets the session document of the account, corrects it when it drifts, and restores the former one with the last
// claim.
import { createHash } from 'node:crypto';
import { type ClaimStore, type Ending, endClaim, formerState } from '../../../runtime/claims';
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { Claim, FormerVersions } from './claims';
import {
  contentOf,
  deploymentOf,
  differingInputs,
  type Inputs,
  inputsOf,
  shortest,
  timesOf,
  weakerInputs,
  withPlaces,
  withTimes,
} from './settings';

/** One version of the document. */
export interface Version {
  readonly version: string;
  readonly content: string;
}

/** The document: its default version and its latest one. Session Manager was seen to use either. */
export interface Document {
  readonly standard: Version;
  readonly latest: Version;
}

/** The calls to AWS that the function makes. */
export interface SessionAccount extends ClaimStore<Times, FormerVersions> {
  /** The document, or undefined if the account has none in the region. */
  read(): Promise<Document | undefined>;
  /** Content of a version; undefined if the document has no such version. */
  contentOf(version: string): Promise<string | undefined>;
  /** Creates the document, or adds a version that becomes the latest one and the default; returns its number. */
  write(content: string): Promise<string>;
  /** Makes a version the default. */
  select(version: string): Promise<void>;
  /** Deletes the document. No error if the account has none. */
  remove(): Promise<void>;
}

type Times = Claim['demanded'];

/** This deployment: its name, the ARN of its boundary, and the inputs that it demands. */
export interface Claimant {
  readonly deployment: string;
  readonly boundary: string;
  readonly inputs: Inputs;
}

const digestOf = ({ standard, latest }: { readonly standard: string; readonly latest: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([standard, latest]))
    .digest('hex')
    .slice(0, 16);

const versionsOf = (document: Document | undefined): FormerVersions | undefined =>
  document && {
    standard: document.standard.version,
    latest: document.latest.version,
    digest: digestOf({ standard: document.standard.content, latest: document.latest.content }),
  };

/**
 * The inputs that all active claims demand together: the shortest times, and the log, bucket and key of one
 * deployment. Those of another deployment stay while it has a claim, so that deployments of one account agree.
 */
function target(document: Document | undefined, claims: ReadonlyMap<string, Claim>, claimant: Claimant): Inputs {
  const active = [...claims].filter(([, { state }]) => state === 'active');
  const found = document && inputsOf(document.latest.content);
  const owner = deploymentOf(found);
  const isAdopted = active.some(([boundary]) => boundary !== claimant.boundary && boundary.includes(`:policy/${owner}-boundary-`));
  const base = found !== undefined && isAdopted ? withPlaces(claimant.inputs, found) : claimant.inputs;
  return withTimes(base, shortest([timesOf(claimant.inputs), ...active.map(([, { demanded }]) => demanded)]));
}

const ofBoth = ({ standard, latest }: Document, names: (content: string) => readonly string[]): readonly string[] => [
  ...new Set([standard, latest].flatMap(({ content }) => names(content))),
];

/**
 * Claims the document for the deployment, and sets it. Idempotent: a repeat completes a run that failed.
 *
 * @param isFirst whether the deployment has not set the document yet; otherwise a missing claim was removed by hand,
 * and the present document is not the former one
 */
export async function establish(account: SessionAccount, claimant: Claimant, isFirst: boolean, at: Date): Promise<Inputs> {
  const claims = await account.claims();
  const present = await account.read();
  const former = await formerState(account, isFirst ? versionsOf(present) : 'unknown', claims.values());
  const own: Claim = { state: 'active', demanded: timesOf(claimant.inputs), former };
  // The claim comes first: without it, no deletion would restore the former document.
  await account.claim(own);
  const wanted = target(present, new Map([...claims, [claimant.boundary, own]]), claimant);
  const differing = present ? ofBoth(present, (content) => differingInputs(content, wanted)) : ['content'];
  if (differing.length > 0) await account.write(contentOf(wanted, claimant.deployment, at));
  return wanted;
}

/** Ends the claim; the last one restores the document from before the first claim. Idempotent. */
export const giveUp = (account: SessionAccount, { boundary }: Claimant): Promise<Ending> =>
  endClaim(account, boundary, (former) => restore(account, former));

/**
 * Makes the former versions the latest and the default one again. Where the document was deleted since, its versions
 * are lost and the present ones are those of deployments: the document is deleted.
 */
async function restore(account: SessionAccount, former: FormerVersions | undefined): Promise<void> {
  const standard = former && (await account.contentOf(former.standard));
  const latest = former && (await account.contentOf(former.latest));
  if (former === undefined || standard === undefined || latest === undefined || digestOf({ standard, latest }) !== former.digest) {
    return account.remove();
  }
  // White space makes the content another one, where a version that has it already makes Systems Manager refuse it.
  for (const content of [latest, `${latest}\n`]) {
    if ((await account.read())?.latest.content.trimEnd() !== latest.trimEnd()) await account.write(content);
  }
  // A repeat finds the content of the former default at its former version.
  const written = standard === latest ? (await account.read())?.latest : undefined;
  await account.select(written?.content === standard ? written.version : former.standard);
}

/**
 * Reads the document back, and corrects inputs that are weaker than the claims demand. A time that a person made
 * shorter stays until the next deployment. (TOM-3.3, TOM-3.6)
 */
export async function watch(account: SessionAccount, claimant: Claimant, at: Date): Promise<ProbeResult> {
  try {
    const found = await account.read();
    const claims = await account.claims();
    const own = claims.get(claimant.boundary);
    const wanted = target(found, claims, claimant);
    const weak = found ? ofBoth(found, (content) => weakerInputs(content, wanted)) : ['document'];
    if (own === undefined) await establish(account, claimant, false, at);
    else if (weak.length > 0) await account.write(contentOf(strengthened(wanted, found), claimant.deployment, at));
    const drift = weak.map((name) => driftFinding(name, found && inputsOf(found.latest.content), wanted));
    return { looked: { documents: 1 }, findings: [...(own === undefined ? [missingClaim(claimant)] : []), ...drift], unseen: [] };
  } catch (error) {
    return { looked: { documents: 0 }, findings: [], unseen: [`session document: ${String(error)}`] };
  }
}

/** The demanded inputs with the times of the document where they are shorter. */
const strengthened = (wanted: Inputs, found: Document | undefined): Inputs =>
  withTimes(wanted, shortest([timesOf(wanted), timesOf(found && inputsOf(found.latest.content))]));

function driftFinding(name: string, found: Inputs | undefined, wanted: Inputs): ProbeFinding {
  return {
    id: `drift::${name}`,
    resource: 'document SSM-SessionManagerRunShell of the account',
    found: `${name} ${JSON.stringify(found?.[name] ?? 'absent')}`,
    required: `${name} ${JSON.stringify(wanted[name] ?? 'of a deployment')}`,
    fix: 'The function has set it again. Find the caller of UpdateDocument or DeleteDocument in the audit trail.',
  };
}

const missingClaim = ({ boundary }: Claimant): ProbeFinding => ({
  id: 'claim',
  resource: boundary,
  found: 'no claim of this deployment to the session document',
  required: 'a claim with the former versions, until the deployment is deleted',
  fix: 'The function has written it again. Find the caller of UntagPolicy in the audit trail.',
});
