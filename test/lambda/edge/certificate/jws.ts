// The signed requests of ACME, checked as an authority checks them. (RFC 8555, section 6.2; RFC 7515; RFC 7638)
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';

/** An error as the protocol tells it. (RFC 8555, section 6.7) */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

export interface Protected {
  readonly alg: string;
  readonly url: string;
  readonly nonce?: string;
  readonly kid?: string;
  readonly jwk?: JsonWebKey;
}

export interface Jws {
  readonly header: Protected;
  /** `undefined` for POST-as-GET, whose payload is empty. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  /** Throws unless the key signed it. */
  verifyWith(key: JsonWebKey): void;
}

const algorithms: Readonly<Record<string, string>> = { RS256: 'RSA-SHA256', ES256: 'SHA256' };

export function parseJws(text: string): Jws {
  const { protected: head, payload, signature } = JSON.parse(text) as Record<'protected' | 'payload' | 'signature', string>;
  const decoded = (part: string) => Buffer.from(part, 'base64url').toString('utf8');
  const header = JSON.parse(decoded(head)) as Protected;
  return {
    header,
    payload: payload === '' ? undefined : (JSON.parse(decoded(payload)) as Record<string, unknown>),
    verifyWith(jwk) {
      const algorithm = algorithms[header.alg];
      const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
      const isSigned = algorithm && verify(algorithm, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'));
      if (!isSigned) throw new Problem(400, 'malformed', 'the signature is not that of the key');
    },
  };
}

/** The members that count, in the order of their names. */
export function thumbprint(jwk: JsonWebKey): string {
  const required = jwk.kty === 'EC' ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y } : { e: jwk.e, kty: jwk.kty, n: jwk.n };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}
