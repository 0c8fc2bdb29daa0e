// A database that is restored from a snapshot, on a real server: the snapshot is a copy of the database, and the
// objects of the lake are those of after it.
import { settle } from '../../../../lambda/database/migrations/settle';
import { erasePerson } from '../../../../lambda/database/person-erase/erase';
import { exportDueDays } from '../../../../lambda/lake/lake-export/export';
import { examineDays } from '../../../../lambda/lake/lake-upkeep/examine';
import { listErasures } from '../../../../lambda/lake/lake-upkeep/list-erasures';
import { reconcile } from '../../../../lambda/lake/lake-upkeep/reconcile';
import { upkeepOfLake } from '../../../../lambda/lake/lake-upkeep/upkeep';
import type { Database } from '../../../../runtime/database';
import { dayFrom } from '../../../../runtime/hit-days';
import { type HitFilter, hitsOf } from '../../../../runtime/lake/hits';
import { ReadLimits } from '../../../../runtime/lake/limits';
import { readFile } from '../../../../runtime/lake/read';
import { type SiteId, siteId } from '../../../../runtime/site';
import { masterUser } from '../../../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits } from '../lake-hits';
import { VersionedBucket } from '../versioned-bucket';

const now = new Date();
export const day = (ago: number): string => dayFrom(now, -ago);
export const never = (): boolean => false;
const unlimited = (): ReadLimits => new ReadLimits(2 ** 30, new Date(8.64e15));

/** One database of the server, with the functions that work on it. */
export class Cluster {
  readonly application: Database;
  readonly maintenance: Database;

  constructor(
    private readonly db: LocalDatabase,
    readonly name: string,
    readonly bucket: VersionedBucket,
  ) {
    this.application = db.open('rempart_application', { database: name });
    this.maintenance = db.open('rempart_maintenance', { database: name });
  }

  /** Ends all connections, so that the database can be copied. */
  async rest(): Promise<void> {
    await Promise.all([this.application.close(), this.maintenance.close()]);
  }

  /** Rows of the superuser, by a connection of its own. */
  async query<T extends object = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = await this.db.server.connect('postgres', this.name);
    try {
      return (await client.query<T>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  addHits(site: SiteId, of: string, count = 70): Promise<void> {
    return addHits({ ...this.db, application: this.application }, site, of, count);
  }

  async createSite(key: string): Promise<SiteId> {
    const [id] = await this.maintenance.upkeep('createSite', key, `Site ${key}`, false, 'test', 'jest');
    // Before the days of the tests.
    await this.query(`update rempart.sites set created_at = '2020-01-01' where id = $1`, [id]);
    return siteId(id);
  }

  async exportAll(): Promise<void> {
    const { failures } = await exportDueDays(this.maintenance, this.bucket, { now, afterDays: 10, isLate: never });
    if (failures[0]) throw failures[0];
  }

  /** Examines the objects of a partition, as the upkeep does, and drops it. */
  async drop(of: string): Promise<void> {
    const name = `hits_${of.replaceAll('-', '_')}`;
    await this.maintenance.upkeep('askLakeDays', name);
    const failures: unknown[] = [];
    await examineDays(this.maintenance, this.bucket, never, failures);
    if (failures[0]) throw failures[0];
    await this.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
    await this.maintenance.upkeep('dropHitPartition', name);
  }

  erase(site: SiteId, visitor: string) {
    const actor = { name: 'operator', from: 'restore of the database' };
    return erasePerson(this.application, { site, person: { visitor }, actor });
  }

  listErasures = (since: string) => listErasures(this.maintenance, { erasures: { since } });

  reconcile = (confirm: boolean, of: { site?: number; day?: string } = {}) =>
    reconcile(this.maintenance, this.bucket, { reconcile: { confirm, ...of } }, never);

  /**
   * A run of the upkeep of the lake, one an hour later, when replaced objects are deleted, and one of the window.
   * Returns what failed.
   */
  async upkeep(): Promise<readonly unknown[]> {
    const run = async () =>
      (await upkeepOfLake(this.maintenance, this.bucket, { now: new Date(), keepMonths: 25, lateHours: 12, isLate: never })).failures;
    const first = await run();
    await this.query(`update rempart.lake_deletions set since = since - interval '61 minutes', exported_at = exported_at`);
    const second = await run();
    for (const id of await this.maintenance.upkeep('sitesWithDueErasures'))
      await this.maintenance.withSite(siteId(id), { ...tester, doing: 'remove erased' }, (session) =>
        session.query('select rempart.remove_erased()'),
      );
    return [...first, ...second];
  }

  /** Rows of a site from both places, as an export of a person reads them. */
  async hits(site: SiteId, filter: HitFilter = {}): Promise<readonly string[]> {
    return this.application.withSite(site, tester, async (session) => {
      const rows: string[] = [];
      for await (const part of hitsOf(session, this.bucket.of(site), filter, unlimited())) rows.push(...part);
      return rows.sort();
    });
  }

  /** Numbers of a day, by kind. */
  counts(site: SiteId, of: string): Promise<Record<string, unknown>[]> {
    return this.application.withSite(site, tester, async (session) => {
      const { rows } = await session.query<Record<string, unknown>>(
        'select kind, hits, visitors, returning_visitors from rempart.daily_counts($1, $1)',
        [of],
      );
      return rows;
    });
  }

  /** Visitors of all rows that are anywhere: in the window, and in all objects, whatever the catalogue has. */
  async visitorsAnywhere(site: SiteId): Promise<ReadonlySet<unknown>> {
    const rows = await this.query<{ visitor: string }>('select visitor from rempart.hits where site_id = $1 and deleted_at is null', [
      site,
    ]);
    const visitors = new Set<unknown>(rows.map(({ visitor }) => visitor));
    for (const key of this.bucket.present(`lake/site=${site}/`)) {
      const body = this.bucket.current(key) ?? Buffer.alloc(0);
      for await (const part of readFile(this.bucket.of(site).open({ key, bytes: body.length }), {}, unlimited()))
        for (const { visitor } of part) visitors.add(visitor);
    }
    return visitors;
  }

  keys = async (site: SiteId, of: string): Promise<readonly string[]> =>
    (
      await this.query<{ key: string }>('select object_key as key from rempart.lake_files where site_id = $1 and day = $2 order by 1', [
        site,
        of,
      ])
    ).map(({ key }) => key);
}

/** The cluster before, and those that are restored from its snapshots. */
export class RestoredWorld {
  bucket = new VersionedBucket();
  former!: Cluster;
  private db!: LocalDatabase;
  private number = 0;

  constructor() {
    beforeAll(async () => {
      await provideZstd();
      this.db = await startDatabase();
      await this.db.superuser.end();
      await Promise.all([this.db.application.close(), this.db.maintenance.close()]);
      await this.copy('rempart', 'empty');
    }, databaseTimeLimit);
    afterAll(() => this.db.server.close());
    beforeEach(async () => {
      this.bucket = new VersionedBucket();
      this.former = await this.open('empty');
    });
    afterEach(() => this.former.rest());
  }

  /** Takes a snapshot of the cluster. Returns its name, and its time as the database has it. */
  async snapshot(): Promise<{ readonly name: string; readonly at: string }> {
    const [row] = await this.former.query<{ at: string }>(
      `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    );
    await this.former.rest();
    const name = `snapshot_${this.number++}`;
    await this.copy(this.former.name, name);
    this.former = new Cluster(this.db, this.former.name, this.bucket);
    return { name, at: row?.at ?? '' };
  }

  /** Restores a snapshot as another cluster, as a deployment does. */
  async restore(snapshot: string): Promise<Cluster> {
    const cluster = await this.open(snapshot);
    const settling = await this.db.server.connect(masterUser, cluster.name);
    const { contextKey } = this.db;
    await settle(settling, { environment: 'development', cluster: `cluster-${cluster.name}`, contextKey });
    await settling.end();
    return cluster;
  }

  private async open(template: string): Promise<Cluster> {
    const name = `cluster_${this.number++}`;
    await this.copy(template, name);
    return new Cluster(this.db, name, this.bucket);
  }

  private async copy(from: string, to: string): Promise<void> {
    const admin = await this.db.server.connect('postgres', 'postgres');
    // A copy requires that nobody is connected: connections of the set-up, and of the tests, are at rest.
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [from]);
    await admin.query(`create database ${to} template ${from} owner ${masterUser}`);
    await admin.end();
  }
}
