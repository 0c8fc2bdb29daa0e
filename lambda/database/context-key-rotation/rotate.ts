// Rotates the key of site contexts: a new version is made, told to the database, then used; the one before the last retires. (TOM-3.10)
import { randomBytes } from 'node:crypto';
import { type ContextKey, parseContextKey } from '../../../runtime/site-context';

/** What Secrets Manager sends for each step ("Lambda rotation functions"). */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  /** Id of the version that is being made. */
  readonly ClientRequestToken: string;
}

/** The versions of one secret. */
export interface SecretVersions {
  /** The version in use. */
  current(): Promise<{ readonly id: string; readonly value: string }>;
  /** The version with this id, if it is there. */
  version(id: string): Promise<string | undefined>;
  /** Stores a version that waits to be used. */
  addPending(id: string, value: string): Promise<void>;
  /** Makes a version the one in use. */
  promote(id: string, before: string): Promise<void>;
}

/** The versions that the database knows. */
export interface KnownKeys {
  /** Tells the database a key. Telling it again changes nothing; another key under the same version is an error. */
  install(key: ContextKey): Promise<void>;
  /** Makes the database forget the versions below this one: what they prove is refused from then on. */
  retireBefore(version: number): Promise<void>;
}

const keyBytes = 48;

/** Does one step. Each may come again, after a failure. The database knows a version before a process can use it, so nothing pauses. */
export async function rotate(event: RotationEvent, versions: SecretVersions, known: KnownKeys): Promise<void> {
  const { Step: step, ClientRequestToken: id } = event;
  if (step === 'createSecret') return createVersion(id, versions);
  // Installs again: an error if the database holds another key under that version.
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
  const key = parseContextKey(await pendingVersion(id, versions));
  // Again: the database may have been replaced by a restored one since, which was told the version in use and no other.
  await known.install(key);
  const { id: before } = await versions.current();
  if (before !== id) await versions.promote(id, before);
  // The version before stays until the next rotation: processes remember it for some minutes (runtime/secret-store.ts).
  await known.retireBefore(key.version - 1);
}

async function pendingVersion(id: string, versions: SecretVersions): Promise<string> {
  const value = await versions.version(id);
  if (value === undefined) throw new Error(`secret version ${id}: expected it to be made by createSecret, found none; rotate again`);
  return value;
}
