// The functions of the release before work with the migrated schema: they run between the migrations of a deployment
// and their own update, and after a deployment that is rolled back (ADR 6).
import type { Client } from 'pg';
import { migrate } from '../../lambda/database/migrations/migrate';
import { migrationsFolder } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import { type EarlierRelease, startEarlierRelease } from './earlier-release';

jest.setTimeout(databaseTimeLimit);

/**
 * Number of the last migration of the last release, of 2026-11-30 (a32dc801): its tree ends there. Migrations behind
 * it are of no release yet, and what they create they may drop. The next release raises it.
 */
const ofRelease = '0016';

let release: EarlierRelease;
let admin: Client;
let superuser: Client;
beforeAll(async () => {
  release = await startEarlierRelease(ofRelease);
  ({ admin, superuser } = release);
});
afterAll(() => release.close());

/** What the roles that sign in may do: calls by signature and result, columns by type and privilege. */
async function interfaceOfRoles(): Promise<readonly string[]> {
  const { rows } = await superuser.query<{ right: string }>(`
    with roles as (select oid, rolname from pg_roles where rolname in ('rempart_application', 'rempart_maintenance'))
    select format('%s calls %s returns %s', r.rolname, p.oid::regprocedure, pg_get_function_result(p.oid)) as right
    from roles r join pg_proc p on p.pronamespace = 'rempart'::regnamespace and has_function_privilege(r.oid, p.oid, 'execute')
    union all
    select format('%s %s %s.%s %s', r.rolname, w.word, c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    from roles r cross join (values ('select'), ('insert'), ('update')) as w (word)
    join pg_class c on c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where has_column_privilege(r.oid, c.oid, a.attnum, w.word)
    union all
    select format('%s delete %s', r.rolname, c.relname)
    from roles r join pg_class c on c.relnamespace = 'rempart'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
    where has_table_privilege(r.oid, c.oid, 'delete')
    order by 1`);
  return rows.map(({ right }) => right);
}

test('what the functions of the last release call, read and write is there after the migrations behind it, as it was', async () => {
  const before = await interfaceOfRoles();
  expect(before.length).toBeGreaterThan(100);
  expect(before).toContain('rempart_maintenance calls rempart.create_hit_month(date) returns text');
  await migrate(admin, migrationsFolder);
  const after = new Set(await interfaceOfRoles());
  expect(before.filter((right) => !after.has(right))).toEqual([]);
});

// Without these the test above could not fail.
test.each([
  ['another signature', 'drop function rempart.create_hit_month(date)', /^rempart_maintenance calls rempart\.create_hit_month/],
  [
    'another result',
    'drop function rempart.hit_months(); create function rempart.hit_months() returns text language sql return 1',
    /hit_months/,
  ],
  ['a right that is taken', 'revoke execute on function rempart.remove_erased(integer) from rempart_maintenance', /remove_erased/],
  ['a column that is dropped', 'alter table rempart.hits drop column referrer cascade', /hits\.referrer/],
])('%s is missed', async (_, statement, missed) => {
  const before = await interfaceOfRoles();
  await superuser.query('begin');
  try {
    await superuser.query(statement);
    const after = new Set(await interfaceOfRoles());
    expect(before.filter((right) => !after.has(right)).join('\n')).toMatch(missed);
  } finally {
    await superuser.query('rollback');
  }
});
