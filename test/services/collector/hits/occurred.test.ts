// Times of clients in every form that SDKs send, against the instants that they mean.
import fc from 'fast-check';
import { isTimestamp } from '../../../../runtime/hit';
import { readClientTime } from '../../../../services/collector/hits/occurred';
import { now, setUp } from './set-up';

const instant = '2026-03-15T11:59:58.000Z';
const read = (text: string) => readClientTime(text, now);

test.each([
  ...['2026-03-15T11:59:58Z', '2026-03-15T11:59:58.5Z', '2026-03-15T11:59:58.123456Z'].map((text) => [text, text]),
  ...[
    ...[
      '2026-03-15T11:59:58+00:00',
      '2026-03-15T11:59:58-00:00',
      '2026-03-15T12:59:58+0100',
      '2026-03-15T06:29:58-0530',
      '2026-03-15T21:59:58+10',
    ],
    ...['2026-03-15t11:59:58z', '2026-03-15 11:59:58Z', '2026-03-15 11:59:58 +00:00', '2026-03-15_11:59:58Z', '2026-03-15 11:59:58 UTC'],
    ...['20260315T115958Z', '20260315T125958+0100', '2026-03-15T115958Z', '2026-W11-7T11:59:58Z', '2026W117T115958Z', '2026-074T11:59:58Z'],
    ...[
      '2026074T115958Z',
      ' 2026-03-15T11:59:58.000Z ',
      '2026-03-15T11:59:58,000Z',
      '2026-03-15T11:59:58.000000000Z',
      '2026-03-16T00:59:58+13:00',
    ],
    ...['1773575998', '1773575998000', '1773575998000000', '1773575998000000000', '1773575998.000', '1.773575998e9', '1773575998.0'],
  ].map((text) => [text, instant]),
  ['2026-03-15T11:59Z', '2026-03-15T11:59:00.000Z'],
  ['2026-03-15T1159Z', '2026-03-15T11:59:00.000Z'],
  ['2026-03-15T11:30.5Z', '2026-03-15T11:30:30.000Z'],
  ['2026-03-15T11Z', '2026-03-15T11:00:00.000Z'],
  ['2026-03-15T11,5Z', '2026-03-15T11:30:00.000Z'],
  ['2026-03-15T24:00:00+12:30', '2026-03-15T11:30:00.000Z'],
  ['2026-03-15T10:59:60Z', '2026-03-15T11:00:00.000Z'],
  ['2026-03-15T11:59:58.1234567+00:00', '2026-03-15T11:59:58.123456Z', 'occurred:precision'],
  ['2026-03-15T11:59:58.123456789Z', '2026-03-15T11:59:58.123456Z', 'occurred:precision'],
  ['2026-03-15T11:59:58.0000000001Z', instant, 'occurred:precision'],
  ['2026-03-15T11:59:58.120000000Z', '2026-03-15T11:59:58.120Z'],
  ['1773575998.123456', '2026-03-15T11:59:58.123456Z'],
  ['1773575998123.25', '2026-03-15T11:59:58.123250Z'],
  ['1773575998123456', '2026-03-15T11:59:58.123456Z'],
  ['1773575998123456789', '2026-03-15T11:59:58.123456Z', 'occurred:precision'],
  ['2026-03-15T12:59:58+01:00[Europe/Paris]', instant],
  ['2026-03-15T11:59:58Z[UTC]', instant],
  ['2026-03-15T11:59:58', instant, 'occurred:zone'],
  ['2026-03-15T13:59:58 0200', instant, 'occurred:zone'],
  ['2026-03-15T13:59:58 02', instant, 'occurred:zone'],
  ['2026-03-15 11:59:58.5', '2026-03-15T11:59:58.500Z', 'occurred:zone'],
  ['2026-03-15T12:05:00Z', '2026-03-15T12:05:00Z'],
  ['2026-03-08T12:00:00Z', '2026-03-08T12:00:00Z'],
])('%s is %s', (text = '', occurred = '', repair?: string) => {
  expect(read(text)).toEqual(repair === undefined ? { occurred } : { occurred, repair });
  expect(isTimestamp(occurred)).toBe(true);
});

test.each([
  ...[
    '2026-03-15T12:05:01Z',
    '2026-03-08T11:59:59Z',
    '1970-01-01T00:00:00Z',
    '0',
    '-1',
    '20260315',
    '9999999999999',
    '0001-01-01T00:00:00Z',
  ],
  ...['2026-03-15T11:59:58-01:00', '17735759980', '9999-12-31T23:59:59Z', '-1773575998000'],
])('%s is outside the limits of the clock', (text) => expect(read(text)).toEqual({ repair: 'occurred:skew' }));

test.each([
  ...[
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-15T25:00:00Z',
    '2026-03-15T24:00:01Z',
    '2026-03-15T11:60:00Z',
  ],
  ...[
    '2026-03-15T11:59:61Z',
    '2026-366T00:00:00Z',
    '2026-000T00:00:00Z',
    '2026-W54-1T00:00:00Z',
    '2026-W00-1T00:00:00Z',
    '2025-W53-1T00:00:00Z',
  ],
  ...[
    '2026-03-15',
    '11:59:58',
    'yesterday',
    '15/03/2026 12:00',
    'Sun, 15 Mar 2026 12:00:00 GMT',
    '2026-03-15T11:59:58+24:00',
    '2026-03-15T11:59:58+01:60',
  ],
  ...['1e99', '0x69', 'Infinity', '1773575998 ms', '9'.repeat(21), 'x'.repeat(1000)],
])('%s cannot be read', (text) => expect(read(text)).toEqual({ repair: 'occurred:unreadable' }));

test('weeks are those of ISO 8601 in any year', () => {
  const property = fc.property(fc.integer({ min: 0, max: 40_000 }), (days) => {
    const date = new Date(days * 86_400_000);
    // The Thursday of a week is in the year of the week.
    const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
    const week = 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * 86_400_000));
    const text = `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}-${date.getUTCDay() || 7}T00:00:00Z`;
    expect(readClientTime(text, date.getTime())).toEqual({ occurred: date.toISOString() });
  });
  fc.assert(property, { seed: 6, numRuns: 500 });
});

test('any instant is read from all of its forms, and any text is read without an error', () => {
  const milliseconds = fc.integer({ min: 1e12, max: 4e12 });
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(milliseconds, offset, (time, minutes) => {
      const local = new Date(time + minutes * 60_000).toISOString().slice(0, -1);
      const zone = `${minutes < 0 ? '-' : '+'}${new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16)}`;
      const forms = [
        String(time),
        String(time / 1000),
        `${time}000`,
        `${time}000000`,
        local + zone,
        local.replaceAll(/[-:]/g, '') + zone.replace(':', ''),
      ];
      for (const form of forms) expect([form, Date.parse(readClientTime(form, time).occurred ?? '')]).toEqual([form, time]);
    }),
    { seed: 7, numRuns: 300 },
  );
  const text = fc.oneof(fc.string({ unit: fc.constantFrom(...'0123456789-+:.,TtWZz eE') }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(text, (any) => {
      const { occurred } = read(any);
      expect(occurred === undefined || isTimestamp(occurred)).toBe(true);
    }),
    { seed: 8, numRuns: 2000 },
  );
});

test.each([
  ['2026-03-15T12:05:01Z', 'occurred:skew'],
  ['1973-11-29T21:33:09Z', 'occurred:skew'],
  [7, 'occurred:skew'],
  [1773575998123456, undefined],
  ['31/12/1999', 'occurred:unreadable'],
  [`31/12/1999 ${'🂡'.repeat(60)}`, 'occurred:unreadable'],
  ['a\0\ud800', 'occurred:unreadable'],
  [true, 'occurred:unreadable'],
  ['2026-03-15T11:59:58', 'occurred:zone'],
])('the client’s %j is kept beside the time of arrival, if it cannot be used whole', async (occurred, repair) => {
  const { sink, post } = setUp();
  expect(await post({ site: 'acme', kind: 'p', occurred })).toMatchObject({ status: 204 });
  const clientTime = [...String(occurred)]
    .slice(0, 64)
    .join('')
    .replaceAll(/\0|\p{Cs}/gu, '\ufffd');
  if (repair === undefined) expect(sink.hits[0]).not.toHaveProperty('clientTime');
  else expect(sink.hits[0]).toMatchObject({ clientTime, repairs: [repair] });
});
