// The sites of the newest good snapshot, each with its key. It is replaced as a whole, so that looking a site up never waits.
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

/** Keys that are asked for at once. */
const keysAtOnce = 16;
/** How long keys are asked for in one refresh: with a secrets store that does not answer, the next snapshot must not wait for each site. */
const keysMilliseconds = 30_000;

type Entry = CollectedSiteWithKey | 'not-ready';

export class LiveDirectory implements SiteDirectory {
  /** Since the start: snapshots not taken because they were broken, older or could not be read, and keys that could not be had. */
  readonly counts = { snapshotFailures: 0, keyFailures: 0 };
  private entries: Map<string, Entry> | undefined;
  private snapshot: SiteSnapshot | undefined;
  private written = 0;
  private lastKeyError = '';
  /** When the source was last read and gave what is in use, in milliseconds since 1970; 0 for never. */
  readAt = 0;
  private isBroken = false;
  private running: Promise<void> | undefined;

  constructor(private readonly options: LiveDirectoryOptions) {}

  find(key: string): CollectedSiteWithKey | 'unknown' | 'not-ready' {
    if (this.entries === undefined) return 'not-ready';
    return this.entries.get(key) ?? 'unknown';
  }

  /** Sites known, and of them those whose key is not there yet. */
  get size(): number {
    return this.entries?.size ?? 0;
  }

  get notReady(): number {
    let count = 0;
    for (const entry of this.entries?.values() ?? []) if (entry === 'not-ready') count++;
    return count;
  }

  /** Whether there has been a snapshot. */
  get isReady(): boolean {
    return this.entries !== undefined;
  }

  /**
   * Reads the snapshot if it has changed, and the keys that are missing. Never rejects: what is there stays. One at a time: keys that
   * are awaited for an old snapshot are put into the one they are of.
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
        // The source gives each version once: until the next, what is in use is not what is there.
        this.isBroken = true;
        this.take(read.text, read.written);
        this.isBroken = false;
      }
      if (!this.isBroken) this.readAt = Date.now();
    } catch (error) {
      this.counts.snapshotFailures++;
      this.options.report('snapshot-failed', { error: String(error) });
    }
    await this.loadKeys();
  }

  private take(text: string, written: number): void {
    if (written < this.written) throw new Error(`site snapshot: expected one that is newer than ${this.written}, got ${written}`);
    const snapshot = parseSiteSnapshot(text);
    const entries = new Map<string, Entry>();
    for (const site of snapshot.sites) entries.set(site.key, this.entryFor(site));
    this.written = written;
    this.snapshot = snapshot;
    this.entries = entries;
  }

  /** A site whose new key is not there yet goes on under its old one, with its new settings; hits name the version. */
  private entryFor(site: CollectedSite): Entry {
    if (!needsKey(site)) return { ...site, siteKey: { version: site.keyVersion, key: Buffer.alloc(0) } };
    const before = this.entries?.get(site.key);
    if (before === undefined || before === 'not-ready' || before.id !== site.id || !needsKey(before)) return 'not-ready';
    return withKey(site, before.siteKey);
  }

  /** Asks for each key that is missing; a site whose key cannot be had keeps no other waiting. */
  private async loadKeys(): Promise<void> {
    const missing = (this.snapshot?.sites ?? []).filter((site) => needsKey(site) && !this.hasKey(site));
    // From another place each time, so that a few that take long do not keep the same others waiting for ever.
    const turn = Math.floor(Math.random() * missing.length);
    missing.push(...missing.splice(0, turn));
    const end = Date.now() + keysMilliseconds;
    const work = async () => {
      for (let site = missing.pop(); site; site = Date.now() < end ? missing.pop() : undefined) await this.loadKey(site);
    };
    const before = this.counts.keyFailures;
    await Promise.all(Array.from({ length: keysAtOnce }, work));
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
