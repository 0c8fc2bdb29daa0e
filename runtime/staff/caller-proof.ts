// The proof of a caller: a signed request to AWS STS, bound to one function and one text. `npm run access` makes it,
// and the functions verify it (docs/adr/0020-people-read-through-a-function.md).
import { createHash } from 'node:crypto';

/** What a function receives: the request as text, and its proof. */
export interface SignedRequest {
  /** JSON, as it was signed. */
  readonly request: string;
  readonly proof: CallerProof;
}

/** Parts of the signed URL that the function cannot make itself ("Authenticating requests: query parameters"). */
export interface CallerProof {
  /** `<access key id>/<day>/<region>/sts/aws4_request`. */
  readonly credential: string;
  /** As in `20261129T221500Z`. */
  readonly date: string;
  /** Token of the session. */
  readonly token: string;
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
}

/** Validity of a proof, in seconds. */
export const proofSeconds = 60;

/** Signed header with the ARN of the one function that the proof is for. */
const functionHeader = 'x-rempart-function';
/** Signed header with the SHA-256 of the request. */
const requestHeader = 'x-rempart-request';
/** The signed headers, in their order. */
export const signedHeaders = `host;${functionHeader};${requestHeader}`;

/** The signed headers of a request to a function, besides the host. */
export const proofHeaders = (functionArn: string, request: string): Readonly<Record<string, string>> => ({
  [functionHeader]: functionArn,
  [requestHeader]: createHash('sha256').update(request).digest('hex'),
});

/** The parameters of the URL in the order of their names, without the signature. */
export const proofParameters = ({ credential, date, token }: Omit<CallerProof, 'signature'>): readonly (readonly [string, string])[] => [
  ['Action', 'GetCallerIdentity'],
  ['Version', '2011-06-15'],
  ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
  ['X-Amz-Credential', credential],
  ['X-Amz-Date', date],
  ['X-Amz-Expires', String(proofSeconds)],
  ['X-Amz-Security-Token', token],
  ['X-Amz-SignedHeaders', signedHeaders],
];

/** Parameters as the query of a URL, encoded as AWS signs them (RFC 3986). */
export const queryOf = (parameters: readonly (readonly [string, string])[]): string =>
  parameters.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
