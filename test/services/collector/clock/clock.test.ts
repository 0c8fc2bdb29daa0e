// The clock of the server against the Date of AWS: measured, corrected, and reported once.
import { Clock } from '../../../../services/collector/clock/clock';

/** A time at the beginning of a second. */
const noon = Date.UTC(2026, 10, 28, 12);
const hour = 3_600_000;

/** A machine whose clock of the day is set by the test, and passes like the other. */
function setUp() {
  const machine = { ahead: 0, passed: 0 };
  const events: [string, object?][] = [];
  const clocks = { wall: () => noon + machine.passed + machine.ahead, monotonic: () => 500 + machine.passed };
  const clock = new Clock((event, details) => void events.push(details ? [event, details] : [event]), clocks);
  /** A response after so many milliseconds, with the true time at its end. */
  const answer = (after = 20) => {
    const asked = clock.moment();
    machine.passed += after;
    clock.observe(new Date(noon + machine.passed).toUTCString(), asked);
  };
  return { machine, clock, events, answer };
}

test('before the first response there is no difference, and the time is that of the machine', () => {
  const { machine, clock } = setUp();
  machine.ahead = hour;
  expect([clock.offset, clock.isWrong, clock.now()]).toEqual([0, false, noon + hour]);
});

test.each([0, 400, -900, 999])('a clock that is %i ms from the time is right: a Date has whole seconds', (ahead) => {
  const { machine, clock, answer, events } = setUp();
  machine.ahead = ahead;
  answer();
  expect(Math.abs(clock.offset)).toBeLessThanOrEqual(1_000);
  expect([clock.isWrong, clock.now(), events]).toEqual([false, noon + machine.passed + ahead, []]);
});

test.each([
  ['back by minutes', -5 * 60_000],
  ['back by an hour', -hour],
  ['forward by an hour', hour],
  ['forward by a minute and two seconds', 62_000],
])('a clock that is set %s is wrong at once, and the time stays right', (_, ahead) => {
  const { machine, clock, answer, events } = setUp();
  answer();
  machine.ahead = ahead;
  machine.passed += 7_000;
  expect(clock.isWrong).toBe(true);
  expect(Math.abs(clock.offset - ahead)).toBeLessThanOrEqual(1_000);
  expect(Math.abs(clock.now() - (noon + machine.passed))).toBeLessThanOrEqual(1_000);
  for (let times = 0; times < 3; times++) answer();
  const [name, details] = events[0] ?? [];
  expect([events.length, name]).toEqual([1, 'clock-wrong']);
  expect(Math.abs((details as { secondsAhead: number }).secondsAhead - ahead / 1000)).toBeLessThanOrEqual(1);
  machine.ahead = 0;
  answer();
  expect(events.slice(1)).toEqual([['clock-right']]);
  expect(clock.now()).toBe(noon + machine.passed);
});

test('a slow response does not make the clock wrong', () => {
  const { clock, machine } = setUp();
  const asked = clock.moment();
  machine.passed += 90_000;
  clock.observe(new Date(noon + 1_000).toUTCString(), asked);
  expect(clock.isWrong).toBe(false);
});

test.each([undefined, '', 'yesterday'])('a Date of %j is no observation', (date) => {
  const { clock, machine } = setUp();
  machine.ahead = hour;
  clock.observe(date, clock.moment());
  expect(clock.isWrong).toBe(false);
});
