// Renews the revocation list before its end: an expired one locks everybody out. (TOM-3.2)
import { X509Certificate } from 'node:crypto';
import type { VpnEndpoint } from './endpoint';
import { publishList } from './publish';
import { refusal } from './refusal';
import { type Registry, withNextList } from './registry';
import type { RegistryStore } from './registry-store';
import { daysUntil, type ListFacts, readRevocationList } from './revocation-list';
import type { SigningKey } from './signing-key';

/** Days before its end from which a list is renewed: it is valid for 30 days, so that it is renewed once a week. */
const renewBefore = 24;

/**
 * Reads of the endpoint after an import, which it applies with a delay; and the pause between them, in milliseconds.
 */
const reads = 10;
const readPause = 3000;

export interface RenewalParts {
  readonly store: RegistryStore;
  readonly key: SigningKey;
  readonly endpoint: VpnEndpoint;
  readonly now: Date;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Result of a run. Days are negative after the end. */
export interface Renewal {
  /** Number of the endpoint's list. */
  readonly number: number;
  /** Whether this run imported it. */
  readonly imported: boolean;
  /** Entries of the list. */
  readonly entries: number;
  /** Days until the end of the endpoint's list. */
  readonly listDays: number;
  readonly authorityDays: number;
  /** @default - no server certificate yet */
  readonly serverDays?: number;
}

/**
 * Imports the list of the registry if the endpoint has another one or none, and a renewed one if the list ends within
 * {@link renewBefore} days or `force` is set. Otherwise nothing is imported, because an import ends all connections.
 *
 * @throws Refusal if a part does not answer, or the endpoint does not return the list that was imported
 */
export async function renewList(parts: RenewalParts, force: boolean): Promise<Renewal> {
  const { store, key, endpoint, now } = parts;
  const before = await store.read();
  // An endpoint without a list may answer with an error: the import decides.
  const present = await listOf(endpoint).catch(() => undefined);
  const isDue = (registry: Registry): boolean => force || daysUntil(new Date(registry.list.nextUpdate), now) < renewBefore;
  if (present?.number === before.list.number && !isDue(before)) return renewalOf(before, present, false, now);
  await checkNewest(parts, present);
  if (isDue(before)) await store.change((registry) => (isDue(registry) ? withNextList(registry, now) : registry));
  const { number } = await publishList(store, key, endpoint);
  const imported = await importedList(parts, number);
  return renewalOf(await store.read(), imported, true, now);
}

/** A registry from a backup lacks later revocations: its list would admit revoked certificates again. */
async function checkNewest({ store, endpoint }: RenewalParts, present: ListFacts | undefined): Promise<void> {
  const { number } = (await store.read()).list;
  if (present === undefined || present.number <= number) return;
  const remedy = 'restore the newest version of the registry object';
  throw refusal(store.place, `at least the list number ${present.number}, which ${endpoint.name} has`, `number ${number}`, remedy);
}

async function listOf(endpoint: VpnEndpoint): Promise<ListFacts | undefined> {
  const pem = await endpoint.revocationList();
  return pem === undefined ? undefined : readRevocationList(pem);
}

/**
 * The endpoint's list, once its number is at least that of the import; another writer may have imported a newer one.
 */
async function importedList({ endpoint, pause }: RenewalParts, number: number): Promise<ListFacts> {
  for (let read = 1; ; read++) {
    const found = await listOf(endpoint);
    if (found && found.number >= number) return found;
    const got = found ? `number ${found.number}` : 'none';
    if (read === reads) throw refusal(endpoint.name, `the revocation list number ${number}`, got, 'run the function again');
    await pause(readPause);
  }
}

function renewalOf({ authority, server }: Registry, list: ListFacts, imported: boolean, now: Date): Renewal {
  return {
    number: list.number,
    imported,
    entries: list.serials.length,
    listDays: daysUntil(list.nextUpdate, now),
    authorityDays: daysUntil(new Date(new X509Certificate(authority).validTo), now),
    ...(server ? { serverDays: daysUntil(new Date(server.expires), now) } : {}),
  };
}

/**
 * One line in the embedded metric format: `RevocationListDays`, `AuthorityDays` and `ServerCertificateDays`, with the
 * dimension Deployment. Without an answer of the endpoint no metric is written, and the alarm on missing data
 * notifies.
 */
export function renewalLine(renewal: Renewal, run: { readonly deployment: string; readonly namespace: string; readonly at: Date }): string {
  const days = {
    RevocationListDays: renewal.listDays,
    AuthorityDays: renewal.authorityDays,
    ...(renewal.serverDays === undefined ? {} : { ServerCertificateDays: renewal.serverDays }),
  };
  const Metrics = Object.keys(days).map((Name) => ({ Name, Unit: 'None' }));
  return JSON.stringify({
    _aws: {
      Timestamp: run.at.getTime(),
      CloudWatchMetrics: [{ Namespace: run.namespace, Dimensions: [['Deployment']], Metrics }],
    },
    Deployment: run.deployment,
    ...days,
    number: renewal.number,
    imported: renewal.imported,
    entries: renewal.entries,
  });
}

/** Parts of the function that renews the list. */
export interface RenewalFunction extends Omit<RenewalParts, 'now'> {
  readonly deployment: string;
  readonly namespace: string;
  readonly now: () => Date;
  /** Writes to the log; not `console.log`, whose lines have no metrics in Lambda. */
  readonly write: (line: string) => void;
}

/**
 * The handler of the schedule. The event `{"force": true}` renews the list at once.
 *
 * @throws Refusal as {@link renewList}
 */
export function renewalHandler({ deployment, namespace, now, write, ...parts }: RenewalFunction): (event: unknown) => Promise<Renewal> {
  return async (event) => {
    const isForced = typeof event === 'object' && event !== null && (event as { force?: unknown }).force === true;
    const at = now();
    const renewal = await renewList({ ...parts, now: at }, isForced);
    write(`${renewalLine(renewal, { deployment, namespace, at })}\n`);
    return renewal;
  };
}
