// A role changes nothing about itself: its password, its settings, its privileges (TOM-3.10, TOM-4.1).
import type { Session } from '../../runtime/database-session';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
let site: SiteId;
beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('one');
});
afterAll(() => db.close());

const keyIn = async (session: Session) => (await session.query('select key from rempart.sites')).rows;

// A change of the role would meet every site in the next connection, and no cleaning of a session takes it away.
test.each([
  ["execute 'alter role current_user set row_security = off';"],
  ["execute 'alter role current_user in database rempart set timezone = ''Asia/Tokyo''';"],
  ["begin execute 'alter role current_user set work_mem = ''1MB'''; exception when others then null; end;"],
  ["execute 'alter role current_user password ''known''';"],
  ["execute 'alter role current_user password null';"],
  ["execute 'alter role current_user reset work_mem';"],
  ["execute 'alter role current_user reset all';"],
  ["execute 'alter default privileges grant select on tables to public';"],
  ["begin execute 'alter role current_user password ''known'''; raise exception 'x'; exception when others then null; end;"],
])('a change of the role by itself is not committed, however it is made: %s', async (block) => {
  const single = db.open('rempart_application', { connections: 1 });
  await db.superuser.query("alter role rempart_application set work_mem = '8MB'");
  try {
    const before = await roleItself();
    const work = single.withSite(site, tester, (session) => session.query(`do $$ begin ${block} end $$`));
    await expect(work).rejects.toThrow(/expected the role as it was, got a change of its password, settings or privileges/);
    expect(await roleItself()).toEqual(before);
    // The next work on the same connection is not accused of it.
    expect(await single.withSite(site, tester, keyIn)).toEqual([{ key: 'one' }]);
  } finally {
    await db.superuser.query('alter role rempart_application reset all');
  }
});

/** All that the server has of the role: password, settings, memberships, default privileges, privileges on objects. */
const roleItself = async () =>
  (
    await db.superuser.query(
      `select (select to_jsonb(a) from pg_authid a where rolname = 'rempart_application') as role,
         (select jsonb_agg(s) from pg_db_role_setting s) as settings, (select jsonb_agg(d) from pg_default_acl d) as defaults,
         (select jsonb_agg(m) from pg_auth_members m) as members, (select jsonb_agg(c.relacl) from pg_class c) as privileges`,
    )
  ).rows[0];

test.each([
  ["execute 'drop owned by current_user';"],
  ["execute 'alter role current_user valid until ''infinity''';"],
  ["execute 'alter role current_user rename to other';"],
  ["execute 'alter role current_user createrole';"],
  ["execute 'grant rempart_application to rempart_maintenance';"],
  ["execute 'comment on role rempart_application is ''x''';"],
])('a change of the role that fails or takes its privileges is not committed: %s', async (block) => {
  const before = await roleItself();
  await expect(db.application.withSite(site, tester, (session) => session.query(`do $$ begin ${block} end $$`))).rejects.toThrow();
  expect(await roleItself()).toEqual(before);
});

test('settings of the role from an operator have no effect', async () => {
  await db.superuser.query("alter role rempart_application set work_mem = '8MB'");
  try {
    expect(await db.application.withSite(site, tester, keyIn)).toEqual([{ key: 'one' }]);
  } finally {
    await db.superuser.query('alter role rempart_application reset all');
  }
});
