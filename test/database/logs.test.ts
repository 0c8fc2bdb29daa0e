// The logs hold who, which site, what, when, from where and the outcome, with the row before and after; nobody changes
// them (TOM-4.8, 4.9).
import type { Client } from 'pg';
import type { Session } from '../../runtime/database-session';
import { ingest } from '../../runtime/ingest';
import type { SiteId } from '../../runtime/site';
import { proveContext } from '../../runtime/site-context';
import { type LocalDatabase, startDatabase } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;
const ada = { name: 'ada@example.com', from: '192.0.2.7', doing: 'edit people' };

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('logged');
}, 60_000);
afterAll(() => db.close());

const logged = async (table: 'access_log' | 'modification_log', where: string) =>
  (await db.superuser.query(`select * from rempart.${table} where ${where} order by id`)).rows;

test('an entry of the access log has actor, site, action, time, source and outcome', async () => {
  const before = Date.now();
  await db.application.withSite(site, ada, async (session) => session.query('select * from rempart.people'));
  const [entry] = await logged('access_log', `actor = 'ada@example.com'`);
  expect(entry).toMatchObject({
    site_id: site,
    actor: ada.name,
    source: ada.from,
    action: ada.doing,
    outcome: 'done',
    signed_in_as: 'rempart_application',
  });
  expect(entry.at.getTime()).toBeGreaterThanOrEqual(before - 1000);
});

test('work that fails is logged as failed, with the reason, in a transaction of its own', async () => {
  const doing = { ...ada, doing: 'fail' };
  await expect(db.application.withSite(site, doing, (session) => session.query('select 1/0'))).rejects.toThrow('division by zero');
  await expect(db.application.withSite(site, doing, () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
  expect(await logged('access_log', `action = 'fail'`)).toMatchObject([
    { outcome: 'failed', detail: '22012' },
    { outcome: 'failed', detail: 'RangeError' },
  ]);
});

test('an insert, an update, a deletion and a restoration hold the row before and after, in the transaction of the change', async () => {
  const id = await db.application.withSite(site, ada, async (session) => {
    const { rows } = await session.query<{ id: string }>(`insert into rempart.people (site_id, name) values ($1, 'Grace') returning id`, [
      site,
    ]);
    const id = rows[0]?.id ?? '';
    await session.query(`update rempart.people set name = 'Hopper' where id = $1`, [id]);
    await session.query(`select rempart.mark_deleted('people', $1)`, [id]);
    await session.query(`select rempart.restore_deleted('people', $1)`, [id]);
    return id;
  });
  const entries = await logged('modification_log', `row_key = '${id}'`);
  expect(entries.map(({ operation, before, after }) => [operation, before?.name, after?.name])).toEqual([
    ['insert', undefined, 'Grace'],
    ['update', 'Grace', 'Hopper'],
    ['delete', 'Hopper', 'Hopper'],
    ['restore', 'Hopper', 'Hopper'],
  ]);
  expect(entries[2].after.deleted_at).not.toBeNull();
  for (const entry of entries) expect(entry).toMatchObject({ site_id: site, actor: ada.name, source: ada.from, table_name: 'people' });
  expect(new Set(entries.map(({ transaction_id }) => transaction_id)).size).toBe(1);
});

test('a change that is rolled back leaves no entry', async () => {
  const work = db.application.withSite(site, ada, async (session) => {
    await session.query(`insert into rempart.people (site_id, name) values ($1, 'Nobody')`, [site]);
    throw new Error('undo');
  });
  await expect(work).rejects.toThrow('undo');
  expect(await logged('modification_log', `after ->> 'name' = 'Nobody'`)).toEqual([]);
});

test.each([
  ["update rempart.access_log set actor = 'nobody'"],
  ['delete from rempart.access_log'],
  ['truncate rempart.modification_log'],
  ["insert into rempart.access_log (site_id, actor, source, action, outcome) values (1, 'x', 'y', 'z', 'done')"],
  ["insert into rempart.modification_log (site_id, actor, source, table_name, operation) values (1, 'x', 'y', 'people', 'update')"],
  ['update rempart.modification_log set before = null'],
])('the application cannot: %s', async (statement) => {
  const before = await logged('access_log', 'true');
  await expect(db.application.withSite(site, { ...ada, doing: 'tamper' }, (session) => session.query(statement))).rejects.toThrow(
    /permission denied/,
  );
  expect((await logged('access_log', `action <> 'tamper'`)).length).toBe(before.filter(({ action }) => action !== 'tamper').length);
});

test.each([
  ['delete from rempart.access_log'],
  ["update rempart.modification_log set actor = 'nobody'"],
  ["update rempart.modification_log set before = null, after = '{}'"],
  ['truncate rempart.access_log'],
])('not even the superuser changes a log without taking its trigger off: %s', async (statement) => {
  await expect(db.superuser.query(statement)).rejects.toThrow(
    /expected only new rows, got (DELETE|UPDATE|TRUNCATE); a log is never changed/,
  );
});

// Each statement changes a row while the proof is away, and puts it back: the log would name the role instead of the
// actor.
test.each([
  ["update rempart.people set name = 'evaded' returning set_config('rempart.proof', '', true) into x;"],
  [
    "insert into rempart.people (site_id, name) values (current_setting('rempart.site')::int, 'evaded') returning set_config('rempart.proof', '', true) into x;",
  ],
  [
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values (current_setting('rempart.site')::int, now(), gen_random_uuid(), now(), 'evaded')
     returning set_config('rempart.proof', '', true) into x;`,
  ],
  [
    `insert into rempart.rejects (site_id, digest, reason, detail, record, record_length)
     values (current_setting('rempart.site')::int, sha256('evaded'), 'evaded', '', '', 0) returning set_config('rempart.proof', '', true) into x;`,
  ],
])('a statement that hides its actor changes nothing: %s', async (change) => {
  const add = (session: Session) => session.query(`insert into rempart.people (site_id, name) values ($1, 'there')`, [site]);
  await db.application.withSite(site, ada, add);
  const before = await logged('modification_log', 'true');
  const text = `do $$ declare p text := current_setting('rempart.proof'); x text; begin ${change} perform set_config('rempart.proof', p, true); end $$`;
  await expect(db.application.withSite(site, ada, (session) => session.query(text))).rejects.toThrow(
    /modification log: expected a change in the context of site/,
  );
  expect(await logged('modification_log', 'true')).toEqual(before);
  expect((await db.superuser.query(`select from rempart.people where name = 'evaded'`)).rowCount).toBe(0);
});

test('SQL writes no entry of the access log but the one that was signed, and that once', async () => {
  const enter = (values: string) => `select rempart.enter(current_setting('rempart.site')::int, current_setting('rempart.actor'),
    current_setting('rempart.source'), ${values}, current_setting('rempart.proof'))`;
  const doing = { ...ada, doing: 'forge' };
  const run = (text: string) => db.application.withSite(site, doing, (session) => session.query(text));
  await expect(run(enter(`'forge', 'done', null`))).rejects.toThrow(/expected one entry a transaction, got a second/);
  await expect(run(enter(`'support', 'opened', 'forged'`))).rejects.toThrow(/expected done or failed, got opened/);
  expect(await logged('access_log', `action in ('forge', 'support')`)).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);

  const client = await db.server.connect('rempart_application', 'rempart');
  for (const [action, outcome, detail] of [
    ['never happened', 'done', null],
    ['forge', 'failed', null],
    ['forge', 'done', 'x'],
  ]) {
    await client.query('begin');
    const mark = (await client.query('select rempart.transaction_mark() as mark')).rows[0].mark;
    const proof = proveContext(db.contextKey, mark, site, doing);
    const values = [site, ada.name, ada.from, action, outcome, detail, proof];
    await expect(client.query('select rempart.enter($1, $2, $3, $4, $5, $6, $7)', values)).rejects.toThrow(
      /expected a proof made for this/,
    );
    await client.query('rollback');
  }
  await client.end();
});

test('stored and removed rejects are counted, without what is in them', async () => {
  await ingest(db.application, [Buffer.from(`{"site":${site},"x":"secret"}`), Buffer.from(`{"site":${site}}`)]);
  const entries = await logged('modification_log', `table_name = 'rejects'`);
  expect(entries).toMatchObject([{ site_id: site, actor: 'ingest', operation: 'insert', before: null, after: { rows: 2 } }]);
});

test('an actor who was changed in mid-transaction cannot sign a change', async () => {
  const work = db.application.withSite(site, ada, async (session) => {
    await session.query(`select set_config('rempart.actor', 'somebody else', true)`);
    await session.query(`insert into rempart.people (site_id, name) values ($1, 'Forged')`, [site]);
  });
  await expect(work).rejects.toThrow(/expected a proof made for this transaction/);
  expect(await logged('modification_log', `actor = 'somebody else'`)).toEqual([]);
});

/** A person whose access lasts for a day, signed in by password in place of a token. */
async function admit(kind: 'auditor' | 'support', person: string): Promise<void> {
  await db.superuser.query(`create role ${kind}_${person} login password 'postgres' in role rempart_${kind}`);
  const values = [`${kind}_${person}`, kind, person];
  const text = `insert into rempart_private.staff (role, kind, person, until, granted_by) values ($1, $2, $3, now() + interval '1 day', 'test')`;
  await db.superuser.query(text, values);
}

test('an auditor reads both logs and no data', async () => {
  await admit('auditor', 'eve');
  const eve: Client = await db.server.connect('auditor_eve', 'rempart');
  expect((await eve.query('select * from rempart.access_log')).rows.length).toBeGreaterThan(0);
  expect((await eve.query('select * from rempart.modification_log')).rows.length).toBeGreaterThan(0);
  for (const table of ['people', 'hits', 'sites', 'rejects'])
    await expect(eve.query(`select * from rempart.${table}`)).rejects.toThrow(/permission denied/);
  await expect(eve.query('delete from rempart.access_log')).rejects.toThrow(/permission denied/);
});

test('support reads a site only after an entry that is committed, only that site, and for an hour', async () => {
  const other = await db.createSite('unopened');
  await db.application.withSite(other, ada, (session) =>
    session.query(`insert into rempart.people (site_id, name) values ($1, 'Other')`, [other]),
  );
  await admit('support', 'sam');
  const sam = await db.server.connect('support_sam', 'rempart');
  const seen = async () => new Set((await sam.query('select site_id from rempart.people')).rows.map(({ site_id }) => site_id));
  const open = () => sam.query('select rempart.support_open($1, $2, $3)', [site, 'ticket 4711: missing hits', '198.51.100.9']);

  expect(await seen()).toEqual(new Set());
  await sam.query('begin');
  await open();
  expect(await seen()).toEqual(new Set());
  await sam.query('savepoint a');
  expect(await seen()).toEqual(new Set());
  await sam.query('rollback');
  expect(await seen()).toEqual(new Set());

  await open();
  expect(await seen()).toEqual(new Set([site]));
  expect(await logged('access_log', `outcome = 'opened'`)).toMatchObject([
    { actor: 'support_sam', site_id: site, detail: 'ticket 4711: missing hits', source: '198.51.100.9' },
  ]);
  await expect(sam.query(`update rempart.people set name = 'x'`)).rejects.toThrow(/permission denied/);
  await expect(sam.query(`select rempart.support_open($1, 'short', 'x')`, [site])).rejects.toThrow(/expected a reason/);

  // Also in a transaction that began within the hour.
  await sam.query('begin');
  expect(await seen()).toEqual(new Set([site]));
  await db.superuser.query('alter table rempart.access_log disable trigger append_only');
  await db.superuser.query(`update rempart.access_log set at = at - interval '1 hour' + (now() - at) where outcome = 'opened'`);
  await db.superuser.query('alter table rempart.access_log enable trigger append_only');
  expect(await seen()).toEqual(new Set());
  await sam.query('rollback');
});
