// Brings the revocation list of the registry to an endpoint, also beside other writers.
import type { VpnEndpoint } from './endpoint';
import { refusal } from './refusal';
import type { RegistryStore } from './registry-store';
import { revocationList } from './revocation-list';
import type { SigningKey } from './signing-key';

/** Rounds in which other writers may change the list. */
const mostRounds = 20;

/** A published list. */
export interface Published {
  readonly number: number;
  readonly nextUpdate: Date;
  /** In PEM. */
  readonly list: string;
}

/**
 * Makes the list of the registry and imports it, until the registry has the list that was imported last. Each writer
 * changes the registry before it imports, and reads it after: whichever import comes last, its list is the newest one,
 * and no revocation is lost.
 *
 * @throws Refusal if the key or the endpoint does not answer; and if others change the list in each round
 */
export async function publishList(store: RegistryStore, key: SigningKey, endpoint: VpnEndpoint): Promise<Published> {
  for (let round = 1; round <= mostRounds; round++) {
    const registry = await store.read();
    const list = await revocationList(registry, key);
    await endpoint.importList(list);
    const { number, nextUpdate } = registry.list;
    if ((await store.read()).list.number === number) return { number, nextUpdate: new Date(nextUpdate), list };
  }
  throw refusal(store.place, 'a revocation list that stays', `changes of others in ${mostRounds} rounds`, 'run the command again');
}
