// Deletion marks, hides and logs; a mark can be taken off; rows do not move between sites (TOM-4.10).
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('here');
  other = await db.createSite('there');
}, 60_000);
afterAll(() => db.close());

const run = (statement: string, ...values: (string | number)[]) =>
  db.application.withSite(site, tester, async (session) => (await session.query<Record<string, unknown>>(statement, values)).rows);
const addPerson = async (name: string) =>
  String((await run('insert into rempart.people (site_id, name) values ($1, $2) returning id', site, name))[0]?.id);

test('a deleted person is hidden from the application, marked in the table, and comes back from the mark as it was', async () => {
  const id = await addPerson('Lovelace');
  const [before] = await run('select * from rempart.people where id = $1', id);
  expect(await run(`select rempart.mark_deleted('people', $1) as done`, id)).toEqual([{ done: true }]);
  expect(await run('select * from rempart.people where id = $1', id)).toEqual([]);
  expect(await run(`update rempart.people set name = 'x' where id = $1 returning id`, id)).toEqual([]);
  expect((await db.superuser.query('select name, deleted_at from rempart.people where id = $1', [id])).rows[0]).toMatchObject({
    name: 'Lovelace',
    deleted_at: expect.any(Date),
  });
  expect(await run(`select rempart.mark_deleted('people', $1) as done`, id)).toEqual([{ done: false }]);
  expect(await run(`select rempart.restore_deleted('people', $1) as done`, id)).toEqual([{ done: true }]);
  expect(await run('select * from rempart.people where id = $1', id)).toEqual([before]);
});

test('a row of another site can be neither deleted nor restored', async () => {
  const id = await addPerson('Curie');
  const elsewhere = (call: string) =>
    db.application.withSite(
      other,
      tester,
      async (session) => (await session.query(`select rempart.${call}('people', $1) as done`, [id])).rows[0]?.done,
    );
  expect(await elsewhere('mark_deleted')).toBe(false);
  await run(`select rempart.mark_deleted('people', $1)`, id);
  expect(await elsewhere('restore_deleted')).toBe(false);
  expect(await run('select * from rempart.people where id = $1', id)).toEqual([]);
});

test('nothing is deleted for real', async () => {
  for (const table of ['people', 'person_rights', 'hits', 'sites', 'site_settings', 'rejects', 'erasures']) {
    await expect(run(`delete from rempart.${table}`)).rejects.toThrow(/permission denied/);
    await expect(run(`truncate rempart.${table}`)).rejects.toThrow(/permission denied/);
  }
  await expect(run('update rempart.people set deleted_at = now()')).rejects.toThrow(/permission denied/);
});

test('a row does not move to another site: neither by its columns nor by its policy', async () => {
  await addPerson('Noether');
  await expect(run('update rempart.people set site_id = $1', other)).rejects.toThrow(/permission denied/);
  await db.superuser.query('grant update (site_id) on rempart.people to rempart_application');
  try {
    await expect(run(`update rempart.people set site_id = $1 where name = 'Noether'`, other)).rejects.toThrow(
      /violates row-level security policy/,
    );
    await expect(run(`insert into rempart.people (site_id, name) values ($1, 'x')`, other)).rejects.toThrow(
      /violates row-level security policy/,
    );
  } finally {
    await db.superuser.query('revoke update (site_id) on rempart.people from rempart_application');
  }
});

test('a right cannot name a person of another site', async () => {
  const { rows } = await db.superuser.query('insert into rempart.people (site_id, name) values ($1, $2) returning id', [other, 'Stranger']);
  await expect(
    run(`insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, 'reader')`, site, rows[0].id),
  ).rejects.toThrow(/foreign key/);
});

test('SQL in a field is text', async () => {
  const text = `'; drop table rempart.people; -- \\ $$ "`;
  const id = await addPerson(text);
  expect(await run('select name from rempart.people where id = $1', id)).toEqual([{ name: text }]);
});
