// Keys under which the personal data of a site is hashed: created with the site, rotated on demand, stored as secrets.
// (TOM-4.13)
import { randomBytes } from 'node:crypto';
import type { SiteKey } from './pseudonymisation';
import type { SecretReader, SecretStore } from './secret-store';
import type { SiteId } from './site';

/** Length of a key in bytes: that of a SHA-256 hash (RFC 2104 discourages shorter keys). */
const keyBytes = 32;

interface KeyRing {
  /**
   * Key of the site that the current key belongs to: after a restore of the database, another site may have its
   * number.
   */
  readonly site: string;
  readonly current: number;
  /** Keys in base64 by version. Old keys are kept, so that data hashed under them can be found. */
  readonly keys: { readonly [version: string]: string };
}

/** Reads the keys of sites. */
export class SiteKeyReader {
  /** @param prefix prefix of the secrets' names, as in `production/sites` */
  constructor(
    private readonly store: SecretReader,
    private readonly prefix: string,
  ) {}

  /** The current key, or the key of a version. */
  async read(site: SiteId, version?: number): Promise<SiteKey> {
    const ring = await this.ring(site);
    if (!ring) throw new Error(`keys of site ${site}: expected a key, got none; create the site's keys`);
    const wanted = version ?? ring.current;
    const key = ring.keys[wanted];
    if (key === undefined) throw new Error(`keys of site ${site}: expected version 1 to ${ring.current}, got ${wanted}`);
    const bytes = Buffer.from(typeof key === 'string' ? key : '', 'base64');
    // A hash under a key that can be guessed is not a pseudonym.
    if (bytes.length < keyBytes) throw unreadableKeyError(site, `version ${wanted} of ${bytes.length} bytes`);
    return { version: wanted, key: bytes };
  }

  protected async ring(site: SiteId): Promise<KeyRing | undefined> {
    const secret = await this.store.read(this.name(site));
    return secret === undefined ? undefined : parseRing(site, secret);
  }

  protected name = (site: SiteId) => `${this.prefix}/${site}`;
}

/** Reads, creates and rotates the keys of sites. */
export class SiteKeys extends SiteKeyReader {
  /** @param prefix prefix of the secrets' names, as in `production/sites` */
  constructor(
    private readonly secrets: SecretStore,
    prefix: string,
    private readonly random: (bytes: number) => Buffer = randomBytes,
  ) {
    super(secrets, prefix);
  }

  /**
   * Creates the first key of a site, unless the site has one. If the ring under its number belongs to another site
   * (the database was restored to a time before that site), a new key is added to the ring, so that holders of the old
   * key do not have the new one. The old versions are kept: archived data may be hashed under them. Returns the
   * version to use.
   *
   * Reads, then writes: the caller prevents concurrent calls of this method and of {@link rotate} for one site.
   *
   * @param name key of the site, as in `acme`
   * @param isNew whether the site was just created: any ring then belongs to another site, even under the same name
   */
  async create(site: SiteId, name: string, isNew: boolean): Promise<number> {
    const ring = await this.ring(site);
    if (ring && !isNew && ring.site === name) return ring.current;
    if (ring) return this.add(site, { ...ring, site: name });
    await this.secrets.create(this.name(site), JSON.stringify({ site: name, current: 1, keys: { 1: this.newKey() } } satisfies KeyRing));
    return 1;
  }

  /** Adds a key and makes it current. Returns its version; the caller then updates the site's settings. */
  async rotate(site: SiteId): Promise<number> {
    const ring = await this.ring(site);
    if (!ring) throw new Error(`keys of site ${site}: expected a key to rotate, got none; create the site's keys`);
    return this.add(site, ring);
  }

  private async add(site: SiteId, ring: KeyRing): Promise<number> {
    const current = ring.current + 1;
    const next: KeyRing = { ...ring, current, keys: { ...ring.keys, [current]: this.newKey() } };
    await this.secrets.replace(this.name(site), JSON.stringify(next));
    return current;
  }

  private newKey = () => this.random(keyBytes).toString('base64');
}

function parseRing(site: SiteId, secret: string): KeyRing {
  try {
    return JSON.parse(secret) as KeyRing;
  } catch {
    // The error of JSON.parse quotes a part of the text.
    throw unreadableKeyError(site, 'a secret that is not JSON');
  }
}

const unreadableKeyError = (site: SiteId, got: string): Error =>
  new Error(`keys of site ${site}: expected a ring of keys of ${keyBytes} bytes, got ${got}; restore the previous version of the secret`);
