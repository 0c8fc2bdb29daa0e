// Batches of the stream on a real server: stored, reported for redelivery or set aside. No record is lost.
import { createHash, randomUUID } from 'node:crypto';
import { isReplay, processEvent, replayDeadLetter, type Tools } from '../../../../lambda/ingest/ingest/process';
import { acceptedDays } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { MockObjects } from '../../../runtime/mock-objects';
import { databaseTimeLimit } from '../../../time-limits';
import { deadLetter, kinesisEvent, numbersOf } from './kinesis';

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
let letters: MockObjects;
let number = 0;

beforeAll(async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());
beforeEach(async () => {
  jest.spyOn(console, 'info').mockImplementation(() => undefined);
  number++;
  site = await db.createSite(`one-${number}`);
  other = await db.createSite(`two-${number}`);
  letters = new MockObjects();
});

const tools = (more: Partial<Tools> = {}): Tools => ({
  database: db.application,
  deadLetters: letters,
  remaining: () => 300_000,
  now: () => new Date(),
  ...more,
});
const hit = (of: number, more: object = {}) =>
  `${JSON.stringify({ site: of, id: randomUUID(), received: new Date().toISOString(), kind: 'page', ...more })}\n`;
const hits = async (of: SiteId) =>
  Number((await db.superuser.query('select count(*) as n from rempart.hits where site_id = $1', [of])).rows[0].n);
const counted = () => jest.mocked(console.info).mock.calls.at(-1)?.[0];
const done = { batchItemFailures: [] };
const again = (sequenceNumber: string | undefined) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] });

test('each line of each record is stored, under its site', async () => {
  const event = kinesisEvent(hit(site) + hit(other) + hit(site), hit(other), '\n', '');
  expect(await processEvent(event, tools())).toEqual(done);
  expect([await hits(site), await hits(other)]).toEqual([2, 2]);
  expect(counted()).toEqual({ records: 4, stored: 4, duplicates: 0, rejected: 0, stray: 0, setAside: 0 });
});

test('the same event again changes nothing', async () => {
  const event = kinesisEvent(hit(site) + hit(site), hit(site));
  await processEvent(event, tools());
  expect(await processEvent(event, tools())).toEqual(done);
  expect(counted()).toMatchObject({ stored: 0, duplicates: 3 });
  expect(await hits(site)).toBe(3);
});

test('what is no hit, of any kind, keeps nothing else waiting and is kept with its reason', async () => {
  const broken = [Buffer.from([0xff, 0xfe, 10]), Buffer.from('{"site":\n'), Buffer.from(hit(site, { url: 'x'.repeat(200_000) }))];
  const event = kinesisEvent(hit(site), ...broken, hit(2_147_483_000), hit(site));
  expect(await processEvent(event, tools())).toEqual(done);
  expect(await hits(site)).toBe(2);
  expect(counted()).toMatchObject({ stored: 2, rejected: 1, stray: 3, setAside: 0 });
});

test('where the database is away, the first record is to be delivered again, and then all is stored once', async () => {
  const event = kinesisEvent(hit(site), hit(site));
  const away = db.open('rempart_application', { port: 1 });
  expect(await processEvent(event, tools({ database: away }))).toEqual(again(numbersOf(event)[0]));
  expect(letters.objects.size).toBe(0);
  expect(await processEvent(event, tools())).toEqual(done);
  expect(await hits(site)).toBe(2);
});

test('a failure in the middle: what is before it is stored, it and what follows is delivered again', async () => {
  const inFiveMonths = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 5, 15));
  const late = { received: inFiveMonths.toISOString() };
  // No partition for that day yet: upkeep is late, and the record is good.
  const event = kinesisEvent(hit(site, late), hit(site, late));
  const early = kinesisEvent(hit(site), hit(other));
  const both = { Records: [...early.Records, ...event.Records, ...kinesisEvent(hit(site)).Records] };
  const then = { now: () => inFiveMonths };
  // In five months, hits of today are too old; so the clock is that of the late ones, and today's are rejects.
  expect(await processEvent(both, tools(then))).toEqual(again(numbersOf(event)[0]));
  expect(await hits(site)).toBe(0);
  expect(counted()).toMatchObject({ records: 5, stored: 0, rejected: 2 });
  await db.maintenance.upkeep('createHitDay', inFiveMonths.toISOString().slice(0, 10));
  expect(await processEvent(both, tools(then))).toEqual(done);
  expect(await hits(site)).toBe(2);
  expect(letters.objects.size).toBe(0);
});

describe('a line that the server cannot take, by a limit of its own', () => {
  beforeAll(() => db.superuser.query('create index limited on rempart.hits (site_id, url)'));
  afterAll(() => db.superuser.query('drop index rempart.limited'));
  // Over the 2704 bytes of an index entry, and not to be compressed: SQLSTATE 54000.
  let shake = 0;
  const noise = () => {
    const bytes = createHash('shake256', { outputLength: 4000 }).update(String(shake++)).digest();
    return Array.from({ length: 2000 }, (_, index) => String.fromCodePoint(0x4e00 + (bytes.readUInt16LE(index * 2) % 20_000))).join('');
  };

  test('is set aside alone, and the rest of its record and batch is stored', async () => {
    const culprit = hit(site, { url: noise() });
    const event = kinesisEvent(hit(site), hit(site) + culprit + hit(other), hit(other));
    expect(await processEvent(event, tools())).toEqual(done);
    expect([await hits(site), await hits(other)]).toEqual([2, 2]);
    const [[key, letter] = []] = [...letters.objects];
    expect(key).toMatch(/^set-aside\/\d{4}-\d\d-\d\d\//);
    // The other site's hits were stored with the first attempt at all of it.
    expect(counted()).toMatchObject({ stored: 2, duplicates: 2, setAside: 1, letter: key });
    const { payload } = JSON.parse(letter?.text ?? '');
    const [{ kinesis }] = JSON.parse(payload).Records;
    expect(Buffer.from(kinesis.data, 'base64').toString()).toBe(culprit);
    expect(kinesis.sequenceNumber).toBe(numbersOf(event)[1]);
  });

  test('is delivered again with its batch if it cannot be set aside', async () => {
    letters.beforeWrite = () => {
      throw new Error('the bucket is away');
    };
    await expect(processEvent(kinesisEvent(hit(site), hit(site, { url: noise() })), tools())).rejects.toThrow('the bucket is away');
  });

  test('is delivered again where nothing else can be stored: the fault may be ours', async () => {
    const event = kinesisEvent(hit(site, { url: noise() }));
    expect(await processEvent(event, tools())).toEqual(again(numbersOf(event)[0]));
    expect(letters.objects.size).toBe(0);
  });

  test('is kept aside, alone or not, when it has waited for a day: what comes after it does not wait for the end of the stream', async () => {
    const event = kinesisEvent(hit(site, { url: noise() }));
    const tomorrow = { now: () => new Date(Date.now() + 86_400_000 + 60_000) };
    expect(await processEvent(event, tools(tomorrow))).toEqual(done);
    expect(counted()).toMatchObject({ records: 1, stored: 0, setAside: 1 });
    expect(letters.objects.size).toBe(1);
  });

  test('is delivered again after a day too where the database is away', async () => {
    const event = kinesisEvent(hit(site, { url: noise() }));
    const tomorrow = { now: () => new Date(Date.now() + 86_400_000 + 60_000) };
    const away = db.open('rempart_application', { port: 1 });
    expect(await processEvent(event, tools({ ...tomorrow, database: away }))).toEqual(again(numbersOf(event)[0]));
    expect(letters.objects.size).toBe(0);
  });

  test('and a failure after it: the one is kept aside, the other delivered again', async () => {
    const event = kinesisEvent(hit(site), hit(site, { url: noise() }), hit(other));
    let stores = 0;
    const failing = new Proxy(db.application, {
      get: (target, name) => {
        if (name !== 'withSite') return Reflect.get(target, name);
        return (of: SiteId, ...rest: [never, never]) => {
          if (of === other && ++stores > 1) return Promise.reject(new Error('Connection terminated unexpectedly'));
          return target.withSite(of, ...rest);
        };
      },
    });
    expect(await processEvent(event, tools({ database: failing }))).toEqual(again(numbersOf(event)[2]));
    expect(letters.objects.size).toBe(1);
    expect(await hits(site)).toBe(1);
  });

  test('is stored from its dead letter once the limit is gone', async () => {
    await processEvent(kinesisEvent(hit(site), hit(site, { url: noise() })), tools());
    const [key = ''] = letters.objects.keys();
    await expect(replayDeadLetter({ replay: key }, tools())).rejects.toThrow(/index row size/);
    await db.superuser.query('drop index rempart.limited');
    try {
      expect(await replayDeadLetter({ replay: key }, tools())).toEqual({ stored: 1, duplicates: 0, rejected: 0, stray: 0 });
      expect(await replayDeadLetter({ replay: key }, tools())).toMatchObject({ stored: 0, duplicates: 1 });
      expect(await hits(site)).toBe(2);
    } finally {
      await db.superuser.query('delete from rempart.hits where length(url) > 1000');
      await db.superuser.query('create index limited on rempart.hits (site_id, url)');
    }
  });
});

test('a record with more hits than collectors write is stored', async () => {
  const lines = Array.from({ length: 501 }, () => hit(site)).join('');
  jest.mocked(console.error).mockClear();
  await processEvent(kinesisEvent(lines), tools());
  expect(console.error).not.toHaveBeenCalled();
  expect(await hits(site)).toBe(501);
});

test('with too little time left, it stops before a record and requests redelivery', async () => {
  const event = kinesisEvent(hit(site), hit(site));
  const away = db.open('rempart_application', { port: 1 });
  expect(await processEvent(event, tools({ database: away, remaining: () => 1000 }))).toEqual(again(numbersOf(event)[0]));
});

test('a whole batch that fails by chance is stored record by record', async () => {
  let calls = 0;
  const flaky = new Proxy(db.application, {
    get: (target, name) => {
      if (name !== 'withSite') return Reflect.get(target, name);
      return (...all: Parameters<typeof target.withSite>) =>
        ++calls === 1 ? Promise.reject(new Error('Connection terminated unexpectedly')) : target.withSite(...all);
    },
  });
  expect(await processEvent(kinesisEvent(hit(site), hit(other)), tools({ database: flaky }))).toEqual(done);
  expect([await hits(site), await hits(other)]).toEqual([1, 1]);
});

describe('a dead letter that Lambda wrote', () => {
  const replay = async (text: string) => {
    letters.objects.set('aws/lambda/x', { text, version: '"1"' });
    return replayDeadLetter({ replay: 'aws/lambda/x' }, tools());
  };

  test('is stored, and what was stored before is left', async () => {
    const event = kinesisEvent(hit(site) + hit(site), hit(other));
    await processEvent({ Records: event.Records.slice(1) }, tools());
    expect(await replay(deadLetter(event))).toEqual({ stored: 2, duplicates: 1, rejected: 0, stray: 0 });
  });

  const day = 86_400_000;
  const ago = (days: number) => new Date(Date.now() - days * day);
  /** The event of a hit that a collector received and the stream took so many days ago, for each pair. */
  const taken = (...pairs: readonly (readonly [received: number, taken: number])[]) => ({
    Records: pairs.flatMap(([received, time]) =>
      kinesisEvent(hit(site, { received: ago(received).toISOString() })).Records.map((record) => ({
        ...record,
        kinesis: { ...record.kinesis, approximateArrivalTimestamp: ago(time).getTime() / 1000 },
      })),
    ),
  });

  test('is judged by the time at which the stream took it: a hit of weeks before the replay is no clock skew', async () => {
    expect(await replay(deadLetter(taken([29.5, 5])))).toMatchObject({ stored: 1, rejected: 0 });
    // On the stream it would be one: nothing stays there for so long.
    expect(await processEvent(kinesisEvent(hit(site, { received: ago(29.5).toISOString() })), tools())).toEqual(done);
    expect(counted()).toMatchObject({ stored: 0, rejected: 1 });
  });

  test.each([
    ['the arrival of its oldest record', [30.001, 30.001], 30.001],
    ['the arrival of its oldest hit at a collector, whose spool had it for days', [31, 25], 31],
  ] as const)('is refused 30 days after %s, and nothing of it is stored', async (_, old, refused) => {
    await db.maintenance.upkeep('createHitDay', ago(31).toISOString().slice(0, 10));
    await expect(replay(deadLetter(taken([0, 0], old)))).rejects.toThrow(
      new RegExp(
        `dead letter aws/lambda/x: expected hits that arrived within 30 days, got one of ${ago(refused).toISOString().slice(0, 13)}.*; its person may have`,
      ),
    );
    expect(await hits(site)).toBe(0);
  });

  test('has no hit that its erasure has forgotten: what is accepted on any way is of persons whose pseudonym is known', async () => {
    // The oldest hit that each way takes, of a person whose erasure was asked for when the hit had arrived.
    const replayed = ago(30 - 1 / 24 - 1 / 1440);
    const accepted = new Date(`${ago(acceptedDays).toISOString().slice(0, 10)}T00:00:00Z`);
    await db.superuser.query('delete from rempart.erasures');
    for (const [visitor, requested] of [
      ['replayed', replayed],
      ['late', accepted],
    ] as const)
      await db.superuser.query(
        `insert into rempart.erasures (site_id, visitor, requested_by, requested_at, due_at, window_removed_at, lake_removed_at)
         values ($1, $2, 'x', $3, $3::timestamptz + interval '30 days', now(), now())`,
        [site, visitor, requested],
      );
    const event = kinesisEvent(hit(site, { visitor: 'replayed', received: replayed.toISOString() }));
    const [record] = event.Records;
    const arrived = { ...record?.kinesis, approximateArrivalTimestamp: ago(20).getTime() / 1000 };
    expect(await replay(deadLetter({ Records: [{ ...record, kinesis: arrived }] as never }))).toMatchObject({ stored: 1 });
    await processEvent(kinesisEvent(hit(site, { visitor: 'late', received: accepted.toISOString() })), tools());
    expect(counted()).toMatchObject({ stored: 1 });
    // Both erasures are still pending: the next pass of the upkeep removes the hits.
    const { rows } = await db.superuser.query(
      'select count(*)::int as pending from rempart.erasures where removed_at is null and due_at > now()',
    );
    expect(rows).toEqual([{ pending: 2 }]);
    await db.superuser.query(`update rempart.erasures set window_removed_at = now() - interval '21 hours'`);
    await db.maintenance.withSite(site, { name: 'database-upkeep', from: 'schedule', doing: 'remove erased' }, (session) =>
      session.query('select rempart.remove_erased()'),
    );
    expect(await hits(site)).toBe(0);
    await db.superuser.query('delete from rempart.erasures');
  });

  test.each([
    ['no JSON', 'x', /expected JSON/],
    ['no payload', '{"KinesisBatchInfo":{}}', /expected a payload with the records, got none/],
    ['null', 'null', /expected a payload/],
    ['a payload that is no event', '{"payload":"{}"}', /stream event Records: expected a list/],
  ])('%s is refused', async (_, text, message) => {
    await expect(replay(text)).rejects.toThrow(message);
  });

  test('that is not there is named', async () => {
    await expect(replayDeadLetter({ replay: 'gone' }, tools())).rejects.toThrow('dead letter gone: expected an object, got none');
  });
});

test.each([[{}], [{ Records: [{}] }], [{ Records: [{ kinesis: { sequenceNumber: '1', data: 7 } }] }], [null]])(
  '%j is no event',
  async (event) => {
    await expect(processEvent(event, tools())).rejects.toThrow(/stream event Records/);
  },
);

test('an operator names the key of a dead letter, and no other event is a replay', () => {
  expect(isReplay({ replay: 'aws/lambda/x' })).toBe(true);
  for (const event of [{}, null, 'replay', { replay: 1 }, kinesisEvent('')]) expect(isReplay(event)).toBe(false);
});
