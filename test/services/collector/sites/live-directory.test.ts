// The directory of sites: an invalid snapshot changes nothing, and no site waits for the key of another.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteKey } from '../../../../runtime/pseudonymisation';
import { siteId } from '../../../../runtime/site';
import { SiteKeys } from '../../../../runtime/site-keys';
import { type CollectedSite, formatSiteSnapshot } from '../../../../runtime/site-snapshot';
import { LiveDirectory } from '../../../../services/collector/sites/live-directory';
import { refreshPeriodically } from '../../../../services/collector/sites/refresher';
import { FileSource, type SnapshotVersion } from '../../../../services/collector/sites/snapshot-source';
import { MemorySecrets } from '../../../runtime/memory-secrets';

const site = (id: number, more: Partial<CollectedSite> = {}): CollectedSite => ({
  ...{ id: siteId(id), key: `site-${id}`, addressMode: 'truncate', hashedFields: [], keyVersion: 1 },
  ...{ privacySignals: true, cookies: false, origins: [] },
  ...more,
});

function setUp() {
  const secrets = new MemorySecrets();
  const keys = new SiteKeys(secrets, 'production/sites');
  const events: string[] = [];
  const reports: string[] = [];
  const report = (event: string, details?: object) => {
    events.push(event);
    reports.push(JSON.stringify(details));
  };
  const source = { next: 'unchanged' as SnapshotVersion | 'unchanged' | Error };
  const read = async () => {
    const { next } = source;
    source.next = 'unchanged';
    if (next instanceof Error) throw next;
    return next;
  };
  const directory = new LiveDirectory({ source: { read }, keys, report });
  let written = 0;
  const publish = async (...sites: CollectedSite[]) => {
    source.next = { text: formatSiteSnapshot(sites), written: ++written };
    await directory.refresh();
  };
  return { directory, source, keys, secrets, events, reports, publish };
}

test('before the first snapshot every site is not ready; then unknown ones are unknown', async () => {
  const { directory, publish } = setUp();
  expect([directory.find('site-1'), directory.isReady]).toEqual(['not-ready', false]);
  await publish(site(1));
  expect(directory.find('site-1')).toMatchObject({ id: 1, siteKey: { version: 1 } });
  expect([directory.find('site-2'), directory.find('__proto__'), directory.isReady, directory.size]).toEqual([
    'unknown',
    'unknown',
    true,
    1,
  ]);
});

test('a site without its key is not ready until the key exists, and other sites are ready', async () => {
  const { directory, keys, events, publish } = setUp();
  await publish(site(1), site(2, { addressMode: 'hash' }), site(3, { hashedFields: ['email'] }));
  expect(directory.find('site-1')).toMatchObject({ id: 1 });
  expect([directory.find('site-2'), directory.find('site-3'), directory.notReady]).toEqual(['not-ready', 'not-ready', 2]);
  expect([events, directory.counts.keyFailures]).toEqual([['keys-failed'], 2]);
  await keys.create(siteId(2), 'site-2', true);
  await directory.refresh();
  expect(directory.find('site-2')).toMatchObject({ siteKey: { version: 1, key: expect.any(Buffer) } });
  expect(directory.notReady).toBe(1);
});

test('until the new version of a key exists, the old one is used with the new settings', async () => {
  const { directory, keys, publish } = setUp();
  await keys.create(siteId(1), 'site-1', true);
  await publish(site(1, { addressMode: 'hash' }));
  await publish(site(1, { addressMode: 'hash', hashedFields: ['email'], keyVersion: 2 }));
  expect(directory.find('site-1')).toMatchObject({ hashedFields: ['email'], keyVersion: 1, siteKey: { version: 1 } });
  await keys.rotate(siteId(1));
  await directory.refresh();
  expect(directory.find('site-1')).toMatchObject({ keyVersion: 2, siteKey: { version: 2 } });
});

test('another site under the same name does not get the key of the previous one', async () => {
  const { directory, keys, publish } = setUp();
  await keys.create(siteId(1), 'acme', true);
  await publish(site(1, { key: 'acme', addressMode: 'hash' }));
  await publish(site(2, { key: 'acme', addressMode: 'hash' }));
  expect(directory.find('acme')).toBe('not-ready');
});

test('a removed site is unknown', async () => {
  const { directory, publish } = setUp();
  await publish(site(1), site(2));
  await publish(site(2));
  expect(directory.find('site-1')).toBe('unknown');
});

test.each<[string, SnapshotVersion | Error]>([
  ['broken', { text: '{"version":1,"sites":[{"id":', written: 99 }],
  ['of another version', { text: '{"version":2,"sites":[]}', written: 99 }],
  ['older', { text: formatSiteSnapshot([]), written: 0 }],
  ['not to be had', new Error('away')],
])('a snapshot that is %s is logged and counted, and the valid one stays in use', async (_, bad) => {
  const { directory, source, events, publish } = setUp();
  await publish(site(1));
  source.next = bad;
  await directory.refresh();
  expect(directory.find('site-1')).toMatchObject({ id: 1 });
  expect([events, directory.counts.snapshotFailures]).toEqual([['snapshot-failed'], 1]);
  await publish(site(2));
  expect(directory.find('site-2')).toMatchObject({ id: 2 });
});

test('an invalid snapshot is not read again and does not count as read: health warns of its age', async () => {
  const { directory, source, publish } = setUp();
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  await publish(site(1));
  now = 20;
  source.next = { text: '{', written: 99 };
  await directory.refresh();
  await directory.refresh();
  expect(directory.age).toBe(20);
  await publish(site(2));
  expect(directory.age).toBe(0);
  clock.mockRestore();
});

test('a refresh during another one joins it: an old snapshot that waits for keys never replaces a newer one', async () => {
  const first = site(1, { addressMode: 'hash', privacySignals: false });
  const newer = { ...first, privacySignals: true };
  let written = 0;
  let give: (key: SiteKey) => void = () => undefined;
  const directory = new LiveDirectory({
    source: { read: async () => ({ text: formatSiteSnapshot([written === 0 ? first : newer]), written: ++written }) },
    keys: { read: () => new Promise((resolve) => (give = resolve)) },
    report: () => undefined,
  });
  const key = { version: 1, key: Buffer.alloc(32, 1) };
  const slow = directory.refresh();
  await new Promise(setImmediate);
  const next = directory.refresh();
  await new Promise(setImmediate);
  expect(written).toBe(1);
  give(key);
  await Promise.all([slow, next]);
  await directory.refresh();
  expect(directory.find('site-1')).toMatchObject({ privacySignals: true, siteKey: key });
});

test.each([
  ['none', '{"site":"site-1","current":1,"keys":{"1":""}}'],
  ['too short', '{"site":"site-1","current":1,"keys":{"1":"c2hvcnQ="}}'],
  ['no text', '{"site":"site-1","current":1,"keys":{"1":5}}'],
  ['of no ring', '[]'],
  ['unreadable', '{"site":"site-1","keys":{"1":"c2VjcmV0'],
])('a key that is %s is rejected: nothing is hashed under it, and no part of it is logged', async (_, secret) => {
  const { directory, secrets, reports, publish } = setUp();
  secrets.values.set('production/sites/1', secret);
  await publish(site(1, { addressMode: 'hash' }));
  expect([directory.find('site-1'), directory.counts.keyFailures]).toEqual(['not-ready', 1]);
  expect(reports.join()).toContain('keys of site 1: expected');
  expect(reports.join()).not.toMatch(/c2V|c2hv/);
});

test('unreadable keys delay a newer snapshot by at most half a minute and one call', async () => {
  jest.useFakeTimers();
  try {
    const many = Array.from({ length: 200 }, (_, index) => site(index + 1, { addressMode: 'hash' }));
    const slowly = () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), 15_000));
    const directory = new LiveDirectory({
      source: { read: async () => ({ text: formatSiteSnapshot(many), written: 1 }) },
      keys: { read: slowly },
      report: () => undefined,
    });
    let done = false;
    void directory.refresh().then(() => {
      done = true;
    });
    await jest.advanceTimersByTimeAsync(46_000);
    expect([done, directory.notReady]).toEqual([true, 200]);
    expect(directory.counts.keyFailures).toBeLessThan(200);
  } finally {
    jest.useRealTimers();
  }
});

test('sites with a key are found while other keys are loaded', async () => {
  const { directory, source } = setUp();
  const waiting = new LiveDirectory({
    source: { read: async () => ({ text: formatSiteSnapshot([site(1), site(2, { addressMode: 'hash' })]), written: 1 }) },
    keys: { read: () => new Promise(() => undefined) },
    report: () => undefined,
  });
  void waiting.refresh();
  await new Promise(setImmediate);
  expect([waiting.find('site-1'), waiting.find('site-2')]).toEqual([expect.objectContaining({ id: 1 }), 'not-ready']);
  expect([directory.size, source.next]).toEqual([0, 'unchanged']);
});

test('a file is read again only after a change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-sites-'));
  const path = join(folder, 'sites.json');
  const source = new FileSource(path);
  await expect(source.read()).rejects.toThrow('ENOENT');
  writeFileSync(path, 'one');
  utimesSync(path, 1000, 1000);
  expect(await source.read()).toEqual({ text: 'one', written: 1_000_000 });
  expect(await source.read()).toBe('unchanged');
  utimesSync(path, 2000, 2000);
  expect(await source.read()).toEqual({ text: 'one', written: 2_000_000 });
  rmSync(folder, { recursive: true });
});

test('refreshes run one after the other until they are stopped', async () => {
  jest.useFakeTimers();
  let [running, most, count] = [0, 0, 0];
  const refresh = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    running--;
    count++;
  };
  const stop = refreshPeriodically({ refresh }, 15);
  await jest.advanceTimersByTimeAsync(135_000);
  stop();
  await jest.advanceTimersByTimeAsync(100_000);
  jest.useRealTimers();
  expect([most, count]).toEqual([1, 3]);
});
