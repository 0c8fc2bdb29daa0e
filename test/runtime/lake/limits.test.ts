// A read ends before the request that exceeds its bytes or its time.
import { LakeLimitError, ReadLimits } from '../../../runtime/lake/limits';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { Bytes, readAll, row } from './rows';

const deadline = new Date('2026-11-30T10:00:00Z');
let body: Buffer;
beforeAll(async () => {
  await provideZstd();
  body = (
    await encodeFile(Array.from({ length: 42_000 }, (_, number) => row(number, { url: `https://${(number * 7919) % 42_000}.example` })))
  ).body;
});

test('a read of exactly the limit is made, and one of a byte less is not', async () => {
  const whole = new Bytes(body);
  await readAll(whole, {}, new ReadLimits(2 ** 30, deadline, () => 0));
  const exactly = new ReadLimits(whole.bytesRead, deadline, () => 0);
  expect(await readAll(new Bytes(body), {}, exactly)).toHaveLength(42_000);
  expect(exactly.bytesRead).toBe(whole.bytesRead);
  const short = new Bytes(body);
  const read = readAll(short, {}, new ReadLimits(whole.bytesRead - 1, deadline, () => 0));
  await expect(read).rejects.toThrow(LakeLimitError);
  const made = whole.ranges.length - 1;
  await expect(read).rejects.toThrow(
    new RegExp(
      `^lake: expected a read of at most \\d+ bytes, got \\d+ bytes in ${made} requests and one for \\d+ more; choose fewer days or raise the limit$`,
    ),
  );
  expect(short.ranges).toEqual(whole.ranges.slice(0, -1));
});

test('one object of limits counts over several files', async () => {
  const limits = new ReadLimits(1.5 * body.length, deadline, () => 0);
  await readAll(new Bytes(body), { visitor: 'v1' }, limits);
  const before = limits.bytesRead;
  await expect(readAll(new Bytes(body), {}, limits)).rejects.toThrow(`got `);
  expect(limits.bytesRead).toBeGreaterThan(before);
});

test('no request is made from the deadline on', async () => {
  let now = deadline.getTime() - 3;
  const source = new Bytes(body);
  const read = readAll(source, {}, new ReadLimits(2 ** 30, deadline, () => now++));
  await expect(read).rejects.toThrow(
    /^lake: expected a read that ends by 2026-11-30T10:00:00.000Z, got \d+ bytes in 2 requests until then; choose fewer days or allow more time$/,
  );
  expect(source.ranges).toHaveLength(2);
});

test('the time of day is the default clock', () => {
  expect(() => new ReadLimits(1, new Date(Date.now() - 1)).checkTime()).toThrow(LakeLimitError);
  expect(() => new ReadLimits(1, new Date(Date.now() + 60_000)).checkTime()).not.toThrow();
});
