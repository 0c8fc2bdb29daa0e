// Attacks by files: an object in the attacker's own folder with rows of another site, in any mixture. Row security and
// IAM have nothing to refuse here; the reader has.
import type { LakeRow } from '../../../runtime/lake/columns';
import { hitsOf, newestHits } from '../../../runtime/lake/hits';
import { ReadLimits } from '../../../runtime/lake/limits';
import { readFile } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import { tester } from '../../local-database/rempart';
import type { Attempt, Chance } from '../attempt';
import type { World } from '../world';

const limits = () => new ReadLimits(2 ** 30, new Date(8.64e15));

async function rowsOf({ bucket }: World, key: string): Promise<readonly LakeRow[]> {
  const body = bucket.objects.get(key) ?? Buffer.alloc(0);
  const rows: LakeRow[] = [];
  const source = { key, bytes: body.length, read: async (start: number, end: number) => new Uint8Array(body.subarray(start, end)).buffer };
  for await (const part of readFile(source, {}, limits())) rows.push(...part);
  return rows;
}

/** Reads through the door while one of the own objects has rows of the other site; then puts the object back. */
export function fileAttempt(at: World, chance: Chance): Attempt {
  const [key, from] = [chance.pick(at.own.keys.filter((each) => !each.includes(at.day(20)))), chance.pick(at.other.keys)];
  const [isMixed, isNewest, isFiltered] = [chance.happens(0.5), chance.happens(0.3), chance.happens(0.3)];
  const run = async () => {
    const before = at.bucket.objects.get(key) ?? Buffer.alloc(0);
    const foreign = await rowsOf(at, from);
    const { body } = await encodeFile(isMixed ? [...(await rowsOf(at, key)), ...foreign.slice(0, 1)] : foreign);
    const record = (bytes: number) => at.db.superuser.query('update rempart.lake_files set bytes = $1 where object_key = $2', [bytes, key]);
    at.bucket.objects.set(key, body);
    await record(body.length);
    try {
      return await at.db.application.withSite(at.own.site, tester, async (session) => {
        const store = at.bucket.lake('lake-reader').of(at.own.site);
        if (isNewest) return newestHits(session, store, { to: new Date(4e12), count: 1000 }, limits());
        const seen: string[] = [];
        const filter = isFiltered ? { visitor: at.other.visitor } : {};
        for await (const rows of hitsOf(session, store, filter, limits())) seen.push(...rows);
        return seen;
      });
    } finally {
      at.bucket.objects.set(key, before);
      await record(before.length);
    }
  };
  return {
    family: 'files with rows of another site',
    what: `${from} as ${key}${isMixed ? ', one row' : ''}`,
    typed: at.other.visitor,
    run,
  };
}
