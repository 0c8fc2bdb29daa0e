// The deployed bundle of ingest, as its event source mapping and an operator call it, with a real server; RDS Proxy,
// S3 and Secrets Manager are mocks.
import { createHash, randomUUID } from 'node:crypto';
import type { SiteId } from '../../../../runtime/site';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';
import { deadLetter, kinesisEvent } from './kinesis';

const deployed = deployFunction('ingest', { DATABASE_USER: 'rempart_application', DEAD_LETTERS_BUCKET: 'dead-letters' });
let site: SiteId;

beforeAll(async () => {
  site = await deployed.db.createSite('hits');
});

const hit = (more: object = {}) =>
  `${JSON.stringify({ site, id: randomUUID(), received: new Date().toISOString(), kind: 'page', ...more })}\n`;
const hits = async () => Number((await deployed.db.superuser.query('select count(*) as n from rempart.hits')).rows[0].n);

test('stores the records of the stream, then those of a dead letter', async () => {
  const instance = await deployed.start();
  expect(await instance.invoke(kinesisEvent(hit() + hit(), hit()), 300_000)).toEqual({ batchItemFailures: [] });
  expect(await hits()).toBe(3);
  deployed.around.aws.objects.set('dead-letters/letter', Buffer.from(deadLetter(kinesisEvent(hit()))));
  expect(await instance.invoke({ replay: 'letter' }, 300_000)).toMatchObject({ stored: 1 });
  expect(await hits()).toBe(4);
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_application']));
});

test('sets a line aside that the server cannot store', async () => {
  await deployed.db.superuser.query('create index limited on rempart.hits (site_id, url)');
  const before = await hits();
  // Over the 2,704 bytes of an index entry, and not compressible: SQLSTATE 54000.
  const bytes = createHash('shake256', { outputLength: 4000 }).digest();
  const url = Array.from({ length: 2000 }, (_, index) => String.fromCodePoint(0x4e00 + (bytes.readUInt16LE(index * 2) % 20_000))).join('');
  const instance = await deployed.start();
  expect(await instance.invoke(kinesisEvent(hit(), hit({ url })), 300_000)).toEqual({ batchItemFailures: [] });
  expect(await hits()).toBe(before + 1);
  expect([...deployed.around.aws.objects.keys()]).toContainEqual(expect.stringMatching(/^dead-letters\/set-aside\//));
  await deployed.db.superuser.query('drop index rempart.limited');
});

test('without a database all records are reported for redelivery', async () => {
  const instance = await deployed.start({ DATABASE_PORT: '1' });
  const event = kinesisEvent(hit(), hit());
  expect(await instance.invoke(event, 300_000)).toEqual({
    batchItemFailures: [{ itemIdentifier: event.Records[0]?.kinesis.sequenceNumber }],
  });
});

test.each<[string, unknown, string]>([
  ['an event that is none of a stream', { Records: 'x' }, 'expected'],
  ['a dead letter that is not there', { replay: 'nowhere' }, 'dead letter nowhere: expected an object, got none'],
])('refuses %s', async (_, event, reason) => {
  const before = await hits();
  const instance = await deployed.start();
  await expect(instance.invoke(event, 300_000)).rejects.toThrow(reason);
  expect(await hits()).toBe(before);
});

test('does not start without its bucket, or as rempart_maintenance', async () => {
  await expect(deployed.start({ DEAD_LETTERS_BUCKET: '' })).rejects.toThrow('DEAD_LETTERS_BUCKET: expected');
  const upkeep = { DATABASE_USER: 'rempart_maintenance' };
  await expect(deployed.start(upkeep)).rejects.toThrow('DATABASE_USER: expected rempart_application');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('ingest'));
});
