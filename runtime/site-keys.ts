// The keys under which a site's personal data is hashed: made with the site, changed on demand, kept in the secrets store (TOM-4.13).
import { randomBytes } from 'node:crypto';
import type { SiteKey } from './pseudonymisation';
import type { SecretStore } from './secret-store';
import type { SiteId } from './site';

/** Bytes of a key: those of a SHA-256 hash (RFC 2104 advises no fewer). */
const keyBytes = 32;

interface KeyRing {
  readonly current: number;
  /** Keys in base64 by version; old ones stay, so that what they hashed can still be found. */
  readonly keys: { readonly [version: string]: string };
}

export class SiteKeys {
  /** @param prefix beginning of the secrets' names, as in `production/sites` */
  constructor(
    private readonly secrets: SecretStore,
    private readonly prefix: string,
    private readonly random: (bytes: number) => Buffer = randomBytes,
  ) {}

  /** The key that new rows are hashed with, or the key of a version. */
  async read(site: SiteId, version?: number): Promise<SiteKey> {
    const ring = await this.ring(site);
    if (!ring) throw new Error(`keys of site ${site}: expected some, found none; create the site's keys`);
    const wanted = version ?? ring.current;
    const key = ring.keys[wanted];
    if (key === undefined) throw new Error(`keys of site ${site}: expected version 1 to ${ring.current}, got ${wanted}`);
    return { version: wanted, key: Buffer.from(key, 'base64') };
  }

  /** Makes the first key of a site; one that has keys keeps them. Gives the version in use. */
  async create(site: SiteId): Promise<number> {
    const ring = await this.ring(site);
    if (ring) return ring.current;
    await this.secrets.create(this.name(site), JSON.stringify({ current: 1, keys: { 1: this.newKey() } } satisfies KeyRing));
    return 1;
  }

  /** Adds a new key and makes it the current one. Gives its version; the site's settings must be told it afterwards. */
  async rotate(site: SiteId): Promise<number> {
    const ring = await this.ring(site);
    if (!ring) throw new Error(`keys of site ${site}: expected some to rotate, found none; create the site's keys`);
    const current = ring.current + 1;
    const next: KeyRing = { current, keys: { ...ring.keys, [current]: this.newKey() } };
    await this.secrets.replace(this.name(site), JSON.stringify(next));
    return current;
  }

  private async ring(site: SiteId): Promise<KeyRing | undefined> {
    const secret = await this.secrets.read(this.name(site));
    return secret === undefined ? undefined : (JSON.parse(secret) as KeyRing);
  }

  private name = (site: SiteId) => `${this.prefix}/${site}`;

  private newKey = () => this.random(keyBytes).toString('base64');
}
