// Batches of the stream on a real server: stored, reported for redelivery or set aside. No record is lost.
import { createHash } from 'node:crypto';
import { processEvent, replayDeadLetter, type Tools } from '../../../../lambda/ingest/ingest/process';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { MockObjects } from '../../../runtime/mock-objects';
import { databaseTimeLimit } from '../../../time-limits';
import { counted, done, hitOf, hitsIn, silence, toolsOf } from './ingest-tools';
import { kinesisEvent, numbersOf } from './kinesis';

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
let letters: MockObjects;
let number = 0;

beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());
beforeEach(async () => {
  silence();
  number++;
  site = await db.createSite(`one-${number}`);
  other = await db.createSite(`two-${number}`);
  letters = new MockObjects();
});

const tools = (more: Partial<Tools> = {}): Tools => toolsOf(db, letters, more);
const hits = (of: SiteId) => hitsIn(db, of);
const again = (sequenceNumber: string | undefined) => ({ batchItemFailures: [{ itemIdentifier: sequenceNumber }] });

test('each line of each record is stored, under its site', async () => {
  const event = kinesisEvent(hitOf(site) + hitOf(other) + hitOf(site), hitOf(other), '\n', '');
  expect(await processEvent(event, tools())).toEqual(done);
  expect([await hits(site), await hits(other)]).toEqual([2, 2]);
  expect(counted()).toEqual({ records: 4, stored: 4, duplicates: 0, rejected: 0, stray: 0, setAside: 0 });
});

test('the same event again changes nothing', async () => {
  const event = kinesisEvent(hitOf(site) + hitOf(site), hitOf(site));
  await processEvent(event, tools());
  expect(await processEvent(event, tools())).toEqual(done);
  expect(counted()).toMatchObject({ stored: 0, duplicates: 3 });
  expect(await hits(site)).toBe(3);
});

test('what is no hit, of any kind, keeps nothing else waiting and is kept with its reason', async () => {
  const broken = [Buffer.from([0xff, 0xfe, 10]), Buffer.from('{"site":\n'), Buffer.from(hitOf(site, { url: 'x'.repeat(200_000) }))];
  const event = kinesisEvent(hitOf(site), ...broken, hitOf(2_147_483_000), hitOf(site));
  expect(await processEvent(event, tools())).toEqual(done);
  expect(await hits(site)).toBe(2);
  expect(counted()).toMatchObject({ stored: 2, rejected: 1, stray: 3, setAside: 0 });
});

test('where the database is away, the first record is to be delivered again, and then all is stored once', async () => {
  const event = kinesisEvent(hitOf(site), hitOf(site));
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
  const event = kinesisEvent(hitOf(site, late), hitOf(site, late));
  const early = kinesisEvent(hitOf(site), hitOf(other));
  const both = { Records: [...early.Records, ...event.Records, ...kinesisEvent(hitOf(site)).Records] };
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
    const culprit = hitOf(site, { url: noise() });
    const event = kinesisEvent(hitOf(site), hitOf(site) + culprit + hitOf(other), hitOf(other));
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
    await expect(processEvent(kinesisEvent(hitOf(site), hitOf(site, { url: noise() })), tools())).rejects.toThrow('the bucket is away');
  });

  test('is delivered again where nothing else can be stored: the fault may be ours', async () => {
    const event = kinesisEvent(hitOf(site, { url: noise() }));
    expect(await processEvent(event, tools())).toEqual(again(numbersOf(event)[0]));
    expect(letters.objects.size).toBe(0);
  });

  test('is kept aside, alone or not, when it has waited for a day: what comes after it does not wait for the end of the stream', async () => {
    const event = kinesisEvent(hitOf(site, { url: noise() }));
    const tomorrow = { now: () => new Date(Date.now() + 86_400_000 + 60_000) };
    expect(await processEvent(event, tools(tomorrow))).toEqual(done);
    expect(counted()).toMatchObject({ records: 1, stored: 0, setAside: 1 });
    expect(letters.objects.size).toBe(1);
  });

  test('is delivered again after a day too where the database is away', async () => {
    const event = kinesisEvent(hitOf(site, { url: noise() }));
    const tomorrow = { now: () => new Date(Date.now() + 86_400_000 + 60_000) };
    const away = db.open('rempart_application', { port: 1 });
    expect(await processEvent(event, tools({ ...tomorrow, database: away }))).toEqual(again(numbersOf(event)[0]));
    expect(letters.objects.size).toBe(0);
  });

  test('and a failure after it: the one is kept aside, the other delivered again', async () => {
    const event = kinesisEvent(hitOf(site), hitOf(site, { url: noise() }), hitOf(other));
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
    await processEvent(kinesisEvent(hitOf(site), hitOf(site, { url: noise() })), tools());
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
  const lines = Array.from({ length: 501 }, () => hitOf(site)).join('');
  jest.mocked(console.error).mockClear();
  await processEvent(kinesisEvent(lines), tools());
  expect(console.error).not.toHaveBeenCalled();
  expect(await hits(site)).toBe(501);
});

test('with too little time left, it stops before a record and requests redelivery', async () => {
  const event = kinesisEvent(hitOf(site), hitOf(site));
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
  expect(await processEvent(kinesisEvent(hitOf(site), hitOf(other)), tools({ database: flaky }))).toEqual(done);
  expect([await hits(site), await hits(other)]).toEqual([1, 1]);
});

test.each([[{}], [{ Records: [{}] }], [{ Records: [{ kinesis: { sequenceNumber: '1', data: 7 } }] }], [null]])(
  '%j is no event',
  async (event) => {
    await expect(processEvent(event, tools())).rejects.toThrow(/stream event Records/);
  },
);
