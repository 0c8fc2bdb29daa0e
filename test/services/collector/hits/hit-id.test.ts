// Ids that clients choose: one hit for each, and one for each site.
import { ingest } from '../../../../runtime/ingest';
import { siteId } from '../../../../runtime/site';
import { hitId } from '../../../../services/collector/hits/hit-id';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { databaseTimeLimit } from '../../../time-limits';
import { setUp } from './set-up';

jest.setTimeout(databaseTimeLimit);

const site = siteId(1);

test('a UUID is kept, and another text becomes a UUID of version 8 for the site', () => {
  expect(hitId('0F8FAD5B-D9CB-469F-A165-70867728950E', site)).toBe('0f8fad5b-d9cb-469f-a165-70867728950e');
  const ids = ['order-7', 'order-8', ' order-7', 'x'.repeat(128), 'ü', '1', '0f8fad5bd9cb469fa16570867728950e'].map((text) =>
    hitId(text, site),
  );
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(7);
  expect(hitId('order-7', siteId(2))).not.toBe(ids[0]);
  const page = (url: string) => hitId('order-7', site, () => ['page', url]);
  expect(page('https://www.example.com/')).not.toBe(page('https://www.example.com/b'));
  // The stored form does not change between releases: retries may reach an older server.
  expect(hitId('order-7', site)).toBe('4aea8b8b-0c38-8cc2-a3f5-26d3c4246672');
});

test.each([
  ...['x'.repeat(129), 'a\0', '\ud800', 'undefined', 'null', '[object Object]', '${ID}', '%%ID%%', '[timestamp]', '{{id}}'],
  ...['true', 'false', '0'],
  ...['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '0'.repeat(32)],
  ...['{00000000-0000-0000-0000-000000000000}', 'None', '(not set)', '[%FT_GUID%]', '%eaid!', '*|UNIQID|*', '{click-id}', '${a}_${b}'],
])('%j is no id of one hit', (text) => expect(hitId(text, site)).toBeUndefined());

test('an id that many hits of a tracker share counts each of them, and a retry once', async () => {
  const { sink, send } = setUp();
  const pixel = (rest: string) => send('GET', `/hit.gif?site=acme&id=1234567890&${rest}`);
  await pixel('ev=PageView&dl=https%3A%2F%2Fshop.example%2F&ts=1');
  await pixel('ev=Purchase&dl=https%3A%2F%2Fshop.example%2F&ts=2&cd[value]=31');
  await pixel('ev=Purchase&dl=https%3A%2F%2Fshop.example%2F&ts=2&cd[value]=31');
  const [first, second, third] = sink.lines.map((line) => JSON.parse(line).id);
  expect(first).not.toBe(second);
  expect(second).toBe(third);
});

test('a retry through any path is the same hit, and unusable ids are each a hit of their own', async () => {
  const { sink, post, send } = setUp();
  await post({ site: 'acme', kind: 'p', id: 'a b' });
  await send('GET', '/hit.gif?site=acme&kind=p&id=a+b');
  await post('site=acme&kind=p&id=a%20b', { 'content-type': 'application/x-www-form-urlencoded' });
  await send('POST', '/hits', '{"site":"acme","kind":"p","id":"a b"}\n');
  await post({ site: 'shop', kind: 'p', id: 'a b' });
  await post({ site: 'acme', kind: 'p', id: 'undefined' });
  await post({ site: 'acme', kind: 'p', id: 'undefined' });
  const ids = sink.lines.map((line) => JSON.parse(line).id);
  expect(new Set(ids.slice(0, 4)).size).toBe(1);
  expect(new Set(ids.slice(3)).size).toBe(4);
  expect(sink.hits.map(({ ownId, repairs }) => ownId ?? repairs)).toEqual([...Array(5).fill(true), ['id:macro'], ['id:macro']]);
});

describe('in the database', () => {
  let db: LocalDatabase;
  beforeAll(async () => {
    db = await startDatabase();
  });
  afterAll(() => db.close());

  test('the lines of a retry count once, with what was repaired and with the digits that were sent', async () => {
    const { sink, post } = setUp();
    const stored = await db.createSite('one');
    const sent =
      '{"site":"acme","kind":"p","id":"order-7","occurred":"soon","gclid":"g","fields":{"tweet":1524831183200260097,"x":1e2000}}';
    await post(sent);
    await post(sent);
    // The clock of the collector is stopped, that of the database is not.
    const lines = sink.lines.map((line) =>
      line.replace('"site":1', `"site":${stored}`).replace(/"received":"[^"]+"/, `"received":"${new Date().toISOString()}"`),
    );
    expect(
      await ingest(
        db.application,
        lines.map((line) => Buffer.from(line)),
      ),
    ).toEqual({ stored: 1, duplicates: 1, rejected: 0, stray: 0 });
    const { rows } = await db.superuser.query('select client_time, repairs, fields::text from rempart.hits where site_id = $1', [stored]);
    expect(rows).toEqual([
      {
        client_time: 'soon',
        repairs: ['fields:unknown', 'occurred:unreadable', 'fields:number'],
        fields: '{"x": "1e2000", "gclid": "g", "tweet": 1524831183200260097}',
      },
    ]);
  });
});
