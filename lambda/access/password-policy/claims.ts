// Claims of deployments to the password policy, which an account has once.
import { type Claim as AccountClaim, claimForm } from '../../../runtime/claims';
import { type PasswordFigures, readRecord, recordOf } from './figures';

export type Claim = AccountClaim<PasswordFigures, PasswordFigures>;

function readDemand(text: string): PasswordFigures {
  const figures = readRecord(text);
  if (figures === undefined) throw new Error(`claim to the password policy: expected figures, got ${text}; correct the tag`);
  return figures;
}

/** The text of a claim, and the tag that holds it. */
export const passwordClaims = claimForm<PasswordFigures, PasswordFigures>(
  'rempart:password-policy',
  { text: recordOf, read: readDemand },
  { text: recordOf, read: readRecord },
);
