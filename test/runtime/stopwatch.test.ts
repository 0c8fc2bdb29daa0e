// A duration is the longer one of two clocks: either may stand still or be set.
import { stopwatch } from '../../runtime/stopwatch';

afterEach(() => jest.restoreAllMocks());

test.each([
  ['both clocks pass', 5_000, 5_000, 5_000],
  ['the clock of the day is set back', 5_000, -3_600_000, 5_000],
  ['the function was frozen, and the monotonic clock with it', 10, 600_000, 600_000],
])('%s', (_, monotonic, wall, expected) => {
  const [begun, day] = [performance.now(), Date.now()];
  jest.spyOn(performance, 'now').mockReturnValue(begun);
  jest.spyOn(Date, 'now').mockReturnValue(day);
  const elapsed = stopwatch();
  jest.spyOn(performance, 'now').mockReturnValue(begun + monotonic);
  jest.spyOn(Date, 'now').mockReturnValue(day + wall);
  expect(elapsed()).toBeCloseTo(expected, 3);
});
