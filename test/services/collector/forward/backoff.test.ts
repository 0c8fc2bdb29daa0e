// Delays between attempts: full jitter under a bound that doubles.
import { backoffMilliseconds } from '../../../../services/collector/forward/backoff';
import { Pace } from '../../../../services/collector/forward/pace';

test('the bound doubles from 100 ms to 10 s', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((attempt) => backoffMilliseconds(attempt, () => 1));
  expect(bounds).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});

test('anything below the bound may be waited, nothing too', () => {
  expect([0, 0.25, 0.5].map((random) => backoffMilliseconds(3, () => random))).toEqual([0, 100, 200]);
});

test('throttling halves the calls at once, down to one; calm brings them back one by one', () => {
  const pace = new Pace(4);
  const seen = [pace.concurrency];
  for (let time = 0; time < 3; time++) {
    pace.throttled();
    seen.push(pace.concurrency);
  }
  for (let call = 0; call < 60; call++) pace.succeeded();
  expect([...seen, pace.concurrency]).toEqual([4, 2, 1, 1, 4]);
  for (let call = 0; call < 100; call++) pace.succeeded();
  expect(pace.concurrency).toBe(4);
});

test('a throttled call begins the calm anew', () => {
  const pace = new Pace(4);
  pace.throttled();
  for (let call = 0; call < 19; call++) pace.succeeded();
  pace.throttled();
  pace.succeeded();
  expect(pace.concurrency).toBe(1);
});
