// No statement of the application role reads or changes a row of another site: random statements on a real server
// (TOM-4.1).
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Client } from 'pg';
import { ingest } from '../../runtime/ingest';
import type { SiteId } from '../../runtime/site';
import { enterSite, type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { addHit, daysAgo, exportDay } from './lake-days';
import { statement, type Target } from './statements';

const seed = 20261122;
const runs = 400;

interface Populated {
  readonly site: SiteId;
  /** Text in every row of the site, which no other site may see. */
  readonly marker: string;
  /** Whether a text shows a row of the site: its marker, or the key of its file in the lake. */
  readonly shows: (text: string) => boolean;
  readonly ids: Target['ids'];
  readonly stolenProof: string;
}

let db: LocalDatabase;
let sites: Populated[];
let statements = 0;
const outcomes = { answered: 0, refused: 0 };

async function populate(key: string): Promise<Populated> {
  const site = await db.createSite(key);
  const marker = `marker-${randomUUID()}`;
  const received = new Date().toISOString();
  const hit = (id: string) => ({
    site,
    id,
    received,
    kind: 'page',
    url: marker,
    visitor: `visitor-${key}`,
    fields: { marker },
    ownId: true,
  });
  const hits = [randomUUID(), randomUUID(), randomUUID()];
  await ingest(db.application, [
    ...hits.map((id) => Buffer.from(JSON.stringify(hit(id)))),
    Buffer.from(`{"site":${site},"marker":"${marker}"}`),
  ]);
  // Days, files and counts of the lake; the kind has the text there.
  for (const day of [12, 11]) await addHit(db, site, daysAgo(day), { kind: marker });
  await exportDay(db, site, daysAgo(12));
  await db.superuser.query('set session_replication_role = replica');
  await db.superuser.query('insert into rempart.reject_counts values ($1, now(), $2, 1)', [site, marker]);
  await db.superuser.query('insert into rempart.lake_deletions values ($1, $2)', [site, marker]);
  await db.superuser.query('reset session_replication_role');
  let stolenProof = '';
  const { person, right } = await db.application.withSite(site, tester, async (session) => {
    await session.query('update rempart.sites set name = $1', [marker]);
    await session.query('update rempart.site_settings set sign_in = $1', [JSON.stringify({ marker })]);
    const people = await session.query<{ id: string }>(
      'insert into rempart.people (site_id, name, visitor) values ($1, $2, $3), ($1, $2, null) returning id',
      [site, marker, `visitor-${key}`],
    );
    const person = people.rows[0]?.id ?? '';
    const rights = await session.query<{ id: string }>(
      'insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, $3) returning id',
      [site, person, 'reader'],
    );
    stolenProof = (await session.query<{ proof: string }>(`select current_setting('rempart.proof') as proof`)).rows[0]?.proof ?? '';
    return { person, right: rights.rows[0]?.id ?? '' };
  });
  return {
    site,
    marker,
    shows: (text) => text.includes(marker) || text.includes(`lake/site=${site}/`),
    ids: { people: person, person_rights: right, hits: hits[0] ?? '' },
    stolenProof,
  };
}

async function digestsOf(some: readonly Populated[]): Promise<string[]> {
  const digests: string[] = [];
  for (const { site } of some) digests.push(await digestOf(site));
  return digests;
}

/** A digest of all rows that a site has anywhere, as the superuser sees them. */
async function digestOf(site: SiteId): Promise<string> {
  const tables = [
    'site_settings',
    'people',
    'person_rights',
    'hits',
    'rejects',
    'erasures',
    'counted_ids',
    'hit_days',
    'lake_files',
    'lake_deletions',
    'hit_counts',
    'reject_counts',
    'access_log',
    'modification_log',
  ];
  const parts = tables.map((table) => `(select md5(string_agg(t::text, '|' order by t::text)) from rempart.${table} t where site_id = $1)`);
  const { rows } = await db.superuser.query(
    `select concat_ws(',', (select s::text from rempart.sites s where id = $1), ${parts.join(', ')}) as digest`,
    [site],
  );
  return rows[0].digest;
}

/** Runs a statement and gives what it shows: rows, or the fields of the error. */
async function shownBy(client: Client, text: string): Promise<string> {
  statements++;
  try {
    const result = await client.query(text);
    outcomes.answered++;
    return JSON.stringify(Array.isArray(result) ? result.map(({ rows }) => rows) : result.rows);
  } catch (error) {
    outcomes.refused++;
    return JSON.stringify({ ...(error as Error), message: (error as Error).message });
  }
}

/**
 * Runs statements in a context of one site; gives the first answer that shows another site's marker. An error undoes
 * its statement alone, so that the next has its chance, and a context that was destroyed is opened again at every
 * third statement.
 */
async function leakOf(client: Client, own: Populated, others: readonly Populated[], texts: readonly string[]): Promise<string | undefined> {
  try {
    for (const [index, text] of texts.entries()) {
      if (index % 3 === 0 && !(await isOpen(client))) {
        await cleaned(client);
        await enterSite(client, db.contextKey, own.site);
      }
      await client.query('savepoint step').catch(() => undefined);
      const shown = await shownBy(client, text);
      if (others.some(({ shows }) => shows(shown))) return `${text} -> ${shown.slice(0, 500)}`;
      if (shown.startsWith('{')) await client.query('rollback to savepoint step').catch(() => undefined);
    }
    return undefined;
  } finally {
    await cleaned(client);
  }
}

const isOpen = (client: Client) =>
  client.query('select rempart.current_site() as site').then(
    ({ rows }) => rows[0].site !== null,
    () => false,
  );

async function cleaned(client: Client): Promise<void> {
  await client.query('rollback');
  await client.query('discard all');
}

beforeAll(async () => {
  db = await startDatabase();
  sites = [await populate('own'), await populate('target'), await populate('third')];
}, 60_000);
afterAll(() => db.close());

const targets = (): { own: Populated; others: Populated[]; at: Target } => {
  const [own, other, third] = sites as [Populated, Populated, Populated];
  return {
    own,
    others: [other, third],
    at: { own: own.site, other: other.site, ids: other.ids, visitor: 'visitor-target', stolenProof: other.stolenProof },
  };
};

test('random statements in the context of one site neither read nor change another', async () => {
  const { own, others, at } = targets();
  const client = await db.server.connect('rempart_application', 'rempart');
  const before = await digestsOf(others);
  const property = fc.asyncProperty(fc.array(statement(at), { minLength: 1, maxLength: 25, size: 'max' }), async (texts) => {
    expect(await leakOf(client, own, others, texts)).toBeUndefined();
    expect(await digestsOf(others)).toEqual(before);
  });
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
  await client.end();
  process.stdout.write(`isolation: seed ${seed}, ${statements} statements, ${outcomes.answered} answered, ${outcomes.refused} refused\n`);
  expect(outcomes.answered).toBeGreaterThan(500);
  expect(outcomes.refused).toBeGreaterThan(500);
}, 300_000);

test('random statements without a context read no row of any site and change none', async () => {
  const { at } = targets();
  const client = await db.server.connect('rempart_application', 'rempart');
  const before = await digestsOf(sites);
  // Large objects have no site (docs/adr/0005-site-context.md, "Limits"): the statements before may have
  // committed one.
  await db.superuser.query('select lo_unlink(oid) from pg_largeobject_metadata');
  const property = fc.asyncProperty(statement(at), async (text) => {
    statements++;
    const shown = await client.query(text).then(
      (result) => JSON.stringify(Array.isArray(result) ? [] : result.rows),
      (error: Error) => error.message,
    );
    expect(sites.filter(({ shows }) => shows(shown))).toEqual([]);
    await client.query('rollback');
    await client.query('discard all');
  });
  await fc.assert(property, { seed, numRuns: runs, endOnFailure: true });
  expect(await digestsOf(sites)).toEqual(before);
  await client.end();
}, 120_000);

test.each([
  ['row security off', 'alter table rempart.people disable row level security', 'alter table rempart.people enable row level security'],
  ['a policy that is always true', 'create policy hole on rempart.hits using (true)', 'drop policy hole on rempart.hits'],
  ['files of all sites', 'create policy hole on rempart.lake_files using (true)', 'drop policy hole on rempart.lake_files'],
  ['counts of all sites', 'create policy hole on rempart.hit_counts using (true)', 'drop policy hole on rempart.hit_counts'],
  [
    'a view with the rights of its owner, who was given all rows',
    'alter view rempart.lasting_hits set (security_invoker = false); create policy hole on rempart.hits to rempart_owner using (true)',
    'alter view rempart.lasting_hits set (security_invoker = true); drop policy hole on rempart.hits',
  ],
])(
  'the search finds a hole: %s',
  async (_, make, mend) => {
    const { own, others, at } = targets();
    const client = await db.server.connect('rempart_application', 'rempart');
    await db.superuser.query(make);
    try {
      const property = fc.asyncProperty(fc.array(statement(at), { minLength: 5, maxLength: 25 }), async (texts) => {
        expect(await leakOf(client, own, others, texts)).toBeUndefined();
      });
      expect((await fc.check(property, { seed, numRuns: runs, endOnFailure: true })).failed).toBe(true);
    } finally {
      await client.end();
      await db.superuser.query(mend);
    }
  },
  60_000,
);
