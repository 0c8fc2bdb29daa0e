// What the role of a site can read besides its rows (docs/adr/0005-site-context.md): each channel is opened first, so
// that the attack is seen to work, and then tried as the migrations leave it.
import type { Client } from 'pg';
import type { SiteId } from '../../runtime/site';
import { enterSite, type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

// In the order of code points the first of all names, which `recover` finds.
const secret = 'A 7th Text_of another {site}!';
const otherKey = 'acme-insurance-paris';

let db: LocalDatabase;
let own: SiteId;
let other: SiteId;
let client: Client;

beforeAll(async () => {
  db = await startDatabase();
  own = await db.createSite('own');
  other = await db.createSite(otherKey);
  await db.application.withSite(other, tester, async (session) => {
    await session.query(
      `insert into rempart.people (site_id, name, visitor, attributes)
       select $1, case when n % 2 = 0 then $2 else 'Person ' || n end, 'visitor ' || n, jsonb_build_object('note', $2::text)
       from generate_series(1, 600) n`,
      [other, secret],
    );
    await session.query('select rempart.erase_person(null, $1)', ['visitor 1']);
  });
  await db.application.withSite(own, tester, (session) =>
    session.query(`insert into rempart.people (site_id, name) select $1, 'Own ' || n from generate_series(1, 20) n`, [own]),
  );
  await db.superuser.query('analyze');
});
afterAll(() => db.close());
beforeEach(async () => {
  client = await db.server.connect('rempart_application', 'rempart');
  await enterSite(client, db.contextKey, own);
});
afterEach(() => client.end());

interface Plan {
  readonly 'Plan Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Node Type': string;
  readonly Plans?: readonly Plan[];
}

let explained = 0;
async function explain(statement: string, values: readonly string[], analyze = false): Promise<Plan> {
  explained++;
  // A bound value is planned as a constant would be.
  const { rows } = await client.query(`explain (analyze ${analyze}, format json) ${statement}`, [...values]);
  return rows[0]['QUERY PLAN'][0].Plan;
}

/** Whether a text of another site is in a range: at least `from` and below `to`, in the order of code points. */
type Oracle = (from: string, to: string) => Promise<boolean>;

const printable = { first: 32, last: 126 };

/** A text of another site, character by character: seven questions for each. */
async function recover(isThere: Oracle): Promise<string> {
  let known = '';
  const between = (first: number, last: number) => isThere(known + String.fromCharCode(first), known + String.fromCharCode(last + 1));
  while (known.length < 60 && (await between(printable.first, printable.last))) {
    let { first, last } = printable;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (await between(first, middle)) last = middle;
      else first = middle + 1;
    }
    known += String.fromCharCode(first);
  }
  return known;
}

/** By the number of rows that the planner expects, above that of a range without any text. */
const byEstimate =
  (table: string, column: string): Oracle =>
  async (from, to) => {
    const range = `select from rempart.${table} where ${column} collate "C" >= $1 and ${column} collate "C" < $2`;
    const rows = async (values: string[]) => (await explain(range, values))['Plan Rows'];
    return (await rows([from, to])) > (await rows(['\u0001', '\u0001'])) + 20;
  };

/** By the rows that an index found and the policy removed. */
const byRemovedRows =
  (table: string, column: string): Oracle =>
  async (from, to) => {
    const range = `select from rempart.${table} where ${column} >= $1 and ${column} < $2`;
    return removed(await explain(range, [from, to], true)) > 0;
  };

const removed = (plan: Plan): number =>
  (plan['Node Type'].includes('Seq Scan') ? 0 : (plan['Rows Removed by Filter'] ?? 0)) +
  (plan.Plans ?? []).reduce((sum, inner) => sum + removed(inner), 0);

/** Runs an attack in a database that a change has opened, and takes the change back. */
async function opened<T>(open: string, close: string, attack: () => Promise<T>): Promise<T> {
  await client.query('rollback');
  await db.superuser.query(open);
  try {
    await enterSite(client, db.contextKey, own);
    return await attack();
  } finally {
    await client.query('rollback');
    await db.superuser.query(close);
    await enterSite(client, db.contextKey, own);
  }
}

test('EXPLAIN recovers a text of another site from statistics of its column, and nothing from those that are kept', async () => {
  const attack = () => recover(byEstimate('people', 'name'));
  explained = 0;
  const found = await opened(
    'alter table rempart.people alter column name set statistics 100; analyze rempart.people',
    // The change of type removes what was sampled, as migration 0013 does.
    'alter table rempart.people alter column name set statistics 0; alter table rempart.people alter column name type varchar(200)',
    attack,
  );
  expect(found).toBe(secret);
  expect(explained).toBeGreaterThan(100);
  await db.superuser.query('analyze rempart.people');
  expect(await attack()).toBe('');
});

test('ANALYZE keeps no value of a text, a JSON document or a key of any table with a site', async () => {
  const { rows } = await db.superuser.query(
    `select c.relname || '.' || a.attname as name from pg_statistic s join pg_class c on c.oid = s.starelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = s.staattnum where c.relnamespace = 'rempart'::regnamespace order by 1`,
  );
  expect(new Set(rows.map(({ name }) => name.split('.')[1]))).toEqual(new Set(['site_id', 'deleted_at']));
  expect((await db.superuser.query(`select from pg_statistic_ext`)).rowCount).toBe(0);
});

test('EXPLAIN ANALYZE recovers the key of another site through an index on keys alone, and nothing through the one that there is', async () => {
  await client.query('set local enable_seqscan = off');
  const attack = async () => {
    await client.query('set local enable_seqscan = off');
    return recover(byRemovedRows('sites', 'key'));
  };
  expect(await opened('create index opened on rempart.sites (key collate "C")', 'drop index rempart.opened', () => recoverKeys())).toBe(
    otherKey,
  );
  expect(await attack()).toBe('');
  expect(await recoverKeys()).toBe('');
  const { rows } = await client.query(`explain (costs off) select from rempart.sites where lower(key) = 'own'`);
  expect(JSON.stringify(rows)).not.toContain('sites_key');

  async function recoverKeys(): Promise<string> {
    await client.query('set local enable_seqscan = off');
    return recover(byRemovedRows('sites', 'key collate "C"'));
  }
});

test('EXPLAIN ANALYZE shows when an erasure of another site is due through an index on times alone, and not through the one that there is', async () => {
  const count = async () => {
    await client.query('set local enable_seqscan = off');
    return removed(
      await explain(`select from rempart.erasures where removed_at is null and due_at > $1::timestamptz`, ['2026-01-01'], true),
    );
  };
  expect(
    await opened('create index opened on rempart.erasures (due_at) where removed_at is null', 'drop index rempart.opened', count),
  ).toBe(1);
  expect(await count()).toBe(0);
});

test('whether a row of any site meets a condition does not show in whether the site was computed', async () => {
  const computed = async (condition: string) => {
    for (const way of ['indexscan', 'indexonlyscan', 'bitmapscan']) await client.query(`set local enable_${way} = off`);
    const plan = await explain(`select from rempart.people where ${condition} and $1 <> ''`, ['x'], true);
    const [site] = plan.Plans?.filter((inner) => inner['Node Type'] === 'Result') ?? [];
    return (site?.['Actual Loops'] ?? 0) > 0;
  };
  const conditions = ['email is null', 'email is not null', "name < 'A'", "name > 'A'", 'directory_id is not null'];
  const answers = async () => {
    const all: boolean[] = [];
    for (const condition of conditions) all.push(await computed(condition));
    return all;
  };
  const policy = (site: string) => `alter policy application on rempart.people using (${site} and deleted_at is null)`;
  const before = await opened(
    policy('site_id = (select rempart.entered_site())'),
    policy('(true, site_id) = (select true, rempart.entered_site())'),
    answers,
  );
  expect(before).toContain(false);
  expect(await answers()).toEqual(conditions.map(() => true));
});

test('errors about rows of another site are the same whether or not there is such a row, and hold none of its values', async () => {
  const { rows } = await db.superuser.query(`select id from rempart.people where site_id = $1 and name = $2 limit 1`, [other, secret]);
  const shown = async (statement: string) => {
    await client.query('savepoint a');
    const outcome = await client.query(statement).then(
      ({ rows: found }) => JSON.stringify(found),
      (error) => JSON.stringify({ ...error, message: error.message }),
    );
    await client.query('rollback to savepoint a');
    expect(outcome).not.toContain(secret.slice(0, 8));
    expect(outcome).not.toContain(otherKey);
    return outcome;
  };
  const missing = '00000000-0000-4000-8000-000000000000';
  for (const statement of [
    (id: string) => `insert into rempart.people (site_id, id, name) values (${other}, '${id}', 'x')`,
    (id: string) => `insert into rempart.people (site_id, id, name) values (${other}, '${id}', 'x') on conflict do nothing`,
    (id: string) =>
      `insert into rempart.people (site_id, id, name) values (${other}, '${id}', 'x') on conflict (site_id, id) do update set name = 'y' returning name`,
    (id: string) => `insert into rempart.person_rights (site_id, person_id, role) values (${own}, '${id}', 'reader')`,
    (id: string) => `insert into rempart.person_rights (site_id, person_id, role) values (${other}, '${id}', 'reader')`,
    (id: string) => `insert into rempart.people (site_id, id, name, attributes) values (${other}, '${id}', 'x', '[]')`,
    (id: string) => `select rempart.mark_deleted('people', '${id}')`,
    (id: string) => `select rempart.restore_deleted('people', '${id}')`,
    (id: string) => `select rempart.erase_person('${id}', null)`,
  ]) {
    const there = await shown(statement(rows[0].id));
    expect(there.replaceAll(rows[0].id, missing)).toBe(await shown(statement(missing)));
  }
  for (const statement of [
    'select name::integer from rempart.people',
    'select name from rempart.people where name::integer = 1',
    'select (attributes ->> 0)::integer, name::uuid from rempart.people where visitor::uuid is null',
    `select 1 / (length(name) - ${secret.length}) from rempart.people`,
    'select key::integer from rempart.sites where key::integer > 0',
    `update rempart.people set attributes = '[]'`,
    `copy rempart.people (site_id, name) to stdout`,
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values (${other}, '2001-01-01', '${missing}', now(), 'x')`,
  ])
    await shown(statement);
});

test('a check that fails names the constraint, and not the row', async () => {
  await client.query('savepoint a');
  const error = await client.query(`insert into rempart.people (site_id, name, attributes) values ($1, 'x', '[]')`, [own]).catch((e) => e);
  expect([error.constraint, error.detail]).toEqual(['people_attributes_check', undefined]);
});

test('the texts of statements that other sessions of the role run hold no value', async () => {
  let seen: string[] = [];
  await db.application.withSite(other, tester, async (session) => {
    await session.query('select * from rempart.people where name = $1', [secret]);
    seen = (await client.query('select query from pg_stat_activity where usename = session_user')).rows.map(({ query }) => query);
  });
  expect(seen).toContain('select * from rempart.people where name = $1');
  expect(seen.join('\n')).not.toContain(secret);
  expect(seen.join('\n')).not.toContain(tester.name);
});

test('locks show numbers of objects and transactions, and no row', async () => {
  await db.application.withSite(other, tester, async (session) => {
    await session.query(`update rempart.people set visitor = 'changed' where name = $1`, [secret]);
    const { rows } = await client.query(`select distinct locktype from pg_locks order by 1`);
    expect(rows.map(({ locktype }) => locktype)).toEqual(['relation', 'transactionid', 'virtualxid']);
  });
});

test('a notification of one site reaches no work of another', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  await expect(single.withSite(own, tester, (session) => session.query('listen channel'))).rejects.toThrow(/got LISTEN/);
  await single.withSite(own, tester, (session) => session.query(`do $$ begin execute 'listen channel'; end $$`));
  await db.application.withSite(other, tester, (session) => session.query(`select pg_notify('channel', $1)`, [secret]));
  expect(await single.withSite(own, tester, async (session) => (await session.query('select pg_listening_channels()')).rows)).toEqual([]);
});

test('totals over all sites are open: their size, number of rows and changes (docs/adr/0005-site-context.md)', async () => {
  const { rows } = await client.query(
    `select c.reltuples::integer as rows, pg_total_relation_size(c.oid) > 0 as sized, s.n_tup_ins >= 0 as counted
     from pg_class c join pg_stat_user_tables s on s.relid = c.oid where c.oid = 'rempart.people'::regclass`,
  );
  expect(rows).toEqual([{ rows: expect.any(Number), sized: true, counted: true }]);
});
