// Ages of segments across restarts: exact within a boot, bounded across boots.
import { machineBoot } from '../../../../services/collector/clock/boot';
import { readSegmentName, segmentName } from '../../../../services/collector/spool/segment-name';

const noon = Date.UTC(2026, 10, 28, 12);
const day = 86_400_000;
const boot = { id: '0a1b2c3d', now: () => 5_000_000, wall: () => noon };
const later = (passed: number, set: number, id: string | undefined = boot.id) => ({
  id,
  now: () => 5_000_000 + passed,
  wall: () => noon + passed + set,
});
const ageOf = (name: string, at: ReturnType<typeof later>) => at.now() - (readSegmentName(name, at)?.since ?? Number.NaN);

test.each([0, -300_000, -3_600_000, 3_600_000, -40 * 365 * day])(
  'in the same boot an age is exact, with the clock set by %i ms meanwhile',
  (set) => {
    expect(ageOf(segmentName(7, boot), later(42_000, set))).toBe(42_000);
  },
);

test.each([
  ['the time passed', 42_000, 0, 42_000],
  ['0 for a name from the future', 42_000, -3_600_000, 0],
  ['a day at most', 42_000, 40 * 365 * day, day],
])('in another boot an age is %s', (_, passed, set, age) => {
  expect(ageOf(segmentName(7, boot), later(passed, set, 'ffffffff'))).toBe(age);
  // And without any boot, as in names of earlier versions.
  expect(ageOf(segmentName(7, { ...boot, id: undefined }), later(passed, set))).toBe(age);
});

test('a moment after the present one is no moment of this boot', () => {
  expect(ageOf(segmentName(7, later(day, 0)), later(0, 0))).toBe(0);
});

test('a name has the number and both times; other files have none', () => {
  expect(segmentName(7, boot)).toBe(`000000000007-${noon}-0a1b2c3d-5000000.segment`);
  expect(segmentName(7, { ...boot, id: undefined })).toBe(`000000000007-${noon}.segment`);
  expect(readSegmentName('000000000007-1.segment', boot)).toBeUndefined();
  expect(readSegmentName(`000000000007-${noon}-0a1b2c3d.segment`, boot)).toBeUndefined();
});

test('the boot of a machine is the same for every process, and undefined where the system has none', () => {
  const { id, now } = machineBoot();
  if (process.platform === 'linux') expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect(machineBoot().id).toBe(id);
  expect(machineBoot('/nowhere').id).toBeUndefined();
  expect(Math.abs(now() - machineBoot().now())).toBeLessThan(1_000);
});
