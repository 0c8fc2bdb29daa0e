// The proof that a transaction serves a site: HMAC-SHA-256 under a key that the process holds and its database role cannot read.
import { createHmac } from 'node:crypto';
import type { Actor, SiteId } from './site';

/** The key of site contexts: 32 to 64 bytes, of a version that the database was given at deployment. */
export interface ContextKey {
  readonly version: number;
  readonly key: Buffer;
}

/** Makes the proof for one transaction, named by the database's `rempart.transaction_mark()`; the database checks it again at every statement. */
export function proveContext({ version, key }: ContextKey, mark: string, site: SiteId, { name, from }: Actor): string {
  const message = [mark, String(site), name, from].join('\n');
  return `${version}:${createHmac('sha256', key).update(message, 'utf8').digest('hex')}`;
}

/** Reads a context key from its secret: `{"version": 1, "key": "<base64>"}`. */
export function parseContextKey(secret: string): ContextKey {
  const { version, key } = JSON.parse(secret) as { version?: unknown; key?: unknown };
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : Buffer.alloc(0);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || bytes.length < 32 || bytes.length > 64) {
    throw new Error(
      'context key: expected {"version": 1 or more, "key": 32 to 64 bytes in base64}, got another shape; make the secret anew',
    );
  }
  return { version, key: bytes };
}
