// A request of a person reads a page of an opened site or of the logs, with an entry for each, within the caps.
import { administerAccess } from '../../../../lambda/database/staff-access/administer';
import { readAsPerson } from '../../../../lambda/database/staff-reads/read';
import { reads, statementOf } from '../../../../lambda/database/staff-reads/reads';
import { ingest } from '../../../../runtime/ingest';
import type { SiteId } from '../../../../runtime/site';
import type { Verified } from '../../../../runtime/staff/caller';
import { localPassword } from '../../../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;
let other: SiteId;
let requests = 0;

const team = 'production-client-data-team-eu-west-3';
const reason = 'ticket 4711: hits of one visitor are missing';
const source = `${team} ASIA1`;

const verified = (name: string, request: unknown, role = team): Verified => {
  requests += 1;
  const caller = { arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`, role, name, accessKey: 'ASIA1' };
  return { caller, request, signature: Buffer.from(String(requests).padStart(32, '0')) };
};
const open = (user: string) => db.server.connect(user, 'rempart');
const ask = (name: string, request: object, mostBytes?: number) => readAsPerson(open, verified(name, request), team, mostBytes);
const read = (name: string, of: object, mostBytes?: number) => ask(name, { action: 'read', limit: 50, parameters: {}, ...of }, mostBytes);
const openSite = (name: string, of: number = site) => ask(name, { action: 'open', site: of, reason });

async function grant(person: string, kind: 'support' | 'auditor'): Promise<void> {
  const it = 'production-it-team-eu-west-3';
  await administerAccess(open, verified('irene', { action: 'grant', person, kind, days: 7 }, it), it);
  await db.superuser.query(`alter role "${kind}_${person}" password '${localPassword}'`);
}

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('read');
  other = await db.createSite('closed');
  await grant('ada', 'support');
  await grant('lise', 'auditor');
  for (const [of, name] of [
    [site, 'Own'],
    [other, 'Other'],
  ] as const) {
    const actor = { name: 'test', from: 'jest', doing: 'fill' };
    await db.application.withSite(of, actor, (session) =>
      session.query(`insert into rempart.people (site_id, name, email, visitor) values ($1, $2, $3, 'v1')`, [
        of,
        name,
        `${name.toLowerCase()}@example.com`,
      ]),
    );
    await db.superuser.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, visitor)
       select $1, now() - make_interval(secs => n), gen_random_uuid(), now(), 'page', case when n % 2 = 0 then 'v1' else 'v2' end
       from generate_series(1, 20) as n`,
      [of],
    );
  }
  await ingest(db.application, [Buffer.from(`{"site":${site},"x":1}`)]);
}, 60_000);
afterAll(() => db.close());

const entries = async (where: string) =>
  (
    await db.superuser.query(`select site_id, actor, signed_in_as, source, action, outcome, detail, at from rempart.access_log
    where ${where} order by id`)
  ).rows;

test('nobody reads a site that is not open, and the attempt is logged', async () => {
  await expect(read('ada', { read: 'hits', site })).rejects.toThrow(/a site that was opened within the hour/);
  const [entry] = await entries(`actor = 'support_ada' and action = 'support reads hits'`);
  expect(entry).toMatchObject({ site_id: site, source, outcome: 'failed', detail: '42501' });
});

test('an opened site is read, no other one, and each read is logged with who, site, what, when, from where and outcome', async () => {
  const before = Date.now();
  await openSite('ada');
  const { rows } = await read('ada', { read: 'people', site, parameters: { email: 'own@example.com' } });
  expect(rows).toMatchObject([{ site_id: site, name: 'Own', visitor: 'v1' }]);
  await expect(read('ada', { read: 'people', site: other })).rejects.toThrow(`site ${other}: expected`);
  const [opened, done, failed] = (await entries(`actor = 'support_ada'`)).slice(-3);
  expect(opened).toMatchObject({
    site_id: site,
    signed_in_as: 'support_ada',
    source,
    action: 'support',
    outcome: 'opened',
    detail: reason,
  });
  expect(done).toMatchObject({ site_id: site, signed_in_as: 'support_ada', source, action: 'support reads people', outcome: 'done' });
  expect(done.detail).toBe('1 rows by email');
  expect(failed).toMatchObject({ site_id: other, source, action: 'support reads people', outcome: 'failed', detail: '42501' });
  expect(done.at.getTime()).toBeGreaterThanOrEqual(before - 1000);
});

test.each(Object.entries(reads).filter(([, { kind }]) => kind === 'support'))('support reads %s of the site alone', async (name) => {
  await openSite('ada');
  const { rows } = await read('ada', { read: name, site });
  const sites = rows.map((row) => (row as { site_id?: number; id: number }).site_id ?? (row as { id: number }).id);
  expect(new Set(sites)).toEqual(name === 'rights' ? new Set() : new Set([site]));
});

test('pages follow each other without a gap or a repetition', async () => {
  await openSite('ada');
  const seen: string[] = [];
  let after: readonly string[] | undefined;
  do {
    const page = await read('ada', { read: 'hits', site, limit: 3, parameters: { visitor: 'v1' }, ...(after ? { after } : {}) });
    expect(page.rows.length).toBeLessThanOrEqual(3);
    seen.push(...page.rows.map((row) => (row as { id: string }).id));
    after = page.after;
  } while (after);
  const all = await db.superuser.query(
    `select id from rempart.hits where site_id = $1 and visitor = 'v1' order by received_at desc, id desc`,
    [site],
  );
  expect(seen).toEqual(all.rows.map(({ id }) => id));
});

test('a page above its limit of bytes is refused and logged', async () => {
  await openSite('ada');
  await expect(read('ada', { read: 'hits', site }, 500)).rejects.toThrow('page: expected at most 500 bytes');
  expect((await entries(`actor = 'support_ada'`)).at(-1)).toMatchObject({
    action: 'support reads hits',
    outcome: 'failed',
    detail: 'Error',
  });
});

test('a statement above its time ends', async () => {
  await openSite('ada');
  const client = await open('support_ada');
  await expect(client.query(`set statement_timeout = 50; select pg_sleep(5)`)).rejects.toThrow(/statement timeout/);
  expect((await (await open('support_ada')).query('show statement_timeout')).rows).toEqual([{ statement_timeout: '15s' }]);
});

test('after an hour the site is closed', async () => {
  await openSite('ada');
  await db.superuser.query('alter table rempart.access_log disable trigger append_only');
  await db.superuser.query(`update rempart.access_log set at = at - interval '1 hour' where actor = 'support_ada' and outcome = 'opened'`);
  await db.superuser.query(`update rempart_private.staff set granted_at = granted_at - interval '2 hours'`);
  await db.superuser.query('alter table rempart.access_log enable trigger append_only');
  await expect(read('ada', { read: 'site', site })).rejects.toThrow(/a site that was opened within the hour/);
});

test('an auditor reads the logs, of one site or of all, without the rows before and after', async () => {
  const all = await read('lise', { read: 'accesses' });
  expect(new Set(all.rows.map((row) => (row as { site_id: number }).site_id))).toEqual(new Set([0, site, other]));
  const own = await read('lise', { read: 'modifications', site });
  expect(own.rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(own.rows)).not.toContain('own@example.com');
  expect((await entries(`actor = 'auditor_lise'`)).map(({ site_id, action, outcome }) => [site_id, action, outcome])).toEqual([
    [0, 'auditor reads accesses', 'done'],
    [site, 'auditor reads modifications', 'done'],
  ]);
});

test.each<[string, string, object, string]>([
  ['support who reads the logs', 'ada', { read: 'accesses' }, 'expected a role auditor_ada in the database'],
  ['an auditor who reads a site', 'lise', { read: 'hits', site: 1 }, 'expected a role support_lise in the database'],
  ['a person without access', 'mallory', { read: 'hits', site: 1 }, 'expected a role support_mallory in the database'],
  ['an unknown read', 'ada', { read: 'secrets', site: 1 }, 'read: expected site, settings'],
  ['a read of the prototype', 'ada', { read: 'constructor', site: 1 }, 'read: expected site, settings'],
  ['every site', 'ada', { read: 'hits' }, 'site: expected a site for hits'],
  ['another parameter', 'ada', { read: 'hits', site: 1, parameters: { email: 'a@b' } }, 'parameters of hits: expected'],
  ['SQL in a parameter', 'ada', { read: 'hits', site: 1, parameters: { since: `now()'; drop table x` } }, 'since: expected a time'],
  ['more rows than 200', 'ada', { read: 'hits', site: 1, limit: 201 }, 'limit: expected a whole number from 1 to 200'],
  ['a site as text', 'ada', { read: 'hits', site: '1 or true' }, 'site: expected a whole number'],
  ['a place of another read', 'ada', { read: 'hits', site: 1, after: ['x'] }, 'after: expected 2 values'],
])('%s is refused', async (_, name, of, expected) => {
  await expect(read(name, of)).rejects.toThrow(expected);
});

test.each([
  ['no reason', { reason: '' }],
  ['a short reason', { reason: 'because' }],
  ['spaces', { reason: ' '.repeat(20) }],
  ['several lines', { reason: 'ticket 4711\nhits are missing' }],
])('%s opens no site', async (_, changed) => {
  await expect(ask('ada', { action: 'open', site, ...changed })).rejects.toThrow('reason: expected 10 to 500 characters');
});

test('a site that does not exist is not opened, and the attempt is logged', async () => {
  await expect(openSite('ada', 999_999)).rejects.toThrow('expected a live site, got none');
  expect((await entries(`site_id = 999999`)).map(({ outcome, detail }) => [outcome, detail])).toEqual([['failed', 'P0002']]);
});

test('a request that was used is refused, also after it failed, and so is a session of another role', async () => {
  const once = verified('ada', { action: 'open', site, reason });
  await readAsPerson(open, once, team);
  await expect(readAsPerson(open, once, team)).rejects.toThrow('expected a signature that was not used before');
  const failing = verified('ada', { action: 'read', read: 'hits', site: other, limit: 1 });
  await expect(readAsPerson(open, failing, team)).rejects.toThrow('opened within the hour');
  await expect(readAsPerson(open, failing, team)).rejects.toThrow('expected a signature that was not used before');
  await expect(readAsPerson(open, verified('ada', {}, 'production-it-team-eu-west-3'), team)).rejects.toThrow(`the role ${team}`);
});

test('a person who was revoked cannot sign in', async () => {
  await grant('ruth', 'support');
  await openSite('ruth');
  const it = 'production-it-team-eu-west-3';
  await administerAccess(open, verified('irene', { action: 'revoke', person: 'ruth' }, it), it);
  await expect(read('ruth', { read: 'site', site })).rejects.toThrow('expected a role support_ruth in the database');
});

test('each statement names its site or reads a log, and changes nothing', () => {
  for (const [name, one] of Object.entries(reads)) {
    const text = statementOf(one);
    expect([name, /\b(insert|update|delete|create|drop|alter|grant|call|do|copy|set)\b/i.test(text)]).toEqual([name, false]);
    expect([name, text.includes(one.kind === 'support' ? 'id = $1' : '$1::integer is null or site_id = $1')]).toEqual([name, true]);
  }
});
