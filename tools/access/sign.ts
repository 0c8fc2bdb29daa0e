// Signs a request to a function: a request to AWS STS that the function sends ("Create a signed AWS API request").
import { createHash, createHmac } from 'node:crypto';
import { proofHeaders, proofParameters, queryOf, type SignedRequest, signedHeaders } from '../../runtime/staff/caller-proof';

/** Credentials of a session. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface Target {
  readonly region: string;
  /** ARN of the one function that the signature is for. */
  readonly functionArn: string;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const keyed = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export function signRequest(request: string, { region, functionArn }: Target, credentials: SessionCredentials, now: Date): SignedRequest {
  const date = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [date.slice(0, 8), region, 'sts', 'aws4_request'];
  const proof = { credential: [credentials.accessKeyId, ...scope].join('/'), date, token: credentials.sessionToken };
  const headers = Object.entries({ host: `sts.${region}.amazonaws.com`, ...proofHeaders(functionArn, request) });
  const canonical = [
    ...['GET', '/', queryOf(proofParameters(proof))],
    ...headers.map(([name, value]) => `${name}:${value}`),
    ...['', signedHeaders, digest('')],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), digest(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => keyed(last, part), `AWS4${credentials.secretAccessKey}`);
  return { request, proof: { ...proof, signature: keyed(key, text).toString('hex') } };
}
