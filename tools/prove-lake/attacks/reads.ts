// Attacks on the reader: filters with SQL, paths and names in them, and a catalogue that lies.
import type { Session } from '../../../runtime/database-session';
import { type HitFilter, hitsOf, newestHits } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type Choice, portalReads } from '../../../runtime/lake/portal-reads';
import type { Lake } from '../../../runtime/lake/store';
import { tester } from '../../local-database/rempart';
import type { Attempt, Chance } from '../attempt';
import type { World } from '../world';
import { hostileKeys } from './keys';

const limits = () => new ReadLimits(2 ** 30, new Date(8.64e15));

/** Texts for a filter: SQL, names of the catalogue, partitions, paths, patterns, and values of the other site. */
const hostileTexts = ({ own, other, day }: World): readonly string[] => [
  "' or '1'='1",
  `' or site_id = ${other.site} --`,
  `'; set rempart.site = '${other.site}'; --`,
  `') union all select to_jsonb(f)::text from rempart.lake_files f where (''='`,
  `$1 or true`,
  `%' or visitor like '%`,
  '%',
  '*',
  `${other.visitor}' --`,
  other.visitor,
  other.marker,
  other.marker.slice(0, 20),
  `${own.visitor}\u0000${other.visitor}`,
  `site=${other.site}`,
  `day=../site=${other.site}/day=${day(25)}`,
  `lake/site=${other.site}/*/*.parquet`,
  `read_parquet('lake/site=${other.site}/*/*.parquet')`,
  `../site=${other.site}`,
  `%2e%2e%2fsite=${other.site}`,
  'rempart.lake_files',
  'pg_catalog.pg_class',
  'information_schema.tables',
  '\ud83d',
  '\u202e',
  '{"site_id": 2}',
  "\\'; drop table rempart.hits; --",
  'null',
];

const hostileDays = (at: World): readonly string[] => [
  at.day(25),
  at.day(20),
  '-infinity',
  'infinity',
  '0001-01-01',
  '9999-12-31',
  `${at.day(25)}/../../site=${at.other.site}/day=${at.day(25)}`,
  `${at.day(25)}' or '1'='1`,
];

const instants = (at: World): readonly Date[] =>
  [0, 4e12, Date.parse(at.day(25)), Date.parse(at.day(24)), -6e13].map((time) => new Date(time));

/** A read with hostile values, by each way that the runtime has. */
export function filterAttempt(at: World, chance: Chance): Attempt {
  const text = () => chance.pick(hostileTexts(at));
  const [some, more] = [text(), text()];
  const filter: HitFilter = {
    ...(chance.happens(0.6) ? { visitor: some } : {}),
    ...(chance.happens(0.4) ? { kind: more } : {}),
    ...(chance.happens(0.3) ? { from: chance.pick(instants(at)) } : {}),
    ...(chance.happens(0.3) ? { to: chance.pick(instants(at)) } : {}),
  };
  const day = () => chance.pick(hostileDays(at));
  const choice: Choice = { ...{ day: day(), firstDay: day(), lastDay: day() }, ...{ kind: more, path: text(), visitor: some } };
  const way = chance.pick(['hitsOf', 'newestHits', ...Object.keys(portalReads)]);
  const run = (session: Session, lake: Lake) => {
    const store = lake.of(at.own.site);
    if (way === 'hitsOf') return hitsIn(session, lake, at, filter);
    if (way === 'newestHits') return newestHits(session, store, { to: filter.to ?? new Date(4e12), count: 1000 }, limits());
    return portalReads[way]?.({ session, store, limits: limits() }, choice) ?? Promise.resolve([]);
  };
  return {
    ...{ family: 'filters of a read', what: `${way} ${JSON.stringify({ filter, choice })}` },
    typed: JSON.stringify({ filter, choice }),
    run: () => at.db.application.withSite(at.own.site, tester, (session) => run(session, at.bucket.lake('lake-reader'))),
  };
}

async function hitsIn(session: Session, lake: Lake, { own }: World, filter: HitFilter): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const rows of hitsOf(session, lake.of(own.site), filter, limits())) found.push(...rows);
  return found;
}

/** A read whose catalogue names objects of another site, or objects by hostile keys. */
export function lyingCatalogueAttempt(at: World, chance: Chance): Attempt {
  const target = chance.pick(at.other.keys);
  const key = chance.happens(0.3) ? target : chance.pick(hostileKeys(at, target));
  const site = chance.pick([at.own.site, at.other.site]);
  const bytes = at.bucket.objects.get(target)?.length ?? 1;
  const run = (session: Session) => {
    const query = (text: string, values?: readonly never[]) =>
      text.includes('rempart.lake_files')
        ? Promise.resolve({ rows: [{ day: at.day(25), key, bytes: String(bytes), site }] })
        : session.query(text, values);
    return hitsIn({ query } as unknown as Session, at.bucket.lake('lake-reader'), at, {});
  };
  return {
    ...{ family: 'a catalogue that lies', what: `key ${JSON.stringify(key)} as of site ${site}`, typed: key },
    run: () => at.db.application.withSite(at.own.site, tester, run),
  };
}

/** Reads of some sites at the same time through one lake: each has its own rows, whatever client is kept. */
export function cacheAttempt(at: World, chance: Chance, lake: Lake): Attempt {
  const sites = Array.from({ length: 4 }, () => chance.pick(at.all));
  const readAll = () =>
    Promise.all(
      sites.map((one) =>
        at.db.application.withSite(one.site, tester, async (session) => {
          const rows = await hitsIn(session, lake, { ...at, own: one }, {});
          const foreign = rows.filter((row) => !row.includes(one.marker));
          if (rows.length === 0) throw new Error(`site ${one.site}: expected rows of its own, got none`);
          return one.site === at.own.site ? rows : foreign;
        }),
      ),
    );
  return { family: 'sites at the same time', what: sites.map(({ site }) => site).join(), run: readAll };
}
