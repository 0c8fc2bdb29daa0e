// The keys under which a site's personal data is hashed: made with the site, changed on demand, kept in the secrets store (TOM-4.13).
import { randomBytes } from 'node:crypto';
import type { SiteKey } from './pseudonymisation';
import type { SecretStore } from './secret-store';
import type { SiteId } from './site';

/** Bytes of a key: those of a SHA-256 hash (RFC 2104 advises no fewer). */
const keyBytes = 32;

interface KeyRing {
  /** The name of the site that the current key was made for: after a restore, another site may get its number. */
  readonly site: string;
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
    const bytes = Buffer.from(typeof key === 'string' ? key : '', 'base64');
    // What is hashed under a key that can be guessed is not pseudonymous.
    if (bytes.length < keyBytes) throw unreadableKeyError(site, `version ${wanted} of ${bytes.length} bytes`);
    return { version: wanted, key: bytes };
  }

  /**
   * Makes the first key of a site. Where there is a ring under its number that is not its own (the database was restored to a time
   * before the other site), it gets a new key in it, so that nobody who knew the old one knows the new. The old versions stay: what
   * is in an archive may be hashed with them. A site that has its key keeps it. Gives the version to use.
   *
   * Reads, then writes: call it, and {@link rotate}, only while no other does so for the same site.
   *
   * @param name key of the site, as in `acme`
   * @param fresh whether the site was made just now, so that any ring is another's, also one under the same name
   */
  async create(site: SiteId, name: string, fresh: boolean): Promise<number> {
    const ring = await this.ring(site);
    if (ring && !fresh && ring.site === name) return ring.current;
    if (ring) return this.add(site, { ...ring, site: name });
    await this.secrets.create(this.name(site), JSON.stringify({ site: name, current: 1, keys: { 1: this.newKey() } } satisfies KeyRing));
    return 1;
  }

  /** Adds a new key and makes it the current one. Gives its version; the site's settings must be told it afterwards. */
  async rotate(site: SiteId): Promise<number> {
    const ring = await this.ring(site);
    if (!ring) throw new Error(`keys of site ${site}: expected some to rotate, found none; create the site's keys`);
    return this.add(site, ring);
  }

  private async add(site: SiteId, ring: KeyRing): Promise<number> {
    const current = ring.current + 1;
    const next: KeyRing = { ...ring, current, keys: { ...ring.keys, [current]: this.newKey() } };
    await this.secrets.replace(this.name(site), JSON.stringify(next));
    return current;
  }

  private async ring(site: SiteId): Promise<KeyRing | undefined> {
    const secret = await this.secrets.read(this.name(site));
    return secret === undefined ? undefined : parseRing(site, secret);
  }

  private name = (site: SiteId) => `${this.prefix}/${site}`;

  private newKey = () => this.random(keyBytes).toString('base64');
}

function parseRing(site: SiteId, secret: string): KeyRing {
  try {
    return JSON.parse(secret) as KeyRing;
  } catch {
    // The error of JSON.parse shows a piece of the text.
    throw unreadableKeyError(site, 'a secret that is no JSON');
  }
}

const unreadableKeyError = (site: SiteId, got: string): Error =>
  new Error(`keys of site ${site}: expected a ring of keys of ${keyBytes} bytes, got ${got}; restore the secret's version before`);
