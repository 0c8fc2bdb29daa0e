// The spool: hits are durable before they resolve, refused otherwise, and delivered by the next process.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSegment } from '../../../../services/collector/spool/frame';
import { SpoolRefusal } from '../../../../services/collector/spool/hit-sink';
import { Spool } from '../../../../services/collector/spool/spool';
import type { SpoolOptions } from '../../../../services/collector/spool/spool-options';
import { until } from '../until';
import { FaultyFiles } from './faulty-files';

let folder = '';
let files = new FaultyFiles();
const events: string[] = [];
const open: Spool[] = [];

async function spoolWith(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const report = (event: string) => void events.push(event);
  const spool = await Spool.open({ ...{ folder, limitBytes: 2 ** 30, commitDelayMilliseconds: 1, files, report }, ...options });
  open.push(spool);
  return spool;
}

/** The lines of everything that waits for the stream. */
async function waiting(spool: Spool): Promise<string> {
  await spool.stop();
  let all = '';
  for (let segment = spool.take(); segment; segment = spool.take()) {
    all += readSegment(await spool.segments.read(segment))
      .lines.map(String)
      .join('');
  }
  return all;
}

const segmentFiles = () => readdirSync(folder).filter((name) => name.endsWith('.segment'));
const refused = (reason: string) => expect.objectContaining({ reason });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-spool-'));
  files = new FaultyFiles();
  events.length = 0;
});

afterEach(async () => {
  for (const spool of open.splice(0)) await spool.close();
  rmSync(folder, { recursive: true, force: true });
});

test('concurrent appends are one write and one fdatasync, and are durable before they resolve', async () => {
  const spool = await spoolWith();
  const before = files.count('sync');
  const promises = Array.from({ length: 100 }, (_, index) => spool.append(`{"n":${index}}\n`, 1));
  expect(new Set(promises).size).toBe(1);
  await Promise.all(promises);
  expect([files.count('write'), files.count('sync') - before]).toEqual([1, 1]);
  const [name = ''] = segmentFiles();
  expect(readSegment(readFileSync(join(folder, name)))).toMatchObject({ hits: 100, tornBytes: 0, damagedBytes: 0 });
  // The name of the file, too: the folder is made durable after the data and before the answer.
  const order = files.calls.map(({ call }) => call);
  expect(order.lastIndexOf('syncFolder')).toBeGreaterThan(order.indexOf('sync'));
});

test('bytes and text give the same lines, and long appends get their own buffer', async () => {
  const spool = await spoolWith();
  const long = `{"long":"${'ü'.repeat(700_000)}"}\n`;
  await Promise.all([spool.append('{"a":"ü€"}\n', 1), spool.append(Buffer.from('{"b":1}\n'), 1), spool.append(long, 1)]);
  expect(await waiting(spool)).toBe(`{"a":"ü€"}\n{"b":1}\n${long}`);
});

test('an incomplete line is a defect of the caller', async () => {
  const spool = await spoolWith();
  for (const lines of ['', '{"a":1}', Buffer.from('{}')]) await expect(spool.append(lines, 1)).rejects.toThrow(RangeError);
});

test('segments are completed by size, and by age if no other segment waits', async () => {
  const spool = await spoolWith({ segmentBytes: 100, sealAfterMilliseconds: 0 });
  await spool.append(`${'x'.repeat(200)}\n`, 1);
  await spool.append('young\n', 1);
  expect(segmentFiles()).toHaveLength(2);
  const old = spool.take();
  expect(readSegment(await spool.segments.read(old ?? fail())).lines.map(String)).toEqual([`${'x'.repeat(200)}\n`]);
  await until(() => spool.take(), 'the young segment');
});

test('a young segment stays open, and its age is reported', async () => {
  const spool = await spoolWith({ sealAfterMilliseconds: 60_000 });
  await spool.append('one\n', 1);
  expect([spool.take(), spool.isEmpty, spool.age >= 0 && spool.age < 10_000]).toEqual([undefined, false, true]);
});

test('the next process delivers the present segments in order and never writes to them', async () => {
  const first = await spoolWith();
  await first.append('one\n', 1);
  await first.stop();
  await first.close();
  const second = await spoolWith();
  expect(events).toContain('recovered');
  await second.append('two\n', 1);
  // Numbers go on, whatever the clock says, or a name would come twice.
  expect(segmentFiles().map((name) => Number(name.split('-')[0]))).toEqual([1, 2]);
  expect(await waiting(second)).toBe('one\ntwo\n');
});

test('a removed segment and its bytes no longer count', async () => {
  const spool = await spoolWith();
  await spool.append('one\n', 1);
  await spool.stop();
  const segment = spool.take() ?? fail();
  await spool.segments.remove(segment);
  expect([segmentFiles(), spool.bytes, spool.isEmpty]).toEqual([[], 0, true]);
});

test('a segment whose removal fails counts until it is removed, and is not delivered again', async () => {
  const spool = await spoolWith({ segmentBytes: 1 });
  await spool.append('one\n', 1);
  await spool.append('two\n', 1);
  files.failing.set('removeIfThere', 'EROFS');
  await spool.segments.remove(spool.take() ?? fail());
  expect([spool.bytes > 0, segmentFiles().length, events]).toEqual([true, 2, ['segment-not-removed']]);
  files.failing.clear();
  await spool.segments.remove(spool.take() ?? fail());
  expect([spool.bytes, segmentFiles(), spool.take()]).toEqual([0, [], undefined]);
});

test('a second process on one folder is refused, under any path', async () => {
  await spoolWith();
  await expect(spoolWith({ folder: join(folder, '..', folder.slice(folder.lastIndexOf('/') + 1), '.') })).rejects.toThrow(
    /^SPOOL_FOLDER: expected a folder without another collector/,
  );
});

describe('refuses', () => {
  test('hits above its limit, until there is room again', async () => {
    const spool = await spoolWith({ limitBytes: 1000, segmentBytes: 1 });
    await spool.append(`${'x'.repeat(600)}\n`, 1);
    await expect(spool.append(`${'x'.repeat(600)}\n`, 1)).rejects.toEqual(refused('full'));
    await spool.segments.remove(spool.take() ?? fail());
    await spool.append(`${'x'.repeat(600)}\n`, 1);
  });

  test('all hits after the first refusal: a server that refuses hits must not seem healthy because a shorter one would fit', async () => {
    const spool = await spoolWith({ limitBytes: 1000, segmentBytes: 1 });
    for (let time = 0; time < 8; time++) await spool.append(`${'x'.repeat(80)}\n`, 1);
    expect(spool.refusal).toBeUndefined();
    await expect(spool.append(`${'x'.repeat(300)}\n`, 1)).rejects.toEqual(refused('full'));
    expect(spool.refusal).toBe('full');
    await expect(spool.append('short\n', 1)).rejects.toEqual(refused('full'));
    for (let time = 0; time < 3; time++) await spool.segments.remove(spool.take() ?? fail());
    expect(spool.refusal).toBeUndefined();
    await spool.append(`${'x'.repeat(300)}\n`, 1);
  });

  test('hits while it stops', async () => {
    const spool = await spoolWith();
    await spool.stop();
    await expect(spool.append('one\n', 1)).rejects.toBeInstanceOf(SpoolRefusal);
    expect(spool.refusal).toBe('stopping');
  });

  test('hits while the array is unusable, and accepts them again when it is whole', async () => {
    const array = join(folder, 'md');
    mkdirSync(array);
    const set = (state: string, degraded: string) => {
      for (const [file, text] of Object.entries({ array_state: state, degraded, raid_disks: '2' }))
        writeFileSync(join(array, file), `${text}\n`);
    };
    set('broken', '2');
    const spool = await spoolWith({ arrayFolder: array });
    await expect(spool.append('one\n', 1)).rejects.toEqual(refused('array'));
    set('active', '1');
    await until(() => spool.array === 'degraded', 'the degraded array');
    await spool.append('one\n', 1);
  });
});

// fsyncgate: what an fsync said once is never trusted to be made good by the next.
describe.each([
  ['a write that fails', 'write', 0],
  ['a write that fails half-way', 'write', 20],
  ['an fdatasync that fails', 'sync', 0],
  ['a folder that cannot be made durable', 'syncFolder', 0],
  ['a file that cannot be made', 'create', 0],
] as const)('%s', (_, call, writtenBefore) => {
  test('refuses the group, keeps answered hits, and continues in a new file after the recovery', async () => {
    const spool = await spoolWith();
    if (call === 'write' || call === 'sync') await spool.append('answered\n', 1);
    files.writtenBefore = writtenBefore;
    files.failing.set(call, 'EIO');
    const bad = spool.append('refused\n', 1);
    await expect(bad).rejects.toEqual(refused('disk'));
    await expect(spool.append('refused too\n', 1)).rejects.toEqual(refused('disk'));
    expect(spool.refusal).toBe('disk');
    files.failing.clear();
    await until(() => spool.refusal === undefined, 'the disk to be well');
    await spool.append('after\n', 1);
    expect(events).toEqual(['disk-failed', 'disk-well']);
    const first = call === 'write' || call === 'sync' ? 'answered\n' : '';
    expect(await waiting(spool)).toBe(`${first}after\n`);
    // Nor will a later process find what was refused.
    expect(
      segmentFiles()
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join(''),
    ).not.toContain('refused');
  });
});

test('a hanging write refuses further hits until it ends', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  try {
    const spool = await spoolWith({ commitDelayMilliseconds: 0 });
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    files.holding = held;
    const slow = spool.append('slow\n', 1);
    await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(12_000);
    await expect(spool.append('more\n', 1)).rejects.toEqual(refused('disk'));
    files.holding = undefined;
    go();
    await slow;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(spool.refusal).toBeUndefined();
  } finally {
    jest.useRealTimers();
  }
});

test('data that cannot be removed from the disk is not delivered by this process', async () => {
  const spool = await spoolWith();
  await spool.append('answered\n', 1);
  for (const call of ['sync', 'truncate'] as const) files.failing.set(call, 'EIO');
  await expect(spool.append('refused\n', 1)).rejects.toEqual(refused('disk'));
  expect(await waiting(spool)).toBe('answered\n');
});

test('without DURABLE no append waits for fsync', async () => {
  const spool = await spoolWith({ durable: false });
  await spool.append('one\n', 1);
  expect(files.count('sync')).toBe(0);
});

test('a rejected record of an earlier process is made durable again: that process may have ended before', async () => {
  const spool = await spoolWith();
  await spool.segments.keepRefused(Buffer.from('{"bad":1}\n'), 'too long');
  const before = files.count('syncFolder');
  await spool.segments.keepRefused(Buffer.from('{"bad":1}\n'), 'too long');
  expect(files.count('syncFolder')).toBe(before + 1);
});

test('a rejected record is stored once, with its reason, and counts', async () => {
  const spool = await spoolWith();
  for (let time = 0; time < 2; time++) await spool.segments.keepRefused(Buffer.from('{"bad":1}\n'), 'too long');
  const kept = readdirSync(join(folder, 'refused')).sort();
  expect(kept.map((name) => readFileSync(join(folder, 'refused', name), 'utf8'))).toEqual(['{"bad":1}\n', 'too long\n']);
  expect(spool.bytes).toBe(19);
  await spool.close();
  expect((await spoolWith()).bytes).toBe(19);
});

function fail(): never {
  throw new Error('expected a segment');
}
