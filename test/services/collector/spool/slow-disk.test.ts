// A spool on a disk that is slower than the hits, or hangs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as arrayState from '../../../../services/collector/spool/array';
import { Spool } from '../../../../services/collector/spool/spool';
import type { SpoolOptions } from '../../../../services/collector/spool/spool-options';
import { FaultyFiles } from './faulty-files';

const mockArray = { hangs: false, looks: 0 };
jest.mock('../../../../services/collector/spool/array', () => {
  const { readArrayState } = jest.requireActual<typeof arrayState>('../../../../services/collector/spool/array');
  return {
    readArrayState: (path: string) => {
      if (!mockArray.hangs) return readArrayState(path);
      mockArray.looks++;
      return new Promise<never>(() => undefined);
    },
  };
});

let folder = '';
let files = new FaultyFiles();
let open: Spool | undefined;

async function spoolWith(options: Partial<SpoolOptions>): Promise<Spool> {
  open = await Spool.open({ folder, limitBytes: 2 ** 30, commitDelayMilliseconds: 1, files, report: () => undefined, ...options });
  return open;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-spool-'));
  files = new FaultyFiles();
});

afterEach(async () => {
  await open?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a disk slower than the hits makes longer groups, not a longer queue', async () => {
  const spool = await spoolWith({ commitDelayMilliseconds: 1 });
  files.slow = 25;
  // In writes of the disk, which do not depend on the speed of the machine.
  const waits: number[] = [];
  const appends: Promise<void>[] = [];
  const written = () => files.count('sync');
  while (appends.length < 400) {
    const before = written();
    appends.push(spool.append('one\n', 1).then(() => void waits.push(written() - before)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(appends);
  // Each waits for the write under way, and for its own; a queue would take a write for each.
  expect(waits).toHaveLength(400);
  expect(Math.max(...waits)).toBeLessThanOrEqual(2);
});

test('a hanging disk is detected, even if the state of the array cannot be read', async () => {
  const array = join(folder, 'md');
  mkdirSync(array);
  for (const [file, text] of Object.entries({ array_state: 'clean', degraded: '0', raid_disks: '2' }))
    writeFileSync(join(array, file), text);
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  let go: () => void = () => undefined;
  try {
    const spool = await spoolWith({ commitDelayMilliseconds: 0, arrayFolder: array });
    files.holding = new Promise<void>((resolve) => {
      go = resolve;
    });
    // Calls to a disk that hangs take all threads that read files: nothing that is read ends any more.
    mockArray.hangs = true;
    const slow = spool.append('slow\n', 1);
    await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(15_000);
    // Nor are there more and more reads that wait.
    expect([spool.refusal, mockArray.looks]).toEqual(['disk', 1]);
    go();
    await slow;
  } finally {
    mockArray.hangs = false;
    jest.useRealTimers();
  }
});
