// A stand-in for AWS STS that answers GetCallerIdentity: it checks signatures with the SDK's own implementation, which
// shares no code with the deployment.

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { SessionCredentials } from '../../../tools/access/sign';

export const account = '111122223333';
export const region = 'eu-west-3';
const host = `sts.${region}.amazonaws.com`;

/** A session of a role, with its credentials. */
export interface TestSession extends SessionCredentials {
  readonly arn: string;
}

let sessions = 0;

export function session(role: string, name: string, of: string = account): TestSession {
  sessions += 1;
  return {
    arn: `arn:aws:sts::${of}:assumed-role/${role}/${name}`,
    accessKeyId: `ASIA${String(sessions).padStart(16, '0')}`,
    secretAccessKey: `secret-${sessions}`,
    sessionToken: Buffer.from(`token of ${name} with some length ${sessions}`).toString('base64'),
  };
}

/** A SHA-256 with or without a key, as the SDK constructs it. */
class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | Uint8Array) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

interface Presigned {
  readonly query: Readonly<Record<string, string>>;
}
interface Signer {
  presign(request: object, options: object): Promise<Presigned>;
}
const { SignatureV4 } = createRequire(require.resolve('@aws-sdk/rds-signer'))('@smithy/signature-v4') as {
  readonly SignatureV4: new (options: object) => Signer;
};

/** The signature of the SDK for a request to STS. */
export async function signatureOfSdk(
  { accessKeyId, secretAccessKey, sessionToken }: SessionCredentials,
  headers: Readonly<Record<string, string>>,
  date: Date,
  expiresIn: number,
): Promise<string | undefined> {
  const signer = new SignatureV4({
    ...{ service: 'sts', region, sha256: Sha256, applyChecksum: false },
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
  const request = { method: 'GET', protocol: 'https:', hostname: host, path: '/', query, headers: { host, ...headers } };
  const presigned = await signer.presign(request, { signingDate: date, expiresIn });
  return presigned.query['X-Amz-Signature'];
}

export interface Sts {
  /** Requests so far. */
  readonly requests: URL[];
  get: typeof fetch;
}

const refused = (code: string) => Response.json({ Error: { Code: code, Message: 'the stand-in refuses' } }, { status: 403 });

/** STS with these sessions; `now` is its clock. */
export function stsOf(known: readonly TestSession[], now: () => Date = () => new Date()): Sts {
  const requests: URL[] = [];
  const get = async (input: unknown, init: RequestInit = {}) => {
    const url = new URL(String(input));
    requests.push(url);
    const query = url.searchParams;
    const headers = new Headers(init.headers);
    const [accessKeyId] = (query.get('X-Amz-Credential') ?? '').split('/');
    const found = known.find((one) => one.accessKeyId === accessKeyId);
    if (found === undefined || query.get('X-Amz-Security-Token') !== found.sessionToken) return refused('InvalidClientTokenId');
    const text = (query.get('X-Amz-Date') ?? '').replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
    const seconds = Number(query.get('X-Amz-Expires'));
    if (now().getTime() > Date.parse(text) + seconds * 1000) return refused('SignatureDoesNotMatch');
    const signed = (query.get('X-Amz-SignedHeaders') ?? '').split(';').filter((name) => name !== 'host');
    const own = Object.fromEntries(signed.map((name) => [name, headers.get(name) ?? '']));
    const expected = await signatureOfSdk(found, own, new Date(text), seconds);
    if (query.get('Action') !== 'GetCallerIdentity' || query.get('X-Amz-Signature') !== expected) return refused('SignatureDoesNotMatch');
    return Response.json({ GetCallerIdentityResponse: { GetCallerIdentityResult: { Account: account, Arn: found.arn, UserId: 'x' } } });
  };
  return { requests, get: get as typeof fetch };
}

/** The stand-in on a port of this machine, for a function in a process. */
export async function listen(sts: Sts): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const answer = await sts.get(`http://sts${request.url}`, { headers: request.headers as Record<string, string> });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
