// Delivery: retries record by record, slows down when throttled, and sets permanently rejected records aside.
import { Delivery } from '../../../../services/collector/forward/delivery';
import { Pace } from '../../../../services/collector/forward/pace';
import { CallFailure, type RecordOutcome, type Stream } from '../../../../services/collector/forward/stream';

type Reply =
  | readonly RecordOutcome[]
  | CallFailure['kind']
  | ((records: readonly string[]) => readonly RecordOutcome[] | CallFailure['kind']);

/** A mock of the stream that gives one reply after the other, and then takes everything. */
function setUp(...replies: Reply[]) {
  const calls: string[][] = [];
  const waits: number[] = [];
  const kept: [string, string][] = [];
  const events: string[] = [];
  const stream: Stream = {
    put: async (records) => {
      const texts = records.map((record) => Buffer.from(record).toString());
      calls.push(texts);
      const next = replies.shift();
      // A function replies again and again.
      if (typeof next === 'function') replies.unshift(next);
      const reply = typeof next === 'function' ? next(texts) : next;
      if (typeof reply === 'string') throw new CallFailure(reply, new Error('injected'));
      return reply ?? texts.map(() => 'taken');
    },
    close: () => undefined,
  };
  const pace = new Pace(4);
  const keeper = { keep: async (text: string, reason: string) => void kept.push([text, reason]) };
  const delivery = new Delivery({
    stream,
    pace,
    report: (event) => void events.push(event),
    keepRefused: (record, reason) => keeper.keep(Buffer.from(record).toString(), reason),
    random: () => 1,
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      signal.throwIfAborted();
    },
  });
  return { calls, waits, kept, keeper, events, pace, delivery };
}

const records = (...texts: string[]) => texts.map((text) => Buffer.from(text));
const never = new AbortController().signal;

test('an accepted call is sent once', async () => {
  const { delivery, calls, waits } = setUp();
  await delivery.deliver(records('a', 'b'), never);
  expect([calls, waits]).toEqual([[['a', 'b']], []]);
  expect(delivery.counts).toEqual({ calls: 1, records: 2, bytes: 2, retries: 0, throttled: 0, refused: 0 });
});

test('of a partly accepted batch only the rest is sent again', async () => {
  const { delivery, calls, pace, events } = setUp(['taken', 'failed', 'throttled', 'taken'], ['failed', 'taken']);
  await delivery.deliver(records('a', 'b', 'c', 'd'), never);
  expect(calls).toEqual([['a', 'b', 'c', 'd'], ['b', 'c'], ['b']]);
  expect(delivery.counts).toMatchObject({ records: 4, retries: 3, throttled: 1 });
  expect([pace.concurrency, events]).toEqual([2, []]);
});

test.each(['failed', 'throttled'] as const)('a call that is %s as a whole is repeated, waiting longer and longer', async (kind) => {
  const { delivery, calls, waits, events } = setUp(kind, kind, kind);
  await delivery.deliver(records('a'), never);
  expect([calls.length, waits]).toEqual([4, [100, 200, 400]]);
  expect(events).toEqual(['stream-trouble', 'stream-well']);
  expect(delivery.counts.throttled).toBe(kind === 'throttled' ? 3 : 0);
});

test('a record that is rejected permanently is found and kept with the reason, and the others are sent', async () => {
  const bad = (texts: readonly string[]) => (texts.includes('bad') ? ('refused' as const) : texts.map(() => 'taken' as const));
  const { delivery, kept, events, waits } = setUp(bad);
  await delivery.deliver(records('first'), never);
  await delivery.deliver(records('a', 'b', 'bad', 'c', 'd'), never);
  expect(kept).toEqual([['bad', 'refused: Error: injected']]);
  expect(delivery.counts).toMatchObject({ records: 5, refused: 1, retries: 0 });
  expect([events, waits]).toEqual([['record-refused'], []]);
});

test('a stream that never accepted a record rejects none permanently: its settings may be wrong', async () => {
  const { delivery, kept, calls } = setUp('refused', 'refused', ['taken']);
  await delivery.deliver(records('a'), never);
  expect([kept, calls.length]).toEqual([[], 3]);
});

test('it ends when it is stopped', async () => {
  const stop = new AbortController();
  const { delivery } = setUp(() => {
    stop.abort();
    return 'failed';
  });
  await expect(delivery.deliver(records('a'), stop.signal)).rejects.toThrow(/aborted/);
});

test('a record that cannot be kept aside is not given up', async () => {
  const { delivery, keeper } = setUp(['taken'], 'refused');
  await delivery.deliver(records('first'), never);
  const full = new Error('disk full');
  keeper.keep = () => Promise.reject(full);
  await expect(delivery.deliver(records('bad'), never)).rejects.toBe(full);
});
