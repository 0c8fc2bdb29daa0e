// Power losses at any call to the disk: every answered append is present afterwards, or was delivered before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readSegment } from '../../../../services/collector/spool/frame';
import { Spool } from '../../../../services/collector/spool/spool';
import { randomFrom } from '../../../../tools/measure/collector-stand/random';
import { repetitionTimeLimit } from '../../../time-limits';
import { SimulatedDisk } from './simulated-disk';

jest.setTimeout(repetitionTimeLimit);

// For the lock alone; the segments are on the simulated disk.
const folder = mkdtempSync(join(tmpdir(), 'rempart-power-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open = (files: SimulatedDisk) =>
  Spool.open({
    ...{ folder, limitBytes: 2 ** 30, commitDelayMilliseconds: 0, segmentBytes: 200, sealAfterMilliseconds: 0 },
    ...{ files, report: () => undefined },
  });

/** Takes all that waits, notes its lines as delivered, and removes it. */
async function deliver(spool: Spool, delivered: Set<string>): Promise<void> {
  for (let segment = spool.take(); segment; segment = spool.take()) {
    const { lines, damagedBytes } = readSegment(await spool.segments.read(segment));
    for (const line of lines.map(String).join('').split('\n').filter(Boolean)) delivered.add(line);
    await (damagedBytes > 0 ? spool.segments.setAside(segment) : spool.segments.remove(segment));
  }
}

/** One life of a collector on a disk: appends in bursts, deliveries in between. */
async function live(
  disk: SimulatedDisk,
  bursts: readonly number[],
  answered: Set<string>,
  delivered: Set<string>,
  life: number,
): Promise<void> {
  const spool = await open(disk).catch(() => undefined);
  if (!spool) return;
  for (const [burst, size] of bursts.entries()) {
    const appends = Array.from({ length: size }, async (_, index) => {
      const line = `{"n":"${life}-${burst}-${index}"}`;
      await spool.append(`${line}\n`, 1).then(
        () => answered.add(line),
        () => undefined,
      );
    });
    await Promise.all(appends);
    if (burst % 3 === 2) await deliver(spool, delivered).catch(() => undefined);
    if (!disk.hasPower) break;
  }
  await spool.close();
}

test('no answered hit is lost by any number of power losses at any time', async () => {
  let lives = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          lastCall: fc.integer({ min: 1, max: 60 }),
          bursts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
        }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      fc.integer(),
      async (plans, seed) => {
        const random = randomFrom(seed);
        const [answered, delivered] = [new Set<string>(), new Set<string>()];
        let disk = new SimulatedDisk();
        for (const [life, { lastCall, bursts }] of plans.entries()) {
          disk.lastCall = lastCall;
          await live(disk, bursts, answered, delivered, life);
          disk = disk.afterPowerLoss(random);
          lives++;
        }
        const last = await open(disk);
        await deliver(last, delivered);
        await last.close();
        expect([...answered].filter((line) => !delivered.has(line))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  expect(lives).toBeGreaterThan(300);
});
