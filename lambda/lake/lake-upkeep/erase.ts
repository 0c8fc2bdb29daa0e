// Erasure in the lake: each object that can have rows of an erased person is read, and rewritten without them.
// (DSS-4.2)
import type { Database } from '../../../runtime/database';
import { type InSite, storeFile } from '../../../runtime/lake/catalogue';
import { withoutVisitor } from '../../../runtime/lake/rewrite';
import type { Lake, LakeStore } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';

const eraseActor = { name: 'lake-upkeep', from: 'schedule', doing: 'erase from lake' } as const;

/** Objects that are listed at once. */
const listed = 200;

/**
 * Days within which an erasure ends here: versions of its objects remain for 15, and all is gone within 30. (DSS-4.2)
 */
const mostDays = 7;

const dayMilliseconds = 86_400_000;

export interface LakeErasures {
  /** Erasures whose part in the lake is finished: no object has a row of the person. */
  readonly finished: number;
  /** Objects that were read. */
  readonly examined: number;
  /** Rows that were removed. */
  readonly removed: number;
}

interface Erasure {
  readonly id: string;
  readonly visitor: string;
  /** Microseconds since 1970: rows that arrived later stay. */
  readonly until: string;
}

interface ListedFile {
  readonly key: string;
  readonly bytes: string;
  readonly day: string;
}

/**
 * Continues all erasures until `isLate` returns true. Each object is recorded when it is done, so the next run
 * continues behind it. A failed site does not prevent the others; its error is added to `failures`, and so is an
 * erasure that is late: a run that always ends before it would succeed for ever.
 */
export async function eraseFromLake(
  database: Database,
  lake: Lake,
  { now, isLate }: { readonly now: Date; readonly isLate: () => boolean },
  failures: unknown[],
): Promise<LakeErasures> {
  const total = { finished: 0, examined: 0, removed: 0 };
  for (const id of await database.upkeep('sitesWithLakeErasures')) {
    const site = siteId(id);
    const inSite: InSite = (work) => database.withSite(site, eraseActor, work);
    const eraser = new SiteEraser(inSite, lake.of(site), site, isLate);
    try {
      for (const erasure of await eraser.erasures()) {
        const done = await eraser.erase(erasure);
        total.finished += Number(done.isFinished);
        total.examined += done.examined;
        total.removed += done.removed;
        if (!done.isFinished) failures.push(...latenessOf(site, erasure, now));
      }
    } catch (error) {
      failures.push(new Error(`erasures of site ${site}: ${error instanceof Error ? error.message : error}`, { cause: error }));
    }
  }
  return total;
}

function latenessOf(site: SiteId, { id, until }: Erasure, now: Date): readonly Error[] {
  const days = Math.floor((now.getTime() - Number(until) / 1000) / dayMilliseconds);
  if (days <= mostDays) return [];
  return [
    new Error(
      `erasure ${id} of site ${site}: expected its end in the lake within ${mostDays} days, got none after ${days}; invoke lake-upkeep until it succeeds, before 14 days are over`,
    ),
  ];
}

class SiteEraser {
  constructor(
    private readonly inSite: InSite,
    private readonly store: LakeStore,
    private readonly site: SiteId,
    private readonly isLate: () => boolean,
  ) {}

  /** Erasures of the site whose part in the lake is not finished. */
  erasures(): Promise<readonly Erasure[]> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<Erasure & { readonly id: string }>(
        'select id, visitor, (extract(epoch from requested_at) * 1000000)::bigint::text as until from rempart.lake_erasures()',
      );
      return rows;
    });
  }

  async erase(erasure: Erasure): Promise<{ readonly isFinished: boolean; readonly examined: number; readonly removed: number }> {
    let [examined, removed] = [0, 0];
    for (;;) {
      const files = await this.files(erasure);
      for (const file of files) {
        if (this.isLate()) return { isFinished: false, examined, removed };
        removed += await this.rewrite(erasure, file);
        examined++;
      }
      if (files.length < listed) break;
    }
    return { isFinished: await this.finish(erasure), examined, removed };
  }

  private files({ id }: Erasure): Promise<readonly ListedFile[]> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<ListedFile & { readonly key: string }>(
        `select key, bytes::text, to_char(day, 'YYYY-MM-DD') as day from rempart.lake_erasure_files($1, $2)`,
        [id, listed],
      );
      return rows;
    });
  }

  /** Removes the rows of the person from one object. Returns their number. */
  private async rewrite({ id, visitor, until }: Erasure, { key, bytes, day }: ListedFile): Promise<number> {
    const source = this.store.open({ key, bytes: Number(bytes) });
    const rewritten = await withoutVisitor(source, visitor, BigInt(until));
    const entry = rewritten?.file && (await storeFile(this.inSite, this.store, this.site, day, rewritten.file));
    const removed = rewritten?.removed ?? 0;
    await this.inSite((session) =>
      session.query('select rempart.record_lake_rewrite($1, $2, $3, $4)', [id, key, entry ? JSON.stringify(entry) : null, removed]),
    );
    return removed;
  }

  private finish({ id }: Erasure): Promise<boolean> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<{ finished: boolean }>('select rempart.finish_lake_erasure($1) as finished', [id]);
      return rows[0]?.finished === true;
    });
  }
}
