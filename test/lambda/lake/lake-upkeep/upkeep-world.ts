// The upkeep of the lake on a real server, with objects in memory: two sites with days in the window and in the lake,
// for each test.
import { exportDueDays } from '../../../../lambda/lake/lake-export/export';
import { failureOf, type LakeUpkeepOptions, upkeepOfLake } from '../../../../lambda/lake/lake-upkeep/upkeep';
import type { Database } from '../../../../runtime/database';
import { dayFrom } from '../../../../runtime/hit-days';
import { ReadLimits } from '../../../../runtime/lake/limits';
import { readFile } from '../../../../runtime/lake/read';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { findObjects } from '../../../database/lake-days';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';
import { addHits } from '../lake-hits';

export const now = new Date();
export const day = (ago: number): string => dayFrom(now, -ago);
export const never = (): boolean => false;
export const unlimited = (): ReadLimits => new ReadLimits(2 ** 30, new Date(8.64e15));

/** Sites and lake of the tests of one file, which end the erasures that they begin. */
export class UpkeepWorld {
  readonly lake = new MemoryLake();
  db!: LocalDatabase;
  one = 0 as unknown as SiteId;
  two = 0 as unknown as SiteId;
  private sites = 0;

  constructor() {
    beforeAll(async () => {
      await provideZstd();
      this.db = await startDatabase();
    }, databaseTimeLimit);
    afterAll(() => this.db.close());
    beforeEach(() => this.fill());
  }

  /** A run of the function, which throws what failed. */
  async run(isLate: LakeUpkeepOptions['isLate'] = never, keepMonths = 25, database: Database = this.db.maintenance) {
    const { failures, ...result } = await upkeepOfLake(database, this.lake, { now, keepMonths, lateHours: 12, isLate });
    if (failures.length > 0) throw failureOf(failures);
    return result;
  }

  readonly exportAll = () => exportDueDays(this.db.maintenance, this.lake, { now, afterDays: 10, isLate: never });

  async drop(of: string): Promise<void> {
    await findObjects(this.db, of);
    const name = `hits_${of.replaceAll('-', '_')}`;
    await this.db.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
    await this.db.maintenance.upkeep('dropHitPartition', name);
  }

  /** Lets an hour pass for the objects that await their deletion. */
  readonly ripen = () =>
    this.db.superuser.query(`update rempart.lake_deletions set since = since - interval '61 minutes', exported_at = exported_at`);

  /** Visitors of all rows in all objects, whatever the catalogue has. */
  async visitorsInObjects(site: SiteId): Promise<readonly (string | null)[]> {
    const visitors: (string | null)[] = [];
    for (const [key, body] of this.lake.objects) {
      if (!key.startsWith(`lake/site=${site}/`)) continue;
      for await (const rows of readFile(this.lake.of(site).open({ key, bytes: body.length }), {}, unlimited())) {
        visitors.push(...rows.map(({ visitor }) => visitor));
      }
    }
    return visitors;
  }

  erase(site: SiteId, visitor: string): Promise<string> {
    return this.db.application.withSite(site, tester, async (session) => {
      const { rows } = await session.query<{ id: string }>('select rempart.erase_person(null, $1) as id', [visitor]);
      return rows[0]?.id ?? '';
    });
  }

  async erasure(id: string): Promise<unknown> {
    const { rows } = await this.db.superuser.query(
      `select counts->>'lake' as lake, lake_removed_at is not null as gone, removed_at is not null as removed from rempart.erasures where id = $1`,
      [id],
    );
    return rows[0];
  }

  private async fill(): Promise<void> {
    this.one = await this.db.createSite(`site-${this.sites++}`);
    this.two = await this.db.createSite(`site-${this.sites++}`);
    for (const ago of [40, 25, 24]) await this.db.maintenance.upkeep('createHitDay', day(ago));
    for (const ago of [40, 25, 24]) await addHits(this.db, this.one, day(ago), 70);
    await addHits(this.db, this.two, day(25), 70);
    await this.exportAll();
  }
}
