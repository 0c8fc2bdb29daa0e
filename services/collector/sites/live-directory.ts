// The sites of the newest valid snapshot, with their keys. They are replaced as a whole, so that a lookup never waits.
import type { SiteKey } from '../../../runtime/pseudonymisation';
import type { SiteKeyReader } from '../../../runtime/site-keys';
import { type CollectedSite, parseSiteSnapshot, type SiteSnapshot } from '../../../runtime/site-snapshot';
import type { Report } from '../report';
import type { CollectedSiteWithKey, SiteDirectory } from './directory';
import type { SnapshotSource } from './snapshot-source';

export interface LiveDirectoryOptions {
  readonly source: SnapshotSource;
  readonly keys: Pick<SiteKeyReader, 'read'>;
  readonly report: Report;
}

/** Number of keys that are read concurrently. */
const concurrentKeys = 16;
/**
 * Time limit for keys in one refresh: if the secrets store does not answer, the next snapshot must not wait for every
 * site.
 */
const keysMilliseconds = 30_000;

type Entry = CollectedSiteWithKey | 'not-ready';

export class LiveDirectory implements SiteDirectory {
  /** Since the start: snapshots that were invalid, older or could not be read, and keys that could not be read. */
  readonly counts = { snapshotFailures: 0, keyFailures: 0 };
  private entries: Map<string, Entry> | undefined;
  private snapshot: SiteSnapshot | undefined;
  private written = 0;
  private lastKeyError = '';
  /** Moment of the monotonic clock at which the source last confirmed the snapshot in use; undefined for never. */
  private readAt: number | undefined;
  private isBroken = false;
  private running: Promise<void> | undefined;

  constructor(private readonly options: LiveDirectoryOptions) {}

  find(key: string): CollectedSiteWithKey | 'unknown' | 'not-ready' {
    if (this.entries === undefined) return 'not-ready';
    return this.entries.get(key) ?? 'unknown';
  }

  /** Number of sites. */
  get size(): number {
    return this.entries?.size ?? 0;
  }

  /** Number of sites without their key. */
  get notReady(): number {
    let count = 0;
    for (const entry of this.entries?.values() ?? []) if (entry === 'not-ready') count++;
    return count;
  }

  /** Whether a snapshot was loaded. */
  get isReady(): boolean {
    return this.entries !== undefined;
  }

  /** Milliseconds since the source last confirmed the snapshot in use; Infinity for never. */
  get age(): number {
    return this.readAt === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.readAt;
  }

  /**
   * Reads the snapshot if it has changed, and missing keys. Never rejects: after a failure the present sites stay. One
   * refresh at a time, so that keys are never added to another snapshot than theirs.
   */
  refresh(): Promise<void> {
    this.running ??= this.renew().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async renew(): Promise<void> {
    try {
      const read = await this.options.source.read();
      if (read !== 'unchanged') {
        // The source returns each version once: after an invalid one, the snapshot in use is outdated until the next
        // version.
        this.isBroken = true;
        this.adopt(read.text, read.written);
        this.isBroken = false;
      }
      if (!this.isBroken) this.readAt = performance.now();
    } catch (error) {
      this.counts.snapshotFailures++;
      this.options.report('snapshot-failed', { error: String(error) });
    }
    await this.loadKeys();
  }

  private adopt(text: string, written: number): void {
    if (written < this.written)
      throw new Error(`site snapshot: expected one newer than ${this.written}, got ${written}; the newer one stays in use`);
    const snapshot = parseSiteSnapshot(text);
    const entries = new Map<string, Entry>();
    for (const site of snapshot.sites) entries.set(site.key, this.entryFor(site));
    this.written = written;
    this.snapshot = snapshot;
    this.entries = entries;
  }

  /** Until its new key is loaded, a site uses its old key with its new settings; hits state the version. */
  private entryFor(site: CollectedSite): Entry {
    if (!needsKey(site)) return { ...site, siteKey: { version: site.keyVersion, key: Buffer.alloc(0) } };
    const before = this.entries?.get(site.key);
    if (before === undefined || before === 'not-ready' || before.id !== site.id || !needsKey(before)) return 'not-ready';
    return withKey(site, before.siteKey);
  }

  /** Reads all missing keys; a failure does not affect other sites. */
  private async loadKeys(): Promise<void> {
    const missing = (this.snapshot?.sites ?? []).filter((site) => needsKey(site) && !this.hasKey(site));
    // Starts at a random site, so that a few slow keys do not starve the same sites in each refresh.
    const start = Math.floor(Math.random() * missing.length);
    missing.push(...missing.splice(0, start));
    const end = performance.now() + keysMilliseconds;
    const work = async () => {
      for (let site = missing.pop(); site; site = performance.now() < end ? missing.pop() : undefined) await this.loadKey(site);
    };
    const before = this.counts.keyFailures;
    await Promise.all(Array.from({ length: concurrentKeys }, work));
    const failed = this.counts.keyFailures - before;
    if (failed > 0) this.options.report('keys-failed', { sites: failed, last: this.lastKeyError });
  }

  private hasKey(site: CollectedSite): boolean {
    const entry = this.entries?.get(site.key);
    return entry !== undefined && entry !== 'not-ready' && entry.siteKey.version === site.keyVersion;
  }

  private async loadKey(site: CollectedSite): Promise<void> {
    try {
      this.entries?.set(site.key, withKey(site, await this.options.keys.read(site.id, site.keyVersion)));
    } catch (error) {
      this.counts.keyFailures++;
      this.lastKeyError = String(error);
    }
  }
}

const needsKey = ({ addressMode, hashedFields }: CollectedSite) => addressMode === 'hash' || hashedFields.length > 0;

const withKey = (site: CollectedSite, siteKey: SiteKey): CollectedSiteWithKey => ({ ...site, keyVersion: siteKey.version, siteKey });
