// Proof of a transaction's site: HMAC-SHA-256 under a key that the process holds and its database role cannot read.
import { createHmac } from 'node:crypto';
import type { Actor, SiteId } from './site';

/**
 * The key of site contexts: 32 to 64 bytes, and its version, which the deployment or a rotation installs in the
 * database.
 */
export interface ContextKey {
  readonly version: number;
  readonly key: Buffer;
}

/** Outcome of an access, as its entry in the access log states it. */
export interface Outcome {
  readonly outcome: 'done' | 'failed';
  readonly detail: string | null;
}

export const done: Outcome = { outcome: 'done', detail: null };

/**
 * The proof for one transaction, identified by the database's `rempart.transaction_mark()`. The database verifies it
 * at every statement. It covers the whole entry of the access log, so that SQL cannot write another entry. (TOM-4.8)
 */
export function proveContext(
  { version, key }: ContextKey,
  mark: string,
  site: SiteId,
  { name, from, doing }: Actor,
  { outcome, detail }: Outcome = done,
): string {
  const message = [mark, String(site), name, from, doing, outcome, detail ?? ''].join('\n');
  return `${version}:${createHmac('sha256', key).update(message, 'utf8').digest('hex')}`;
}

/** Reads a context key from its secret: `{"version": 1, "key": "<base64>"}`. */
export function parseContextKey(secret: string): ContextKey {
  const { version, key } = JSON.parse(secret) as { version?: unknown; key?: unknown };
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : Buffer.alloc(0);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || bytes.length < 32 || bytes.length > 64) {
    throw new Error(
      'context key: expected {"version": 1 or more, "key": 32 to 64 bytes in base64}, got another form; create the secret again',
    );
  }
  return { version, key: bytes };
}
