// The deployed bundle of ingest, as its event source mapping and an operator call it: a real server behind a door with TLS; S3 and
// Secrets Manager are mocks.
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { keySecret, type Surroundings, surround } from '../../deployed/surroundings';
import { deadLetter, kinesisEvent } from './kinesis';

let db: LocalDatabase;
let around: Surroundings;
let site: SiteId;

beforeAll(async () => {
  db = await startDatabase();
  around = await surround(db.server.port);
  around.aws.setSecret('context-key', keySecret(db.contextKey));
  site = await db.createSite('hits');
}, 120_000);
afterAll(async () => {
  await around?.close();
  await db?.close();
});

const variables = () => ({ ...around.database, DATABASE_USER: 'rempart_application', DEAD_LETTERS_BUCKET: 'dead-letters' });
const hit = () => `${JSON.stringify({ site, id: randomUUID(), received: new Date().toISOString(), kind: 'page' })}\n`;
const hits = async () => Number((await db.superuser.query('select count(*) as n from rempart.hits')).rows[0].n);

test('stores what is on the stream, and then what is in a dead letter', async () => {
  const instance = await around.start('ingest', variables());
  expect(await instance.invoke(kinesisEvent(hit() + hit(), hit()), 300_000)).toEqual({ batchItemFailures: [] });
  expect(await hits()).toBe(3);
  around.aws.objects.set('dead-letters/letter', Buffer.from(deadLetter(kinesisEvent(hit()))));
  expect(await instance.invoke({ replay: 'letter' }, 300_000)).toMatchObject({ stored: 1 });
  expect(await hits()).toBe(4);
  expect(new Set(around.door.admitted)).toEqual(new Set(['rempart_application']));
}, 120_000);

test('what is not stored for want of a database is to be delivered again', async () => {
  const instance = await around.start('ingest', { ...variables(), DATABASE_PORT: '1' });
  const event = kinesisEvent(hit(), hit());
  expect(await instance.invoke(event, 300_000)).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[0]?.kinesis.sequenceNumber }],
  });
}, 120_000);

test.each<[string, unknown, string]>([
  ['an event that is none of a stream', { Records: 'x' }, 'expected'],
  ['a dead letter that is not there', { replay: 'nowhere' }, 'dead letter nowhere: expected an object, found none'],
])(
  'refuses %s',
  async (_, event, reason) => {
    const before = await hits();
    const instance = await around.start('ingest', variables());
    await expect(instance.invoke(event, 300_000)).rejects.toThrow(reason);
    expect(await hits()).toBe(before);
  },
  120_000,
);

test('does not start without its bucket, or as upkeep', async () => {
  await expect(around.start('ingest', { ...variables(), DEAD_LETTERS_BUCKET: '' })).rejects.toThrow('DEAD_LETTERS_BUCKET: expected');
  const upkeep = { ...variables(), DATABASE_USER: 'rempart_maintenance' };
  await expect(around.start('ingest', upkeep)).rejects.toThrow('DATABASE_USER: expected rempart_application');
}, 120_000);
