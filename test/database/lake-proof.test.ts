// No row leaves the window that the lake lacks: random histories of late, replayed, deleted and erased hits, of two
// exports that read the same day, of rewritten files and of drops that run meanwhile. (TOM-4.10, DSS-4.2)
import fc from 'fast-check';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';
import { databaseTimeLimit } from '../time-limits';
import {
  addHit,
  all,
  answerOf,
  asUpkeep,
  begin,
  claimOf,
  expireClaims,
  type File,
  fileOf,
  filesToErase,
  findObjects,
  plan,
  type Row,
  readRows,
  record,
} from './lake-days';

jest.setTimeout(3 * databaseTimeLimit);

let db: LocalDatabase;
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.close());

const visitors = ['v-1', 'v-2', 'v-3'] as const;
type Export = 0 | 1;
const operations = [
  ...(['add', 'replay', 'delete', 'restore'] as const).map((kind) => fc.record({ kind: fc.constant(kind), pick: fc.nat(20) })),
  fc.record({ kind: fc.constant('erase' as const), pick: fc.nat(2) }),
  fc.record({ kind: fc.constant('swap' as const), pick: fc.nat(20) }),
  ...(['begin', 'record', 'late while recorded'] as const).map((kind) => fc.record({ kind: fc.constant(kind), pick: fc.nat(1) })),
  ...(['fail', 'rewrite', 'detach', 'late while detached', 'remove erased'] as const).map((kind) =>
    fc.record({ kind: fc.constant(kind), pick: fc.constant(0) }),
  ),
];
type Operation = { readonly kind: string; readonly pick: number };

const step = (kind: string, pick = 0): Operation => ({ kind, pick });
/**
 * Histories that chance seldom makes: one export overtakes another after as many hits came as went; a hit comes into a
 * day that is proven.
 */
const overtaken = fc.nat(1).map((of) => [step('fail'), step('begin', of), step('swap', 9), step('begin', 1 - of), step('record', of)]);
const lateAtLast = fc.constant([step('fail'), step('begin'), step('record'), step('late while detached')]);
const history = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.oneof(...operations).map((one): readonly Operation[] => [one]) },
      { weight: 1, arbitrary: overtaken },
      { weight: 1, arbitrary: lateAtLast },
    ),
    { minLength: 8, maxLength: 25 },
  )
  .map((steps) => steps.flat());

/** Refusals that are right: each is an answer, and the next run repeats the work. */
const refusals =
  /without a change since|rows that the window has|announced within 45|expected each site-day|got other numbers|expected no new hit/;

/** One day of one site, its two exports, and the rows of every object that was written. */
class History {
  readonly ids: string[] = [];
  readonly objects = new Map<string, readonly Row[]>();
  readonly exports: (undefined | { readonly claim: string; readonly files: readonly File[] })[] = [];
  hasLeft = false;

  constructor(
    readonly site: SiteId,
    readonly day: string,
    readonly counts: Map<string, number>,
  ) {}

  readonly name = () => `hits_${this.day.replaceAll('-', '_')}`;
  private readonly tell = (text: string, values: readonly string[]) =>
    db.application.withSite(this.site, tester, (session) => session.query(text, values));

  async run({ kind, pick }: Operation): Promise<void> {
    try {
      await this.perform(kind, pick);
      this.note(kind);
    } catch (error) {
      if (!refusals.test(String(error))) throw error;
      this.note(`${kind}, refused`);
    }
  }

  note(event: string): void {
    this.counts.set(event, (this.counts.get(event) ?? 0) + 1);
  }

  private async perform(kind: string, pick: number): Promise<unknown> {
    const id = this.ids[pick % Math.max(1, this.ids.length)];
    if (kind === 'add') return this.ids.push(await addHit(db, this.site, this.day, { visitor: visitors[pick % 3], second: pick }));
    if (kind === 'erase') return this.tell('select rempart.erase_person(null, $1)', [visitors[pick] ?? '']);
    if (kind === 'begin') return this.begin(pick as Export);
    if (kind === 'record') return this.record(pick as Export);
    if (kind === 'late while recorded') return this.meanwhile(() => this.record(pick as Export));
    if (kind === 'fail') return expireClaims(db, this.site);
    if (kind === 'rewrite') return this.rewrite();
    if (kind === 'remove erased') return answerOf(db, this.site, 'select rempart.remove_erased()', [], 'remove erased');
    if (kind === 'detach') return this.detach();
    if (kind === 'late while detached') return this.meanwhile(() => this.detach());
    if (id === undefined) return;
    if (kind === 'swap') {
      await this.tell(`select rempart.mark_deleted('hits', $1)`, [this.ids.at(-1) ?? id]);
      return this.ids.push(await addHit(db, this.site, this.day, { second: pick }));
    }
    if (kind === 'delete') return this.tell(`select rempart.mark_deleted('hits', $1)`, [id]);
    if (kind === 'restore') return this.tell(`select rempart.restore_deleted('hits', $1)`, [id]);
    // A replay brings the hit with its id and its time.
    return db.superuser.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, visitor)
       select site_id, received_at, id, occurred_at, kind, visitor from rempart.hits where site_id = $1 and id = $2 on conflict do nothing`,
      [this.site, id],
    );
  }

  private async begin(of: Export): Promise<void> {
    const [begun] = await begin(db, this.site, this.day);
    if (begun === undefined) return this.note('begin, claimed by another');
    const rows = await readRows(db, this.site, this.day);
    const half = Math.ceil(rows.length / 2);
    const files = [rows.slice(0, half), rows.slice(half)].filter((part) => part.length > 0).map((part) => this.write(part));
    this.exports[of] = { claim: claimOf(this.site, this.day), files };
    for (const { key } of files) await plan(db, this.site, key);
  }

  private write(rows: readonly Row[]): File {
    const file = fileOf(this.site, this.day, rows);
    this.objects.set(file.key, rows);
    return file;
  }

  private async record(of: Export): Promise<void> {
    const own = this.exports[of];
    if (own === undefined) return this.note('record, nothing read');
    await record(db, this.site, this.day, own.files, own.claim);
  }

  /** A hit is stored in a transaction that ends while the work runs. */
  private async meanwhile(work: () => Promise<unknown>): Promise<void> {
    const client = await db.server.connect('postgres', 'rempart');
    await client.query('begin');
    await client.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values ($1, $2::timestamptz + interval '1 h', gen_random_uuid(), now(), 'late')`,
      [this.site, `${this.day}T00:00Z`],
    );
    const working = work().then(
      () => undefined,
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
    await client.query('commit');
    await client.end();
    const error = await working;
    if (error !== undefined) throw error;
  }

  /** Removes the rows of an erased visitor from a file, as lake-upkeep does. */
  private async rewrite(): Promise<void> {
    const [erasure] = await asUpkeep(db, this.site, 'select id, visitor from rempart.lake_erasures()', [], 'erase from lake');
    if (erasure === undefined) return;
    const [key] = await filesToErase(db, this.site, String(erasure.id));
    if (key === undefined) return;
    const rows = this.objects.get(key) ?? [];
    const kept = rows.filter(({ visitor }) => visitor !== erasure.visitor);
    const removed = rows.length - kept.length;
    const file = removed > 0 && kept.length > 0 ? this.write(kept) : null;
    if (file) await plan(db, this.site, file.key);
    await asUpkeep(
      db,
      this.site,
      'select rempart.record_lake_rewrite(array[$1::uuid], $2, $3, array[$4::bigint])',
      [String(erasure.id), key, file && JSON.stringify(file), removed],
      'erase from lake',
    );
  }

  private async detach(): Promise<void> {
    // A hit that comes in meanwhile makes the day due, and its objects are not looked for.
    await findObjects(db, this.day).catch(() => undefined);
    await db.maintenance.upkeep('detachHitPartition', this.name(), '2000-01-01');
    this.hasLeft = true;
  }

  /** Ids of the live rows that left with the partition. */
  async left(): Promise<unknown[]> {
    const rows = await all(
      db,
      `select h.id from rempart.${this.name()} h where h.deleted_at is null and not exists (
         select from rempart.erasures e
         where e.site_id = h.site_id and e.visitor = h.visitor and h.received_at <= e.requested_at and e.removed_at is null)`,
    );
    return rows.map(({ id }) => id).toSorted();
  }

  /** Ids of the rows of the files that the catalogue has. */
  async stored(): Promise<unknown[]> {
    const files = await all(db, 'select object_key as key from rempart.lake_files where site_id = $1 and day = $2', [this.site, this.day]);
    return files.flatMap(({ key }) => (this.objects.get(String(key)) ?? []).map(({ id }) => id)).toSorted();
  }
}

test('a partition that left has no row that the lake lacks, and the lake has no other', async () => {
  const counts = new Map<string, number>();
  let number = 0;
  const property = fc.asyncProperty(history, async (steps) => {
    const site = await db.createSite(`p-${number}`);
    const day = new Date(Date.UTC(2025, 0, 1 + number++)).toISOString().slice(0, 10);
    await db.maintenance.upkeep('createHitDay', day);
    const one = new History(site, day, counts);
    for (const pick of [0, 1, 2]) await one.run({ kind: 'add', pick });
    for (const operation of steps) if (!one.hasLeft) await one.run(operation);
    // What upkeep does on the next day.
    if (!one.hasLeft) await expireClaims(db, site);
    for (const kind of one.hasLeft ? [] : ['begin', 'record', 'detach']) await one.run({ kind, pick: 0 });
    if (!one.hasLeft) throw new Error(`${day}: expected to leave the window, got ${JSON.stringify(Object.fromEntries(counts))}`);
    expect(await one.stored()).toEqual(await one.left());
    await db.superuser.query(`drop table rempart.${one.name()}`);
  });
  const seed = 22;
  await fc.assert(property, { seed, numRuns: 40 });
  process.stdout.write(`lake: seed ${seed}, ${JSON.stringify(Object.fromEntries([...counts].toSorted()))}\n`);
  for (const event of ['record, refused', 'detach', 'detach, refused', 'begin, claimed by another', 'late while recorded, refused'])
    expect(counts.get(event) ?? 0).toBeGreaterThan(5);
});

test('the proof reads few rows of a partition, and counts those that the lot takes', async () => {
  const day = '2026-01-05';
  const sites = 2000;
  const rows = 100;
  await db.maintenance.upkeep('createHitDay', day);
  await db.superuser.query('set session_replication_role = replica');
  const scaled = async (by: number) => {
    for (const table of ['hits', 'hit_days', 'lake_files', 'hit_counts'])
      await db.superuser.query(
        `delete from rempart.${table} where site_id > 100000 and ${table === 'hits' ? 'received_at' : 'day'} >= '2026-01-05'`,
      );
    await db.superuser.query(
      `insert into rempart.hits (site_id, received_at, id, occurred_at, kind)
       select 100000 + site, timestamptz '2026-01-05 00:00Z' + n * interval '1 minute', gen_random_uuid(), now(), 'x'
       from generate_series(1, ${sites}) as site, generate_series(1, ${rows}) as n`,
    );
    await db.superuser.query(
      `insert into rempart.hit_days (site_id, day, state, rows) select 100000 + site, $1, 'stored', ${rows * by} from generate_series(1, ${sites}) as site`,
      [day],
    );
    await db.superuser.query(
      `insert into rempart.hit_counts (site_id, day, kind, hits, visitors, returning_visitors) select 100000 + site, $1, 'x', ${rows * by}, 0, 0 from generate_series(1, ${sites}) as site`,
      [day],
    );
    await db.superuser.query(
      `insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
       select 100000 + site, $1::date, 'lake/site=' || 100000 + site || '/day=2026-01-05/' || left(encode(sha256(site::text::bytea), 'hex'), 16) || '.parquet',
         ${rows * by}, 1, sha256(site::text::bytea), '2026-01-05 00:01Z', '2026-01-05 01:40Z' from generate_series(1, ${sites}) as site`,
      [day],
    );
    await db.superuser.query('analyze rempart.hits, rempart.hit_days, rempart.lake_files, rempart.hit_counts');
  };
  const lacks = async () => {
    const begun = process.hrtime.bigint();
    const [found] = await all(db, `select count(*)::int as n from rempart.unproven_hit_days('2026-01-05', '2026-01-06')`);
    return { number: found?.n, milliseconds: Number(process.hrtime.bigint() - begun) / 1e6 };
  };
  // All rows are within the lot: the hit without a trigger is found.
  await scaled(1);
  expect(await lacks()).toMatchObject({ number: 0 });
  await db.superuser.query(
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind) values (100007, '2026-01-05 02:00Z', gen_random_uuid(), now(), 'x')`,
  );
  expect(await lacks()).toMatchObject({ number: 1 });
  // Each site-day is larger than the lot: none is read.
  await scaled(200_000);
  const proof = await lacks();
  expect(proof.number).toBe(0);
  const begun = process.hrtime.bigint();
  await all(
    db,
    `select site_id, count(*) from rempart.lasting_hits where received_at >= '2026-01-05' and received_at < '2026-01-06' group by 1`,
  );
  const counted = Number(process.hrtime.bigint() - begun) / 1e6;
  process.stdout.write(
    `lake: ${sites * rows} rows of ${sites} sites, proof ${proof.milliseconds.toFixed(0)} ms whatever the rows, count ${counted.toFixed(0)} ms\n`,
  );
  // A site that nobody listed, a file that is gone, and a count that differs.
  await db.superuser.query(`delete from rempart.hit_days where site_id = 100001 and day = $1`, [day]);
  await db.superuser.query(`delete from rempart.lake_files where site_id = 100002 and day = $1`, [day]);
  await db.superuser.query(`update rempart.hit_counts set hits = hits - 1 where site_id = 100003 and day = $1`, [day]);
  await db.superuser.query(`update rempart.hit_days set state = 'reading' where site_id = 100004 and day = $1`, [day]);
  // Days of an earlier release have no count of their own.
  await db.superuser.query(`update rempart.hit_days set rows = null where site_id = 100005 and day = $1`, [day]);
  expect(await lacks()).toMatchObject({ number: 5 });
  await db.superuser.query('reset session_replication_role');
});
