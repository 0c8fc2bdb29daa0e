// The caller of a function, as AWS STS names it: the event cannot forge it.
import { createHash } from 'node:crypto';
import { refusal, shown } from '../vpn/refusal';
import { type CallerProof, proofHeaders, proofParameters, proofSeconds, queryOf, type SignedRequest } from './caller-proof';

export interface Caller {
  /** ARN of the session. */
  readonly arn: string;
  /** Name of the role of the session. */
  readonly role: string;
  /** Name of the session, which the trust of each role of people binds to its person (lib/access/role-trust.ts). */
  readonly name: string;
  /** Id of the access key of the session. The record of its sign-in in the audit trail has the source address. */
  readonly accessKey: string;
}

/** A verified request. */
export interface Verified {
  readonly caller: Caller;
  /** The request, parsed. */
  readonly request: unknown;
  /** SHA-256 of the signature, by which the database refuses a second use. */
  readonly signature: Buffer;
}

export interface Verification {
  /** ARN of this function: proofs for others are refused. */
  readonly functionArn: string;
  /** Account of the deployment. */
  readonly account: string;
  /** URL of STS in the region. */
  readonly stsUrl: string;
  readonly now: () => Date;
  /** @default fetch */
  readonly get?: typeof fetch;
}

/** Time that a clock of a caller may differ from that of the function, in seconds. */
const clockSeconds = 30;
/** Timeout of the request to STS, in milliseconds. */
const stsTimeout = 5000;
/** Longest request, in characters. */
const longestRequest = 4096;

const forms: Readonly<Record<keyof CallerProof, RegExp>> = {
  credential: /^ASIA[A-Z0-9]{12,60}\/\d{8}\/[a-z0-9-]{4,30}\/sts\/aws4_request$/,
  date: /^\d{8}T\d{6}Z$/,
  token: /^[A-Za-z0-9+/=]{16,8192}$/,
  signature: /^[0-9a-f]{64}$/,
};

const sign = 'sign the request again with npm run access';

/**
 * Sends the signed request of the caller to STS, which verifies the signature and names the session. The function
 * composes host, action and headers itself, so that a proof for another function, request or time has another
 * signature, and STS refuses it.
 *
 * @throws Refusal for a proof that is malformed, expired, for another function or request, or of another account
 */
export async function verifiedCaller(event: unknown, verification: Verification): Promise<Verified> {
  const { request, proof } = signedRequest(event);
  checkTime(proof.date, verification.now());
  const arn = await sessionOf(request, proof, verification);
  const { account } = verification;
  const [, of, role, name] = /^arn:aws[\w-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (of !== account || role === undefined || name === undefined) {
    throw refusal('caller', `a session of a role of the account ${account}`, shown(arn), 'switch to a role of the deployment');
  }
  return {
    caller: { arn, role, name, accessKey: proof.credential.split('/')[0] ?? '' },
    request: parsed(request),
    signature: createHash('sha256').update(proof.signature).digest(),
  };
}

function signedRequest(event: unknown): SignedRequest {
  const { request, proof } = (typeof event === 'object' && event !== null ? event : {}) as Partial<SignedRequest>;
  if (typeof request !== 'string' || request.length > longestRequest) {
    throw refusal('request', `a text of at most ${longestRequest} characters`, shown(typeof request), sign);
  }
  const given = (typeof proof === 'object' && proof !== null ? proof : {}) as Partial<Record<keyof CallerProof, unknown>>;
  const part = (name: keyof CallerProof): string => {
    const value = given[name];
    if (typeof value === 'string' && forms[name].test(value)) return value;
    // The value may be a token.
    throw refusal(`proof.${name}`, `a text that matches ${forms[name].source}`, 'another value', sign);
  };
  return { request, proof: { credential: part('credential'), date: part('date'), token: part('token'), signature: part('signature') } };
}

/** The time of the signature; STS checks only its end. */
function checkTime(date: string, now: Date): void {
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const age = (now.getTime() - signedAt) / 1000;
  if (age >= -clockSeconds && age <= proofSeconds) return;
  throw refusal('proof.date', `a time within the last ${proofSeconds} seconds`, shown(date), sign);
}

/** The ARN of the session that signed, by STS. */
async function sessionOf(request: string, proof: CallerProof, { functionArn, stsUrl, get = fetch }: Verification): Promise<string> {
  const query = queryOf([...proofParameters(proof), ['X-Amz-Signature', proof.signature]]);
  const answer = await get(`${stsUrl}/?${query}`, {
    headers: { ...proofHeaders(functionArn, request), accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(stsTimeout),
  });
  const text = await answer.text();
  if (answer.status === 403 || answer.status === 400) {
    const code = /"Code"\s*:\s*"(\w+)"|<Code>(\w+)<\/Code>/.exec(text);
    throw refusal('proof', 'a signature of this request for this function', code?.[1] ?? code?.[2] ?? 'another one', sign);
  }
  if (answer.status !== 200) throw refusal('AWS STS', 'the session of the caller', `status ${answer.status}`, 'repeat the command');
  const body = parsed(text) as { readonly GetCallerIdentityResponse?: { readonly GetCallerIdentityResult?: { readonly Arn?: unknown } } };
  return String(body?.GetCallerIdentityResponse?.GetCallerIdentityResult?.Arn);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('request', 'JSON', shown(text), sign);
  }
}

/** Checks that the session is of one role. @throws Refusal for another one */
export function checkRole({ role }: Caller, expected: string): void {
  if (role !== expected) throw refusal('caller', `a session of the role ${expected}`, shown(role), 'switch to that role');
}

/** Source of an access in the log: the role of the session, and its access key. */
export const sourceOf = ({ role, accessKey }: Caller): string => `${role} ${accessKey}`;
