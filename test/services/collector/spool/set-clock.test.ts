// A clock that is set back or forward: no hit waits for it, and its age is right, also after a restart.
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineBoot } from '../../../../services/collector/clock/boot';
import { Spool } from '../../../../services/collector/spool/spool';
import type { SpoolOptions } from '../../../../services/collector/spool/spool-options';
import { until } from '../until';

let folder = '';
let open: Spool[] = [];

async function spoolWith(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open({
    ...{ folder, limitBytes: 2 ** 30, commitDelayMilliseconds: 0, sealAfterMilliseconds: 50, report: () => undefined },
    ...options,
  });
  open.push(spool);
  return spool;
}

/** Sets the clock of the day by so many milliseconds. */
function setClock(by: number): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + by);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-set-clock-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const spool of open) await spool.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

const jumps = [
  ['back by minutes', -300_000],
  ['back by an hour', -3_600_000],
  ['forward by an hour', 3_600_000],
] as const;

test.each(jumps)('with the clock set %s, an open segment is completed as before, and its age is the time passed', async (_, by) => {
  const spool = await spoolWith();
  await spool.append('before\n', 1);
  setClock(by);
  await spool.append('after\n', 1);
  const segment = await until(() => spool.take(), 'the segment');
  expect(segment.bytes).toBeGreaterThan(0);
  expect(spool.age).toBeGreaterThanOrEqual(50);
  expect(spool.age).toBeLessThan(20_000);
  expect(spool.refusal).toBeUndefined();
});

test.each(jumps)('with the clock set %s before a restart, segments are taken at once, and their age goes on', async (_, by) => {
  const first = await spoolWith();
  await first.append('hit\n', 1);
  await new Promise((resolve) => setTimeout(resolve, 60));
  await first.stop();
  await first.close();
  open = [];
  setClock(by);
  const second = await spoolWith();
  expect(second.age).toBeGreaterThanOrEqual(60);
  expect(second.age).toBeLessThan(20_000);
  expect(second.take()).toBeDefined();
});

test.each([
  ['the next century', 4_000_000_000_000],
  ['1970', 0],
])('a file named in %s neither waits nor has an age above a day', async (_, time) => {
  const first = await spoolWith();
  await first.append('hit\n', 1);
  await first.stop();
  await first.close();
  open = [];
  const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.segment'));
  renameSync(join(folder, name), join(folder, `000000000001-${String(time).padStart(13, '0')}.segment`));
  const second = await spoolWith({ boot: { ...machineBoot(), id: 'ffffffff' } });
  expect(second.age).toBeGreaterThanOrEqual(0);
  expect(second.age).toBeLessThanOrEqual(86_400_000 + 1_000);
  expect(second.take()).toBeDefined();
});
