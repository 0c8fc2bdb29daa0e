// The certificates of a person and the connections that they opened.
import type { VpnEndpoint } from '../../runtime/vpn/endpoint';
import { listedEntries, type Registry, statusOf } from '../../runtime/vpn/registry';
import type { RegistryStore } from '../../runtime/vpn/registry-store';
import { readRevocationList } from '../../runtime/vpn/revocation-list';
import { revokeCertificates } from '../../runtime/vpn/revoke';
import type { SigningKey } from '../../runtime/vpn/signing-key';
import type { Item, Step } from './step';

/** The parts of the VPN. */
export interface Vpn {
  readonly store: RegistryStore;
  readonly key: SigningKey;
  readonly endpoint: VpnEndpoint;
}

/** Whether the registry has ever had a certificate of the person. */
export const hasCertificate = async ({ store }: Vpn, person: string): Promise<boolean> =>
  ((await store.find())?.certificates ?? []).some((entry) => entry.person === person);

/**
 * Left are certificates that are valid, revoked ones that the list of the endpoint lacks, and connections. One
 * revocation removes them all, and completes one that failed (revoke.ts).
 */
export const vpnStep = ({ store, key, endpoint }: Vpn, person: string, now: () => Date): Step => ({
  ...{ name: 'certificates', title: 'certificates and connections of the VPN' },
  async left() {
    const registry = await store.read();
    const own = registry.certificates.filter((entry) => entry.person === person);
    const names = new Set(own.map(({ commonName }) => commonName));
    const running = own.length === 0 ? [] : (await endpoint.connections()).filter(({ commonName }) => names.has(commonName));
    const what = [
      ...own.filter((entry) => statusOf(entry, now()) === 'valid').map(({ serial }) => `certificate ${serial} of ${person}`),
      ...(await unlisted(registry, endpoint, person)).map((serial) => `certificate ${serial} of ${person} is not on the revocation list`),
      ...running.map(({ id, commonName }) => `connection ${id} of ${commonName}`),
    ];
    const revoke = once(async () => void (await revokeCertificates(store, key, endpoint, { person }, 'left', now())));
    return what.map((text): Item => ({ what: text, remove: revoke }));
  },
});

/** Serial numbers of revoked certificates of the person that the endpoint still admits. */
async function unlisted(registry: Registry, endpoint: VpnEndpoint, person: string): Promise<readonly string[]> {
  const expected = listedEntries(registry).filter((entry) => entry.person === person);
  if (expected.length === 0) return [];
  const pem = await endpoint.revocationList();
  const listed = pem === undefined ? [] : (readRevocationList(pem)?.serials ?? []);
  return expected.map(({ serial }) => serial).filter((serial) => !listed.includes(serial));
}

/** One call for all callers. */
function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => {
    running ??= call();
    return running;
  };
}
