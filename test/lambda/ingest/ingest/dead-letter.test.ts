// Dead letters that Lambda wrote, replayed by an operator on a real server: stored once, or refused for their age.
import { isReplay, processEvent, replayDeadLetter } from '../../../../lambda/ingest/ingest/process';
import { acceptedDays } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { MockObjects } from '../../../runtime/mock-objects';
import { databaseTimeLimit } from '../../../time-limits';
import { counted, done, hitOf, hitsIn, silence, toolsOf } from './ingest-tools';
import { deadLetter, kinesisEvent } from './kinesis';

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

const tools = () => toolsOf(db, letters);
const hits = (of: SiteId) => hitsIn(db, of);

const replay = async (text: string) => {
  letters.objects.set('aws/lambda/x', { text, version: '"1"' });
  return replayDeadLetter({ replay: 'aws/lambda/x' }, tools());
};

test('a dead letter is stored, and what was stored before is left', async () => {
  const event = kinesisEvent(hitOf(site) + hitOf(site), hitOf(other));
  await processEvent({ Records: event.Records.slice(1) }, tools());
  expect(await replay(deadLetter(event))).toEqual({ stored: 2, duplicates: 1, rejected: 0, stray: 0 });
});

const day = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * day);
/** The event of a hit that a collector received and the stream took so many days ago, for each pair. */
const taken = (...pairs: readonly (readonly [received: number, taken: number])[]) => ({
  Records: pairs.flatMap(([received, time]) =>
    kinesisEvent(hitOf(site, { received: ago(received).toISOString() })).Records.map((record) => ({
      ...record,
      kinesis: { ...record.kinesis, approximateArrivalTimestamp: ago(time).getTime() / 1000 },
    })),
  ),
});

test('a dead letter is judged by the time at which the stream took it: a hit of weeks before the replay is no clock skew', async () => {
  expect(await replay(deadLetter(taken([29.5, 5])))).toMatchObject({ stored: 1, rejected: 0 });
  // On the stream it would be one: nothing stays there for so long.
  expect(await processEvent(kinesisEvent(hitOf(site, { received: ago(29.5).toISOString() })), tools())).toEqual(done);
  expect(counted()).toMatchObject({ stored: 0, rejected: 1 });
});

test.each([
  ['the arrival of its oldest record', [30.001, 30.001], 30.001],
  ['the arrival of its oldest hit at a collector, whose spool had it for days', [31, 25], 31],
] as const)('a dead letter is refused 30 days after %s, and nothing of it is stored', async (_, old, refused) => {
  await db.maintenance.upkeep('createHitDay', ago(31).toISOString().slice(0, 10));
  await expect(replay(deadLetter(taken([0, 0], old)))).rejects.toThrow(
    new RegExp(
      `dead letter aws/lambda/x: expected hits that arrived within 30 days, got one of ${ago(refused).toISOString().slice(0, 13)}.*; its person may have`,
    ),
  );
  expect(await hits(site)).toBe(0);
});

test('a dead letter has no hit that its erasure has forgotten: what is accepted on any way is of persons whose pseudonym is known', async () => {
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
  const event = kinesisEvent(hitOf(site, { visitor: 'replayed', received: replayed.toISOString() }));
  const [record] = event.Records;
  const arrived = { ...record?.kinesis, approximateArrivalTimestamp: ago(20).getTime() / 1000 };
  expect(await replay(deadLetter({ Records: [{ ...record, kinesis: arrived }] as never }))).toMatchObject({ stored: 1 });
  await processEvent(kinesisEvent(hitOf(site, { visitor: 'late', received: accepted.toISOString() })), tools());
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
])('a dead letter with %s is refused', async (_, text, message) => {
  await expect(replay(text)).rejects.toThrow(message);
});

test('a dead letter that is not there is named', async () => {
  await expect(replayDeadLetter({ replay: 'gone' }, tools())).rejects.toThrow('dead letter gone: expected an object, got none');
});

test('an operator names the key of a dead letter, and no other event is a replay', () => {
  expect(isReplay({ replay: 'aws/lambda/x' })).toBe(true);
  for (const event of [{}, null, 'replay', { replay: 1 }, kinesisEvent('')]) expect(isReplay(event)).toBe(false);
});
