// Rotates the key of site contexts: a new version is created, installed in the database, then used; the last version
// but one is removed. (TOM-3.10)
import { randomBytes } from 'node:crypto';
import { type ContextKey, parseContextKey } from '../../../runtime/site-context';

/** The event of each step ("Lambda rotation functions"). */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  /** Id of the new version. */
  readonly ClientRequestToken: string;
}

/** The versions of one secret. */
export interface SecretVersions {
  /** The version in use. */
  current(): Promise<{ readonly id: string; readonly value: string }>;
  /** The value of the version with this id, if it exists. */
  version(id: string): Promise<string | undefined>;
  /** Stores a pending version. */
  addPending(id: string, value: string): Promise<void>;
  /** Makes a version the current one. */
  promote(id: string, before: string): Promise<void>;
}

/** The versions in the database. */
export interface KnownKeys {
  /** Installs a key. Idempotent; another key under the same version is an error. */
  install(key: ContextKey): Promise<void>;
  /** Removes the versions below this one: the database then rejects their proofs. */
  retireBefore(version: number): Promise<void>;
}

const keyBytes = 48;

/**
 * Runs one step. Idempotent: a step is repeated after a failure. A version is installed before a process can use it,
 * so no request fails.
 */
export async function rotate(event: RotationEvent, versions: SecretVersions, known: KnownKeys): Promise<void> {
  const { Step: step, ClientRequestToken: id } = event;
  if (step === 'createSecret') return createVersion(id, versions);
  // The test installs again: an error if the database has another key under that version.
  if (step === 'setSecret' || step === 'testSecret') return known.install(parseContextKey(await pendingVersion(id, versions)));
  if (step === 'finishSecret') return finish(id, versions, known);
  throw new TypeError(`Step: expected createSecret, setSecret, testSecret or finishSecret, got ${JSON.stringify(step)}`);
}

async function createVersion(id: string, versions: SecretVersions): Promise<void> {
  if ((await versions.version(id)) !== undefined) return;
  const { version } = parseContextKey((await versions.current()).value);
  await versions.addPending(id, JSON.stringify({ version: version + 1, key: randomBytes(keyBytes).toString('base64') }));
}

async function finish(id: string, versions: SecretVersions, known: KnownKeys): Promise<void> {
  const { version } = parseContextKey(await pendingVersion(id, versions));
  const { id: before } = await versions.current();
  if (before !== id) await versions.promote(id, before);
  // The previous version stays until the next rotation: processes cache it for some minutes (runtime/secret-store.ts).
  await known.retireBefore(version - 1);
}

async function pendingVersion(id: string, versions: SecretVersions): Promise<string> {
  const value = await versions.version(id);
  if (value === undefined) throw new Error(`secret version ${id}: expected it to be made by createSecret, found none; rotate again`);
  return value;
}
