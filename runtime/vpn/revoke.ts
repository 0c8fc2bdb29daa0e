// Revokes certificates: in the registry, on the revocation list, and in running connections.
import type { VpnEndpoint } from './endpoint';
import { type Published, publishList } from './publish';
import { messageOf, Refusal } from './refusal';
import { type Entry, type Reason, type Selection, selected, statusOf, withRevocation } from './registry';
import type { RegistryStore } from './registry-store';
import type { SigningKey } from './signing-key';

/** Result of a revocation. */
export interface Revocation {
  /** The certificates that the selection means, as they are registered. */
  readonly certificates: readonly Entry[];
  readonly published: Published;
  /** Common names of the connections that were ended. */
  readonly ended: readonly string[];
}

/**
 * Revokes the selected certificates. The registry comes first: from then on the connection handler refuses them, even
 * if the key or the endpoint does not answer. Then running connections are ended and the list is published; a failure
 * of one does not prevent the other. Each step can be repeated: for certificates that are revoked already, connections
 * are ended and the list is published again.
 *
 * @throws Refusal for a person or serial number without a certificate, before any change
 * @throws Refusal with every step that failed after the registry was changed; another run completes them
 */
export async function revokeCertificates(
  store: RegistryStore,
  key: SigningKey,
  endpoint: VpnEndpoint,
  selection: Selection,
  reason: Reason,
  now: Date,
): Promise<Revocation> {
  const registry = await store.change((before) => withRevocation(before, selection, reason, now));
  const certificates = selected(registry, selection);
  const revoked = certificates.filter((entry) => statusOf(entry, now) === 'revoked');
  // In this order: the import ends all connections, also one that began since they were listed.
  const [ended] = await Promise.allSettled([endConnections(endpoint, new Set(revoked.map(({ commonName }) => commonName)))]);
  const [published] = await Promise.allSettled([publishList(store, key, endpoint)]);
  if (published.status === 'fulfilled' && ended.status === 'fulfilled')
    return { certificates, published: published.value, ended: ended.value };
  const failures = [ended, published].flatMap((step) => (step.status === 'rejected' ? [messageOf(step.reason)] : []));
  const serials = revoked.map(({ serial }) => serial).join(', ') || 'none';
  throw new Refusal([`revoked in the registry: ${serials}; run the command again to complete what failed:`, ...failures].join('\n'));
}

/** Ends the connections of these certificates; all are tried before a failure is reported. */
async function endConnections(endpoint: VpnEndpoint, commonNames: ReadonlySet<string>): Promise<readonly string[]> {
  if (commonNames.size === 0) return [];
  const running = (await endpoint.connections()).filter(({ commonName }) => commonNames.has(commonName));
  const ends = await Promise.allSettled(running.map((connection) => endpoint.terminate(connection)));
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [messageOf(end.reason)] : []));
  if (failures.length > 0) throw new Refusal(failures.join('\n'));
  return running.map(({ commonName }) => commonName);
}
