// What the attacks are tried on: a real database with sites whose hits are in window and lake, and a bucket with the
// synthesized policies. Each row of a site has a text that no other site may see.
import { createHash, randomUUID } from 'node:crypto';
import { exportDueDays } from '../../lambda/lake/lake-export/export';
import { dayFrom } from '../../runtime/hit-days';
import type { SiteId } from '../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../local-database/rempart';
import { Bucket } from './bucket';
import type { LakePolicies } from './policies';

export interface Populated {
  readonly site: SiteId;
  /** Text in every row of the site. */
  readonly marker: string;
  readonly visitor: string;
  /** Keys of its objects. */
  readonly keys: readonly string[];
  /** Names of its objects, which the catalogue has. */
  readonly digests: readonly string[];
}

export interface World {
  readonly db: LocalDatabase;
  readonly bucket: Bucket;
  /** The site of the attacker, the target, and further ones. */
  readonly own: Populated;
  readonly other: Populated;
  readonly all: readonly Populated[];
  /** The day so many days ago: 25 and 24 are in the lake alone, 20 is in both places, 5 in the window alone. */
  readonly day: (ago: number) => string;
  close(): Promise<void>;
}

/** Sites beside the two: more than the clients that the runtime keeps. */
const further = 34;

const [onlyLake, both, onlyWindow] = [[25, 24], 20, 5] as const;

export async function openWorld(policies: LakePolicies): Promise<World> {
  const db = await startDatabase();
  try {
    const now = new Date();
    const day = (ago: number) => dayFrom(now, -ago);
    const bucket = new Bucket(policies);
    const sites: Omit<Populated, 'keys' | 'digests'>[] = [];
    for (let number = 0; number < further + 2; number++) sites.push(await populate(db, number, day));
    const { failures } = await exportDueDays(db.maintenance, bucket.lake('lake-writer'), { now, afterDays: 10, isLate: () => false });
    if (failures[0]) throw failures[0];
    // As the upkeep of the lake, when it has found the objects.
    await db.superuser.query(`update rempart.hit_days set seen_at = now() where state = 'stored'`);
    for (const name of onlyLake.map((ago) => `hits_${day(ago).replaceAll('-', '_')}`)) {
      await db.maintenance.upkeep('detachHitPartition', name, '2000-01-01');
      await db.maintenance.upkeep('dropHitPartition', name);
    }
    const all = sites.map((each) => {
      const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(`lake/site=${each.site}/`));
      return { ...each, keys, digests: keys.map((key) => /([0-9a-f]{16})\.parquet$/.exec(key)?.[1] ?? '') };
    });
    const [own, other] = all;
    if (!own || !other) throw new Error('prove:lake: expected two sites or more, got fewer');
    for (const { site, marker } of all) bucket.objects.set(`exports/site-${site}/export.jsonl`, Buffer.from(marker));
    return { db, bucket, own, other, all, day, close: () => db.close() };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function populate(db: LocalDatabase, number: number, day: (ago: number) => string): Promise<Omit<Populated, 'keys' | 'digests'>> {
  const site = await db.createSite(`site-${number}`);
  const [marker, visitor] = [`marker-${randomUUID()}`, `visitor-${number}`];
  for (const ago of [...onlyLake, both, onlyWindow])
    await db.application.withSite(site, tester, (session) =>
      session.query(
        `insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, visitor, fields)
         select $1, $2::timestamptz + n * interval '1 minute', gen_random_uuid(), $2::timestamptz, $3::text, 'https://example.com/' || $3::text, $4,
           jsonb_build_object('marker', $3::text) from generate_series(1, 5) as n`,
        [site, `${day(ago)}T00:00:00Z`, marker, visitor],
      ),
    );
  // An erasure, and an object that awaits its deletion.
  await db.application.withSite(site, tester, (session) => session.query(`select rempart.erase_person(null, $1)`, [`gone-${marker}`]));
  await db.superuser.query('insert into rempart.lake_deletions (site_id, object_key) values ($1, $2)', [site, `gone-${marker}`]);
  return { site, marker, visitor };
}

const tables = ['hits', 'hit_days', 'hit_counts', 'lake_files', 'lake_deletions', 'lake_progress', 'erasures'] as const;

/** A digest of all that the other sites have, in tables and objects. */
export async function stateOf({ db, bucket, all, own }: World): Promise<string> {
  const others = all.filter(({ site }) => site !== own.site);
  const parts = tables.map(
    (table) => `(select md5(string_agg(t::text, '|' order by t::text)) from rempart.${table} t where site_id <> $1)`,
  );
  const { rows } = await db.superuser.query<{ digest: string }>(`select concat_ws(',', ${parts.join(', ')}) as digest`, [own.site]);
  const hash = createHash('sha256').update(rows[0]?.digest ?? '');
  const objects = [...bucket.objects].filter(([key]) =>
    others.some(({ site }) => key.startsWith(`lake/site=${site}/`) || key.startsWith(`exports/site-${site}/`)),
  );
  for (const [key, body] of objects.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(key).update(body);
  return hash.digest('hex');
}
