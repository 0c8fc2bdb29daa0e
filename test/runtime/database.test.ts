// Database access: every connection is reset after its work, whatever the work did (TOM-4.1).
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Session } from '../../runtime/database-session';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';

jest.setTimeout(databaseTimeLimit);

let db: LocalDatabase;
const sites: SiteId[] = [];

beforeAll(async () => {
  db = await startDatabase();
  for (let number = 0; number < 6; number++) {
    const site = await db.createSite(`site-${number}`);
    sites.push(site);
    await db.application.withSite(site, tester, (session) =>
      session.query('insert into rempart.people (site_id, name) select $1, $2 from generate_series(1, 5)', [site, `of ${site}`]),
    );
  }
});
afterAll(() => db.close());

const site = (index = 0): SiteId => sites[index % sites.length] as SiteId;
const namesIn = async (session: Session) => [
  ...new Set((await session.query<{ name: string }>('select name from rempart.people')).rows.map(({ name }) => name)),
];
const one = async <R>(session: Session, sql: string) => (await session.query<{ value: R }>(`select ${sql} as value`)).rows[0]?.value;

test('work sees its own site, and what it returns comes back after the commit', async () => {
  expect(await db.application.withSite(site(), tester, namesIn)).toEqual([`of ${site()}`]);
});

test('forty pieces of work at once on four connections, some failing, each see their own site only', async () => {
  const kinds = fc.array(fc.record({ index: fc.nat(5), kind: fc.constantFrom('read', 'fail', 'throw', 'steal', 'slow') }), {
    minLength: 40,
    maxLength: 40,
  });
  let statements = 0;
  const property = fc.asyncProperty(kinds, async (pieces) => {
    const work = pieces.map(({ index, kind }) =>
      db.application.withSite(site(index), tester, async (session) => {
        statements += 2;
        expect(await namesIn(session)).toEqual([`of ${site(index)}`]);
        if (kind === 'fail') await session.query('select 1/0');
        if (kind === 'throw') throw new Error('thrown');
        if (kind === 'slow') await setTimeout(5);
        if (kind === 'steal') await session.query(`select set_config('rempart.site', $1, false)`, [String(site(index + 1))]);
        return namesIn(session);
      }),
    );
    const done = await Promise.allSettled(work);
    for (const [number, result] of done.entries()) {
      const { index, kind } = pieces[number] as { index: number; kind: string };
      expect([kind, result.status]).toEqual([kind, kind === 'read' || kind === 'slow' ? 'fulfilled' : 'rejected']);
      if (result.status === 'fulfilled') expect(result.value).toEqual([`of ${site(index)}`]);
    }
  });
  await fc.assert(property, { seed: 7, numRuns: 20 });
  process.stdout.write(`pool: seed 7, ${statements} statements in 800 pieces of work\n`);
});

test('a cursor that outlives its transaction is gone before the next work', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  await single.withSite(site(), tester, (session) =>
    session.query(`do $$ begin execute 'declare kept cursor with hold for select name from rempart.people'; end $$`),
  );
  await expect(single.withSite(site(1), tester, (session) => session.query('fetch all from kept'))).rejects.toThrow(
    'cursor "kept" does not exist',
  );
});

// One connection, so that the next work gets the very connection that this one left.
test.each([
  ["set_config('statement_timeout', '1', false)"],
  ["set_config('search_path', 'pg_temp', false)"],
  ["set_config('rempart.site', '2', false)"],
  ["set_config('row_security', 'off', false)"],
  ["set_config('default_transaction_read_only', 'on', false)"],
  ["set_config('timezone', 'Asia/Tokyo', false)"],
  ['pg_advisory_lock(42)'],
])('a session that work has changed is clean for the next: %s', async (call) => {
  const single = db.open('rempart_application', { connections: 1 });
  await single.withSite(site(), tester, (session) => one(session, call)).catch(() => undefined);
  await single.withSite(site(1), tester, async (session) => {
    expect(await namesIn(session)).toEqual([`of ${site(1)}`]);
    expect(await one(session, `current_setting('statement_timeout')`)).toBe('30s');
    expect(await one(session, `current_setting('default_transaction_read_only') || current_setting('row_security')`)).toBe('offon');
    expect(await one(session, `current_setting('timezone')`)).not.toBe('Asia/Tokyo');
    expect(await one(session, `(select count(*)::int from pg_locks where locktype = 'advisory')`)).toBe(0);
  });
});

// By a DO block, which `Session` does not look into; the work succeeds, or fails at the end.
test.each([
  ['prepare kept as select 1', 'succeeds'],
  ['prepare kept as select 1', 'fails'],
  ['listen kept', 'succeeds'],
  ['declare kept cursor with hold for select 1', 'succeeds'],
  ['set statement_timeout = 1234', 'succeeds'],
  ['set rempart.kept = 1234', 'succeeds'],
  ['set session authorization rempart_application', 'succeeds'],
  ['select pg_advisory_lock(42)', 'succeeds'],
  ['select pg_advisory_lock(42)', 'fails'],
])('nothing of it is left in the session: %s, in work that %s', async (statement, end) => {
  const single = db.open('rempart_application', { connections: 1 });
  const process = (session: Session) => one<number>(session, 'pg_backend_pid()');
  let first: number | undefined;
  const work = single.withSite(site(), tester, async (session) => {
    first = await process(session);
    await session.query(`do $$ begin execute '${statement}'; end $$`);
    if (end === 'fails') throw new Error('at the end');
  });
  await (end === 'fails' ? expect(work).rejects.toThrow('at the end') : work);
  await single.withSite(site(1), tester, async (session) => {
    expect(await process(session)).toBe(first);
    const left = `(select count(*) from pg_prepared_statements) + (select count(*) from pg_cursors where name = 'kept')
      + (select count(*) from pg_listening_channels()) + (select count(*) from pg_locks where locktype = 'advisory')`;
    expect(await one(session, `(${left})::int`)).toBe(0);
    expect(await one(session, `coalesce(current_setting('rempart.kept', true), '')`)).toBe('');
    expect(await one(session, `current_setting('statement_timeout')`)).toBe('30s');
  });
});

test('no statement is sent that makes a proxy keep the connection for one client', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  const sent = jest.spyOn(Client.prototype, 'query');
  try {
    await single.withSite(site(), tester, namesIn);
    await expect(single.withSite(site(), tester, (session) => session.query('select 1/0'))).rejects.toThrow('division');
    const texts = sent.mock.calls.map(([query]: unknown[]) => (typeof query === 'string' ? query : (query as { text: string }).text));
    expect(texts).toContain('select rempart.leave(); commit');
    expect(texts).toContain('rollback; select rempart.clean_session(), pg_stat_force_next_flush()');
    expect(
      texts.filter((text) =>
        /\b(set|set_config|reset|discard|deallocate|prepare|listen|unlisten|pg_advisory\w+|nextval|setval)\b/i.test(text),
      ),
    ).toEqual([]);
  } finally {
    sent.mockRestore();
  }
});

test('a large object is refused, and by whatever way it is made, it is not committed', async () => {
  for (const text of [`select lo_from_bytea(0, 'x')`, 'select pg_catalog."lo_get"(1)', `select lowrite(1, 'x')`])
    await expect(db.application.withSite(site(), tester, (session) => session.query(text))).rejects.toThrow(/got a call on large objects/);
  const hidden = `do $$ begin execute 'select lo_' || 'from_bytea(0, ''x'')'; end $$`;
  await expect(db.application.withSite(site(), tester, (session) => session.query(hidden))).rejects.toThrow(/expected no large object/);
  expect((await db.superuser.query('select from pg_largeobject_metadata')).rowCount).toBe(0);
});

test.each([
  ['commit'],
  ['ROLLBACK'],
  ['/* a */ -- b\n commit'],
  ['set role postgres'],
  ['reset all'],
  ['discard all'],
  ['begin'],
  ['savepoint x'],
  ['prepare p as select 1'],
  ['listen x'],
  ['end;'],
  ['; commit'],
  ['/* /* a */ b */ commit'],
  ['/* a */ /**/ -- b\r commit'],
  ["alter role current_user set timezone = 'Asia/Tokyo'"],
  ['drop owned by current_user'],
  ['reassign owned by current_user to current_user'],
])('work cannot say: %s', async (statement) => {
  await expect(db.application.withSite(site(), tester, (session) => session.query(statement))).rejects.toThrow(
    /expected a statement on rows, got/,
  );
});

test('work that ends its transaction by a way round is refused by the database, and its connection is not used again', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  // The session's own connection, as a defect or an attack might get hold of it.
  const wayRound = single.withSite(site(), tester, async (session) => {
    const { client } = session as unknown as { client: { query(text: string): Promise<unknown> } };
    await client.query('commit');
    await client.query('begin');
    expect(await namesIn(session)).toEqual([]);
  });
  await expect(wayRound).rejects.toThrow(/expected the transaction that was opened, got another/);
  expect(await single.withSite(site(1), tester, namesIn)).toEqual([`of ${site(1)}`]);
});

test('one statement a call: a second one in the same text is refused', async () => {
  await expect(db.application.withSite(site(), tester, (session) => session.query('select 1; commit'))).rejects.toThrow(
    /cannot insert multiple commands/,
  );
});

test('work that swallows an error commits nothing and fails', async () => {
  const work = db.application.withSite(site(), tester, async (session) => {
    await session.query(`insert into rempart.people (site_id, name) values ($1, 'half')`, [site()]);
    await session.query('select 1/0').catch(() => undefined);
    return 'fine';
  });
  await expect(work).rejects.toThrow(/current transaction is aborted/);
  expect(await db.application.withSite(site(), tester, namesIn)).toEqual([`of ${site()}`]);
});

test('an attempt that fails is undone alone', async () => {
  await db.application.withSite(site(5), tester, async (session) => {
    const attempt = session.attempt(async () => {
      await session.query(`insert into rempart.people (site_id, name) values ($1, 'undone')`, [site(5)]);
      await session.query('select 1/0');
    });
    await expect(attempt).rejects.toThrow('division by zero');
    expect(await namesIn(session)).toEqual([`of ${site(5)}`]);
  });
});

test('a session rejects statements after its work', async () => {
  let kept: Session | undefined;
  await db.application.withSite(site(), tester, async (session) => {
    kept = session;
  });
  await expect(kept?.query('select 1')).rejects.toThrow(/expected statements before the end of the work/);
});

test('work that takes too long, hangs, or is cancelled ends with its transaction, and the pool continues', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  const sleep = (session: Session) => session.query('select pg_sleep(30)');
  await expect(single.withSite(site(), tester, sleep, { milliseconds: 100 })).rejects.toThrow(/timeout/);
  await expect(single.withSite(site(), tester, () => new Promise(() => undefined), { milliseconds: 100 })).rejects.toThrow(/timeout/);
  const calledOff = new AbortController();
  const work = single.withSite(site(), tester, sleep, { signal: calledOff.signal });
  await setTimeout(100);
  calledOff.abort(new Error('the client went away'));
  await expect(work).rejects.toThrow('the client went away');
  await expect(single.withSite(site(), tester, namesIn, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  expect(await single.withSite(site(1), tester, namesIn)).toEqual([`of ${site(1)}`]);
});

test('a connection that the server ends in mid-work fails that work alone', async () => {
  const single = db.open('rempart_application', { connections: 1 });
  const work = single.withSite(site(), tester, async (session) => {
    const pid = await one<number>(session, 'pg_backend_pid()');
    await db.superuser.query('select pg_terminate_backend($1)', [pid]);
    return namesIn(session);
  });
  await expect(work).rejects.toThrow(/terminat|not queryable/);
  expect(await single.withSite(site(1), tester, namesIn)).toEqual([`of ${site(1)}`]);
});

test('a missing site and an unknown key open no context', async () => {
  await expect(db.application.withSite(2147483647 as SiteId, tester, namesIn)).rejects.toThrow(
    /site 2147483647: expected a live site, got none/,
  );
  const stranger = db.open('rempart_application', { contextKey: async () => ({ version: 1, key: Buffer.alloc(32) }) });
  await expect(stranger.withSite(site(), tester, namesIn)).rejects.toThrow(AggregateError);
  const newer = db.open('rempart_application', { contextKey: async () => ({ version: 2, key: db.contextKey.key }) });
  await expect(newer.withSite(site(), tester, namesIn)).rejects.toThrow(/expected to record that "test" failed/);
});

test.each([
  [{ name: '' }],
  [{ from: 'a\nb' }],
  [{ doing: 'x'.repeat(201) }],
  [{ name: 'half \ud800' }],
  [{ name: undefined as unknown as string }],
])('an actor that cannot be logged is refused: %j', async (wrong) => {
  await expect(db.application.withSite(site(), { ...tester, ...wrong }, namesIn)).rejects.toThrow(TypeError);
});

test('work that is called off while its transaction is being opened does not run', async () => {
  const calledOff = new AbortController();
  // Called off between `begin` and the work: the key is asked for in between.
  const contextKey = async () => {
    calledOff.abort(new Error('the client went away'));
    return db.contextKey;
  };
  const single = db.open('rempart_application', { connections: 1, contextKey });
  const work = jest.fn(async () => 'done');
  await expect(single.withSite(site(), tester, work, { signal: calledOff.signal })).rejects.toThrow('the client went away');
  expect(work).not.toHaveBeenCalled();
});
