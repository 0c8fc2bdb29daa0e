// The marker of a deployment in its account: its environment, and the releases for which it was admitted.
import { type Claim, claimForm } from '../../../runtime/claims';

/** A release stands for the templates of a deployment: 16 hexadecimal digits. */
export interface Marker {
  /** Purpose of the deployment, as in `production`. */
  readonly environment: string;
  /**
   * The release that was admitted last; `undefined` before the first one, and for a marker that was removed by hand.
   */
  readonly release: string | undefined;
  /** The admitted release before that one. */
  readonly previous: string | undefined;
}

/** A marker is a claim without a former state: an account is nobody's before its first deployment. */
export type MarkerClaim = Claim<Marker, undefined>;

const none = 'none';
const releaseForm = '[0-9a-f]{16}';
const markerForm = new RegExp(`^([a-z]+) (${none}|${releaseForm}) (${none}|${releaseForm})$`);

const textOf = ({ environment, release, previous }: Marker): string => [environment, release ?? none, previous ?? none].join(' ');

function read(text: string): Marker {
  const [, environment, release, previous] = markerForm.exec(text) ?? [];
  if (environment === undefined) throw new Error(`marker of a deployment: expected an environment and two releases, got ${text}`);
  const known = (part: string | undefined): string | undefined => (part === none ? undefined : part);
  return { environment, release: known(release), previous: known(previous) };
}

const noFormer = { text: () => none, read: () => undefined };

/**
 * The text of a marker, and the tag of the boundary that holds it. The tag `rempart:environment` would hide it: the
 * boundary denies every role the resources that have another environment there.
 */
export const markers = claimForm<Marker, undefined>('rempart:account-environment', { text: textOf, read }, noFormer);

export const claimOf = (demanded: Marker): MarkerClaim => ({ state: 'active', demanded, former: undefined });

/** A release as CloudFormation hands it over. @throws Error for any other value */
export function releaseOf(value: unknown): string {
  if (typeof value === 'string' && new RegExp(`^${releaseForm}$`).test(value)) return value;
  throw new Error(`Release: expected 16 hexadecimal digits, got ${JSON.stringify(value)}; deploy the account stack again`);
}
