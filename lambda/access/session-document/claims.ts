// Claims of deployments to the document SSM-SessionManagerRunShell, which an account has once in each region.
import { type Claim as AccountClaim, claimForm, type RecordForm } from '../../../runtime/claims';
import type { Times } from './settings';

/** The versions of the document before the first claim, and the digest of their contents. */
export interface FormerVersions {
  readonly standard: string;
  readonly latest: string;
  /** The first 16 digits of the SHA-256: a document that was deleted and made again has other contents. */
  readonly digest: string;
}

export type Claim = AccountClaim<Times, FormerVersions>;

function fields(form: RegExp, text: string): readonly string[] {
  const [, ...values] = form.exec(text) ?? [];
  if (values.length === 0) throw new Error(`claim to the session document: expected ${form.source}, got ${text}; correct the tag`);
  return values;
}

const times: RecordForm<Times> = {
  text: ({ idle, maximum }) => `idle=${idle} maximum=${maximum}`,
  read(text) {
    const [idle, maximum] = fields(/^idle=(\d{1,4}) maximum=(\d{1,4})$/, text);
    return { idle: Number(idle), maximum: Number(maximum) };
  },
};

const unset = 'none';

const versions: RecordForm<FormerVersions | undefined> = {
  text: (former) => (former === undefined ? unset : `default=${former.standard} latest=${former.latest} digest=${former.digest}`),
  read(text) {
    if (text === unset) return undefined;
    const [standard = '', latest = '', digest = ''] = fields(/^default=(\d{1,4}) latest=(\d{1,4}) digest=([0-9a-f]{16})$/, text);
    return { standard, latest, digest };
  },
};

/** The text of a claim, and the tag that holds it. */
export const sessionClaims = claimForm<Times, FormerVersions>('rempart:session-document', times, versions);
