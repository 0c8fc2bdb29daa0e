// Support staff and auditors sign in as roles of their own, which last until a day, and read what they may read.
import type { Client } from 'pg';
import { administerAccess } from '../../lambda/database/staff-access/administer';
import type { SiteId } from '../../runtime/site';
import type { Verified } from '../../runtime/staff/caller';
import { localPassword } from '../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;
let admission: Client;
let signatures = 0;

const team = 'production-it-team-eu-west-3';
const by = (name: string, request: unknown): Verified => {
  signatures += 1;
  const caller = { arn: `arn:aws:sts::111122223333:assumed-role/${team}/${name}`, role: team, name, accessKey: 'ASIA1' };
  return { caller, request, signature: Buffer.alloc(32, signatures) };
};
const administer = (request: unknown, name = 'irene') =>
  administerAccess((user) => db.server.connect(user, 'rempart'), by(name, request), team);

/** Grants access, and gives the role a password in place of a token. */
async function grant(person: string, kind: 'support' | 'auditor'): Promise<string> {
  await administer({ action: 'grant', person, kind, days: 7 });
  await db.superuser.query(`alter role "${kind}_${person}" password '${localPassword}'`);
  return `${kind}_${person}`;
}

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('staffed');
  admission = await db.server.connect('rempart_admission', 'rempart');
}, 60_000);
afterAll(() => db.close());

const column = async (sql: string) => (await db.superuser.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => value);

test('the role of a person signs in by token, has the privileges of its kind, and passes none of them on', async () => {
  const role = await grant('ada', 'support');
  expect(await column(`select roleid::regrole::text from pg_auth_members where member = '${role}'::regrole order by 1`)).toEqual([
    'rempart_staff',
    'rempart_support',
  ]);
  expect(await column(`select roleid::regrole::text from pg_auth_members where member = 'rempart_staff'::regrole`)).toEqual(['rds_iam']);
  expect(await column(`select admin_option or set_option from pg_auth_members where member = '${role}'::regrole`)).toEqual([false, false]);
  expect(
    await column(
      `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication from pg_roles where rolname = '${role}'`,
    ),
  ).toEqual([false]);
  expect(await column(`select unnest(rolconfig) from pg_roles where rolname = '${role}' order by 1`)).toEqual([
    'idle_in_transaction_session_timeout=30s',
    'statement_timeout=15s',
  ]);
});

test('the master user is a member of no role that signs in by token, and no one of the role that makes them', async () => {
  const ways = `with recursive m (id, name) as (select oid, rolname from pg_roles where rolname = 'rempart_admin'
    union select r.oid, r.rolname from m join pg_auth_members a on a.member = m.id join pg_roles r on r.oid = a.roleid) select name from m`;
  expect((await column(ways)).filter((name) => /rds_iam|admission|staff|^support_|^auditor_/.test(name))).toEqual([]);
  expect(await column(`select member from pg_auth_members where roleid = 'rempart_admission'::regrole`)).toEqual([]);
});

test('the role that makes roles reads no data, makes no powerful role, and changes no other', async () => {
  for (const table of ['people', 'hits', 'sites', 'access_log', 'modification_log'])
    await expect(admission.query(`select from rempart.${table}`)).rejects.toThrow(/permission denied/);
  await expect(admission.query('select from rempart_private.staff')).rejects.toThrow(/permission denied/);
  for (const attribute of ['superuser', 'bypassrls', 'createdb', 'replication'])
    await expect(admission.query(`create role powerful ${attribute}`)).rejects.toThrow(/permission denied/);
  for (const group of ['rempart_owner', 'rempart_guard', 'rempart_application', 'rempart_maintenance', 'pg_read_all_data', 'rds_iam'])
    await expect(admission.query(`grant ${group} to rempart_admission`)).rejects.toThrow(/permission denied/);
  for (const role of ['rempart_application', 'rempart_admin']) {
    await expect(admission.query(`alter role ${role} nologin`)).rejects.toThrow(/permission denied/);
    await expect(admission.query(`drop role ${role}`)).rejects.toThrow(/permission denied/);
  }
});

test('a person opens a site with a reason and reads that site alone, and writes nothing', async () => {
  const other = await db.createSite('another');
  const role = await grant('grace', 'support');
  const grace = await db.server.connect(role, 'rempart');
  const seen = async () => (await grace.query('select id from rempart.sites')).rows.map(({ id }) => id);
  expect(await seen()).toEqual([]);
  await grace.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 1: missing hits', 'jest']);
  expect(await seen()).toEqual([site]);
  await expect(grace.query('select rempart.staff_entry($1, $2, $3, $4, $5)', [other, 'x', 'jest', 'done', ''])).rejects.toThrow(
    'a site that was opened within the hour',
  );
  for (const statement of [
    `update rempart.people set name = 'x'`,
    `insert into rempart.people (site_id) values (${site})`,
    'delete from rempart.hits',
    'create table rempart.x ()',
    'create temporary table x ()',
    'create role x',
    `set role rempart_support`,
    'select from rempart.access_log',
    'select from rempart_private.staff',
    `select rempart.admit_staff('x', 'support', 1, 'y', 'z')`,
  ]) {
    await expect(grace.query(statement)).rejects.toThrow(/permission denied/);
  }
});

test('access ends by the clock, also in a transaction that is open', async () => {
  const role = await grant('hedy', 'support');
  const hedy = await db.server.connect(role, 'rempart');
  await hedy.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 2: missing hits', 'jest']);
  await hedy.query('begin');
  expect((await hedy.query('select from rempart.sites')).rowCount).toBe(1);
  await db.superuser.query(`update rempart_private.staff set until = now() - interval '1 second' where role = '${role}'`);
  expect((await hedy.query('select from rempart.sites')).rowCount).toBe(0);
  await expect(hedy.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 3: missing hits', 'jest'])).rejects.toThrow(
    'expected access that lasts, got none for support_hedy',
  );
  await hedy.query('rollback');
  const { access, dropped } = await administer({ action: 'list' });
  expect(dropped).toContain(role);
  expect(access.map(({ person }) => person)).not.toContain('hedy');
  await expect(db.server.connect(role, 'rempart')).rejects.toThrow(/authentication failed/);
});

test('a person who is revoked cannot sign in, and reads nothing in a session that is open', async () => {
  const role = await grant('joan', 'support');
  const joan = await db.server.connect(role, 'rempart');
  await joan.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 4: missing hits', 'jest']);
  expect((await joan.query('select from rempart.sites')).rowCount).toBe(1);
  expect((await administer({ action: 'revoke', person: 'joan' })).dropped).toEqual([role]);
  const left = await joan.query('select from rempart.sites').then(
    ({ rowCount }) => rowCount,
    () => 0,
  );
  expect(left).toBe(0);
  await expect(db.server.connect(role, 'rempart')).rejects.toThrow(/authentication failed/);
  expect((await administer({ action: 'revoke', person: 'joan' })).dropped).toEqual([]);
  // Access that is given again begins anew: what was opened before is closed.
  await grant('joan', 'support');
  const again = await db.server.connect(role, 'rempart');
  expect((await again.query('select from rempart.sites')).rowCount).toBe(0);
});

test('an auditor reads the logs of all sites and no data, while the access lasts', async () => {
  const role = await grant('lise', 'auditor');
  const lise = await db.server.connect(role, 'rempart');
  expect((await lise.query('select from rempart.access_log')).rowCount).toBeGreaterThan(0);
  expect((await lise.query('select from rempart.modification_log')).rowCount).toBeGreaterThan(0);
  for (const table of ['people', 'hits', 'sites', 'rejects'])
    await expect(lise.query(`select from rempart.${table}`)).rejects.toThrow(/permission denied/);
  await expect(lise.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 5: missing hits', 'jest'])).rejects.toThrow(
    /permission denied/,
  );
  await db.superuser.query(`update rempart_private.staff set until = now() where role = '${role}'`);
  expect((await lise.query('select from rempart.access_log')).rowCount).toBe(0);
});

test.each<[string, unknown, string, string]>([
  ['oneself', { action: 'grant', person: 'irene', kind: 'support', days: 1 }, 'irene', 'expected another person to grant it'],
  ['a second kind', { action: 'grant', person: 'ada', kind: 'auditor', days: 1 }, 'irene', 'expected no other access of ada, got support'],
  ['more days than 90', { action: 'grant', person: 'max', kind: 'support', days: 91 }, 'irene', 'days: expected'],
  ['another kind', { action: 'grant', person: 'max', kind: 'owner', days: 1 }, 'irene', 'kind: expected support or auditor'],
  ['a name with a quote', { action: 'grant', person: 'max" superuser --', kind: 'support', days: 1 }, 'irene', 'person: expected'],
  ['no person', { action: 'grant', kind: 'support', days: 1 }, 'irene', 'person: expected'],
  ['an unknown action', { action: 'drop' }, 'irene', 'action: expected grant, revoke or list'],
])('no grant to %s', async (_, request, name, reason) => {
  const before = await column('select count(*) from pg_roles');
  await expect(administer(request, name)).rejects.toThrow(reason);
  expect(await column('select count(*) from pg_roles')).toEqual(before);
});

test('the database itself limits days and kinds', async () => {
  const admit = (days: number | null, kind = 'support') =>
    admission.query('select rempart.admit_staff($1, $2, $3, $4, $5)', ['max', kind, days, 'irene', 'jest']);
  await expect(admit(91)).rejects.toThrow('expected 1 to 90 days');
  await expect(admit(0)).rejects.toThrow('expected 1 to 90 days');
  await expect(admit(null)).rejects.toThrow('expected 1 to 90 days');
  await expect(admit(1, 'owner')).rejects.toThrow(/check constraint/);
});

test('another role than that of the IT team grants nothing, and may list and revoke', async () => {
  const { caller, ...rest } = by('grace', { action: 'grant', person: 'max', kind: 'support', days: 1 });
  const stranger = { ...rest, caller: { ...caller, role: 'production-client-data-team-eu-west-3' } };
  const open = (user: string) => db.server.connect(user, 'rempart');
  await expect(administerAccess(open, stranger, team)).rejects.toThrow(`expected a session of the role ${team}`);
  await expect(administerAccess(open, { ...stranger, request: { action: 'list' } }, team)).resolves.toBeDefined();
});

test('a signature is used once', async () => {
  const once = by('irene', { action: 'list' });
  const open = (user: string) => db.server.connect(user, 'rempart');
  await administerAccess(open, once, team);
  await expect(administerAccess(open, once, team)).rejects.toThrow('expected a signature that was not used before');
});

test('each grant and each revocation is in the access log, with who, what, when, from where and the outcome', async () => {
  await administer({ action: 'grant', person: 'rosa', kind: 'auditor', days: 3 });
  await administer({ action: 'revoke', person: 'rosa' });
  const { rows } = await db.superuser.query(`select * from rempart.access_log where detail like '%auditor_rosa%' order by id`);
  const source = `${team} ASIA1`;
  expect(rows).toMatchObject([
    { site_id: 0, actor: 'irene', signed_in_as: 'rempart_admission', source, outcome: 'done', detail: 'auditor_rosa for 3 days' },
    { site_id: 0, actor: 'irene', signed_in_as: 'rempart_admission', source, outcome: 'done', detail: 'auditor_rosa' },
  ]);
  expect(rows.map(({ action }) => action)).toEqual(['grant access to the database', 'revoke access to the database']);
});
