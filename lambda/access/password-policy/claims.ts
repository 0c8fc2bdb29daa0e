// Claims of deployments to the password policy, which an account has once. Each deployment keeps its claim as a tag of
// its permissions boundary: IAM is global, so the deployments of every region of the account read each other's claims.
import { type PasswordFigures, readRecord, recordOf } from './figures';

/** Tag of a boundary with the claim of its deployment. */
export const claimTag = 'rempart:password-policy';

export interface Claim {
  /** `leaving` from the beginning of the deletion until the former policy is restored or another claim remains. */
  readonly state: 'active' | 'leaving';
  /** The figures that the deployment demands. */
  readonly demanded: PasswordFigures;
  /**
   * The policy before the first claim, handed on from claim to claim; `undefined` for an account without one, and
   * `unknown` where the tag was removed by hand. An unknown policy is never restored.
   */
  readonly former: PasswordFigures | undefined | 'unknown';
}

/** Separates the parts of a claim; the text of a record has none ("Tagging IAM resources", allowed characters). */
const separator = ' / ';

export const claimText = ({ state, demanded, former }: Claim): string =>
  [state, recordOf(demanded), former === 'unknown' ? former : recordOf(former)].join(separator);

/** Reads a claim; `undefined` for a text that no function wrote. */
export function readClaim(text: string): Claim | undefined {
  const [state, demanded = '', former = '', ...rest] = text.split(separator);
  if ((state !== 'active' && state !== 'leaving') || rest.length > 0) return undefined;
  try {
    const figures = readRecord(demanded);
    if (figures === undefined) return undefined;
    return { state, demanded: figures, former: former === 'unknown' ? former : readRecord(former) };
  } catch {
    return undefined;
  }
}
