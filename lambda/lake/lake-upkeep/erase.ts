// Erasure in the lake: each object that can have rows of erased persons is read once for all of them, and rewritten
// without them. (DSS-4.2)
import type { Database } from '../../../runtime/database';
import { type InSite, storeFile } from '../../../runtime/lake/catalogue';
import { withoutErased } from '../../../runtime/lake/rewrite';
import type { Lake, LakeStore } from '../../../runtime/lake/store';
import { type SiteId, siteId } from '../../../runtime/site';

const eraseActor = { name: 'lake-upkeep', from: 'schedule', doing: 'erase from lake' } as const;

/** Objects that are listed at once. */
const listed = 200;

/** Objects that are read at once: a read mostly waits for S3. One is rewritten at a time, whose rows are in memory. */
const readAtOnce = 8;

/** Hours within which an erasure ends here: versions of its objects remain for 15 days, backups for 30. (DSS-4.2) */
const mostHours = 24;

const hourMilliseconds = 3_600_000;

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
  /** Ids of the erasures that it is read for. */
  readonly erasures: readonly string[];
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
      await eraser.pass();
      for (const erasure of await eraser.erasures()) {
        if (await eraser.finish(erasure)) total.finished++;
        else failures.push(...latenessOf(site, erasure, now));
      }
    } catch (error) {
      failures.push(new Error(`erasures of site ${site}: ${error instanceof Error ? error.message : error}`, { cause: error }));
    }
    total.examined += eraser.examined;
    total.removed += eraser.removed;
  }
  return total;
}

function latenessOf(site: SiteId, { id, until }: Erasure, now: Date): readonly Error[] {
  const hours = Math.floor((now.getTime() - Number(until) / 1000) / hourMilliseconds);
  if (hours < mostHours) return [];
  return [
    new Error(
      `erasure ${id} of site ${site}: expected its end in the lake within ${mostHours} hours, got none after ${hours}; invoke lake-upkeep until it succeeds`,
    ),
  ];
}

class SiteEraser {
  examined = 0;
  removed = 0;
  private rewriting: Promise<unknown> = Promise.resolve();

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

  /**
   * Reads the objects, several at once, for the erasures that are pending now. An object that is replaced meanwhile is
   * listed again under its new key, in this pass if others of its list were done.
   */
  async pass(): Promise<void> {
    const erasures = new Map((await this.erasures()).map((erasure) => [erasure.id, erasure]));
    for (let more = erasures.size > 0; more; ) {
      const files = await this.files();
      const before = this.examined;
      await this.examineAll(files, erasures);
      more = this.examined > before && !this.isLate();
    }
  }

  /** Finishes an erasure, unless an object is to be read or to be deleted. */
  finish({ id }: Erasure): Promise<boolean> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<{ finished: boolean }>('select rempart.finish_lake_erasure($1) as finished', [id]);
      return rows[0]?.finished === true;
    });
  }

  private async examineAll(files: readonly ListedFile[], erasures: ReadonlyMap<string, Erasure>): Promise<void> {
    const queue = files.values();
    const failures: unknown[] = [];
    const work = async () => {
      for (const file of queue) {
        if (failures.length > 0 || this.isLate()) return;
        await this.examine(file, erasures).catch((error) => failures.push(error));
      }
    };
    await Promise.all(Array.from({ length: readAtOnce }, work));
    if (failures.length > 0) throw failures[0];
  }

  private files(): Promise<readonly ListedFile[]> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<ListedFile & { readonly key: string }>(
        `select key, bytes::text, to_char(day, 'YYYY-MM-DD') as day, erasures from rempart.lake_files_to_erase($1)`,
        [listed],
      );
      return rows;
    });
  }

  /** Removes the rows of the erasures from one object. */
  private async examine({ key, bytes, day, erasures }: ListedFile, all: ReadonlyMap<string, Erasure>): Promise<void> {
    // An erasure that was asked for since the pass began is left to the next one.
    const pending = erasures.flatMap((id) => all.get(id) ?? []);
    if (pending.length === 0) return;
    const erased = pending.map(({ visitor, until }) => ({ visitor, until: BigInt(until) }));
    const rewritten = await withoutErased(this.store.open({ key, bytes: Number(bytes) }), erased, (work) => this.inTurn(work));
    const entry = rewritten?.file && (await storeFile(this.inSite, this.store, this.site, day, rewritten.file));
    const removed = rewritten?.removed ?? pending.map(() => 0);
    const isRecorded = await this.inSite(async (session) => {
      const ids = pending.map(({ id }) => id);
      const { rows } = await session.query<{ recorded: boolean }>('select rempart.record_lake_rewrite($1, $2, $3, $4) as recorded', [
        ids,
        key,
        entry ? JSON.stringify(entry) : null,
        removed.map(String),
      ]);
      return rows[0]?.recorded === true;
    });
    if (!isRecorded) return;
    this.examined++;
    for (const rows of removed) this.removed += rows;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.rewriting.then(work);
    this.rewriting = result.catch(() => undefined);
    return result;
  }
}
