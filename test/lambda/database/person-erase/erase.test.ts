// Erasure on a real server: hidden at once, not restorable, removed from tables and log by the next upkeep. (DSS-4.2,
// TOM-4.10)
import { randomUUID } from 'node:crypto';
import { upkeep } from '../../../../lambda/database/database-upkeep/upkeep';
import { erasePerson } from '../../../../lambda/database/person-erase/erase';
import { ingest } from '../../../../runtime/ingest';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
const actor = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
}, databaseTimeLimit);
afterAll(() => db.close());

const hit = (of: number, visitor: string) =>
  Buffer.from(JSON.stringify({ site: of, id: randomUUID(), received: new Date().toISOString(), kind: 'page', url: 'secret', visitor }));

async function person(of: SiteId): Promise<string> {
  return db.application.withSite(of, tester, async (session) => {
    const { rows } = await session.query<{ id: string }>(
      `insert into rempart.people (site_id, name, visitor) values ($1, 'Secret Ada', 'v-ada') returning id`,
      [of],
    );
    const id = rows[0]?.id ?? '';
    await session.query(`insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, 'reader')`, [of, id]);
    await session.query(`update rempart.people set name = 'Secret Ada Two' where id = $1`, [id]);
    return id;
  });
}
const rowsOf = async (table: string, of: SiteId) =>
  (await db.superuser.query(`select * from rempart.${table} where site_id = $1`, [of])).rows;

beforeEach(async () => {
  const unique = randomUUID().slice(0, 8);
  site = await db.createSite(`e-${unique}`);
  other = await db.createSite(`f-${unique}`);
  await ingest(db.application, [hit(site, 'v-ada'), hit(site, 'v-ada'), hit(site, 'v-bob'), hit(other, 'v-ada')]);
});

test('a person is hidden everywhere in the site, planned for removal, and nowhere else', async () => {
  const id = await person(site);
  await person(other);
  const before = Date.now();
  const done = await erasePerson(db.application, { site, person: { id }, actor });
  if (done === 'nobody') throw new Error('expected an erasure');
  expect(done.hidden).toEqual({ people: 1, person_rights: 1, hits: 2 });
  expect(Math.round((Date.parse(done.removedBy) - before) / 3_600_000)).toBe(24);
  // A day until the removal, and 30 days of backups.
  expect(done.gone).toBe(new Date(Date.parse(done.removedBy) + 30 * 86_400_000).toISOString().slice(0, 10));
  await db.application.withSite(site, tester, async (session) => {
    expect((await session.query('select * from rempart.people')).rows).toEqual([]);
    expect((await session.query('select visitor from rempart.hits')).rows).toEqual([{ visitor: 'v-bob' }]);
    expect((await session.query(`select rempart.restore_deleted('people', $1) as done`, [id])).rows).toEqual([{ done: false }]);
  });
  expect((await rowsOf('people', other))[0]).toMatchObject({ deleted_at: null });
  expect((await rowsOf('hits', other))[0]).toMatchObject({ deleted_at: null });
  const log = await db.superuser.query(
    `select operation, table_name, actor from rempart.modification_log where site_id = $1 and operation = 'delete' order by id`,
    [site],
  );
  expect(log.rows).toHaveLength(4);
  expect(log.rows.every((row) => row.actor === 'operator')).toBe(true);
});

test('the next upkeep removes all of it, the log of it too, and only that; after 30 days the pseudonym goes', async () => {
  const id = await person(site);
  const bystander = await person(other);
  await erasePerson(db.application, { site, person: { id }, actor });
  expect(await upkeep(db.maintenance, { hotDays: 35, keepMonths: 13 }, new Date())).toMatchObject({ erasuresFinished: 0 });
  expect(await rowsOf('people', site)).toEqual([]);
  expect((await rowsOf('hits', site)).map(({ visitor }) => visitor)).toEqual(['v-bob']);
  expect(JSON.stringify(await rowsOf('modification_log', site))).not.toContain('Secret');
  expect(await rowsOf('erasures', site)).toMatchObject([{ removed_at: null, visitor: 'v-ada' }]);

  await db.superuser.query(
    `update rempart.erasures set due_at = now() - interval '1 second', window_removed_at = now() - interval '1 day' where site_id = $1`,
    [site],
  );
  expect(await upkeep(db.maintenance, { hotDays: 35, keepMonths: 13 }, new Date())).toMatchObject({ erasuresFinished: 1 });
  expect(await upkeep(db.maintenance, { hotDays: 35, keepMonths: 13 }, new Date())).toMatchObject({ erasuresFinished: 0 });
  expect(await rowsOf('people', site)).toEqual([]);
  expect(await rowsOf('person_rights', site)).toEqual([]);
  expect((await rowsOf('hits', site)).map(({ visitor }) => visitor)).toEqual(['v-bob']);
  const everything = JSON.stringify([
    await rowsOf('modification_log', site),
    await rowsOf('erasures', site),
    await rowsOf('access_log', site),
  ]);
  expect(everything).not.toMatch(/Secret|v-ada/);
  expect(await rowsOf('erasures', site)).toMatchObject([{ person_id: id, removed_at: expect.any(Date) }]);
  const removals = (await rowsOf('modification_log', site)).filter(({ operation }) => operation === 'remove');
  expect(removals.map(({ table_name }) => table_name).sort()).toEqual(['hits', 'hits', 'people', 'person_rights']);

  expect((await rowsOf('people', other))[0]).toMatchObject({ id: bystander, name: 'Secret Ada Two' });
  expect(JSON.stringify(await rowsOf('modification_log', other))).toContain('Secret Ada');
});

test('a visitor without a row of people is erased by the pseudonym', async () => {
  expect(await erasePerson(db.application, { site, person: { visitor: 'v-bob' }, actor })).toMatchObject({
    hidden: { people: 0, person_rights: 0, hits: 1 },
  });
  await db.superuser.query(`update rempart.erasures set due_at = now() where site_id = $1`, [site]);
  await upkeep(db.maintenance, { hotDays: 35, keepMonths: 13 }, new Date());
  expect((await rowsOf('hits', site)).map(({ visitor }) => visitor)).toEqual(['v-ada', 'v-ada']);
  expect(JSON.stringify([await rowsOf('erasures', site), await rowsOf('modification_log', site)])).not.toContain('v-bob');
});

test('no person is found, also where the person is of another site', async () => {
  const id = await person(other);
  expect(await erasePerson(db.application, { site, person: { id }, actor })).toBe('nobody');
  expect((await rowsOf('people', other))[0]).toMatchObject({ deleted_at: null });
});
