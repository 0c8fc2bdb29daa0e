// Rotates the key of site contexts: a new version is created, installed in the database, then promoted; the version
// before the previous one is deleted. (TOM-3.10)
import { randomBytes } from 'node:crypto';
import { type ContextKey, parseContextKey } from '../../../runtime/site-context';

/** Event of Secrets Manager for each step ("Lambda rotation functions"). */
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
  /** The version with this id, if it exists. */
  version(id: string): Promise<string | undefined>;
  /** Stores a pending version. */
  addPending(id: string, value: string): Promise<void>;
  /** Promotes a version to the version in use. */
  promote(id: string, before: string): Promise<void>;
}

/** The versions in the database. */
export interface InstalledKeys {
  /** Installs a key. A repetition changes nothing; another key with the same version is an error. */
  install(key: ContextKey): Promise<void>;
  /** Deletes the versions before this one: the database then rejects their proofs. */
  retireBefore(version: number): Promise<void>;
}

const keyBytes = 48;

/**
 * Runs one step. Secrets Manager repeats steps after a failure. A version is in the database before a process can use
 * it, so that rotation interrupts nothing.
 */
export async function rotate(event: RotationEvent, versions: SecretVersions, keys: InstalledKeys): Promise<void> {
  const { Step: step, ClientRequestToken: id } = event;
  if (step === 'createSecret') return createVersion(id, versions);
  // Installs again: an error if the database holds another key under that version.
  if (step === 'setSecret' || step === 'testSecret') return keys.install(parseContextKey(await pendingVersion(id, versions)));
  if (step === 'finishSecret') return finish(id, versions, keys);
  throw new TypeError(`Step: expected createSecret, setSecret, testSecret or finishSecret, got ${JSON.stringify(step)}`);
}

async function createVersion(id: string, versions: SecretVersions): Promise<void> {
  if ((await versions.version(id)) !== undefined) return;
  const { version } = parseContextKey((await versions.current()).value);
  await versions.addPending(id, JSON.stringify({ version: version + 1, key: randomBytes(keyBytes).toString('base64') }));
}

async function finish(id: string, versions: SecretVersions, keys: InstalledKeys): Promise<void> {
  const key = parseContextKey(await pendingVersion(id, versions));
  // Again: a restored database, with the version in use only, may have replaced the database since.
  await keys.install(key);
  const { id: before } = await versions.current();
  if (before !== id) await versions.promote(id, before);
  // The previous version remains until the next rotation: processes cache it for some minutes
  // (runtime/secret-store.ts).
  await keys.retireBefore(key.version - 1);
}

async function pendingVersion(id: string, versions: SecretVersions): Promise<string> {
  const value = await versions.version(id);
  if (value === undefined) throw new Error(`secret version ${id}: expected a value from createSecret, got none; rotate again`);
  return value;
}
