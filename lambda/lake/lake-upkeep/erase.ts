// Erasure in the lake: each object that can have rows of erased persons is read once for all of them, and rewritten
// without them. (DSS-4.2)
import type { Database } from '../../../runtime/database';
import type { Lake } from '../../../runtime/lake/store';
import { hoursWaited, type OldestErasure } from '../../../runtime/late-erasures';
import { type SiteId, siteId } from '../../../runtime/site';
import { deleteObjectsOf } from './delete';
import { SiteEraser } from './erase-site';

export interface LakeErasures {
  /** Erasures whose part in the lake is finished: no object has a row of the person. */
  readonly finished: number;
  /** Objects that were read. */
  readonly examined: number;
  /** Rows that were removed. */
  readonly removed: number;
}

/** All erasures of a run. They are continued wherever time is left for them. */
export class LakeEraser {
  /** Objects that were deleted since they had rows of erased persons. */
  deleted = 0;
  private waiting: SiteEraser[] | undefined;
  private readonly begun: SiteEraser[] = [];

  constructor(
    private readonly database: Database,
    private readonly lake: Lake,
    private readonly failures: unknown[],
  ) {}

  get total(): LakeErasures {
    const sum = (of: (eraser: SiteEraser) => number) => this.begun.reduce((total, eraser) => total + of(eraser), 0);
    return { finished: sum(({ finished }) => finished), examined: sum(({ examined }) => examined), removed: sum(({ removed }) => removed) };
  }

  /**
   * Continues the erasures until `isLate` returns true, that of the oldest first. Each site has its turn, one list of
   * objects, before another has its second: a site with many objects, or with objects that cannot be read, delays no
   * other. A failed site or object does not prevent the others; its error is added to the failures of the run.
   */
  async run(isLate: () => boolean): Promise<void> {
    if (isLate()) return;
    this.waiting ??= (await this.database.upkeep('sitesWithLakeErasures')).map((id) => this.eraserOf(siteId(id)));
    while (!isLate()) {
      const eraser = this.waiting.shift();
      if (eraser === undefined) return;
      try {
        if (!this.begun.includes(eraser)) await this.begin(eraser, isLate);
        if (await eraser.turn(isLate)) this.waiting.push(eraser);
      } catch (error) {
        this.failures.push(
          new Error(`erasures of site ${eraser.site}: ${error instanceof Error ? error.message : error}`, { cause: error }),
        );
      }
    }
  }

  /**
   * Adds what failed, and an erasure that is late: a run that always ends before it would succeed for ever. Returns
   * the hours since the oldest erasure was asked for that has not ended in the lake; 0 without one.
   *
   * @param lateHours after which an erasure is late
   */
  async end(now: Date, lateHours: number): Promise<number> {
    this.failures.push(...this.begun.flatMap((eraser) => eraser.failures()));
    const [oldest] = (await this.database.upkeep('oldestLakeErasure')) as readonly OldestErasure[];
    if (oldest === undefined) return 0;
    const hours = hoursWaited(oldest, now);
    if (hours >= lateHours) {
      this.failures.push(
        new Error(
          `erasures of site ${oldest.site}: expected their end in the lake within ${lateHours} hours, got none of the oldest after ${hours}; invoke lake-upkeep until it succeeds`,
        ),
      );
    }
    return hours;
  }

  private eraserOf(site: SiteId): SiteEraser {
    return new SiteEraser(this.database, this.lake.of(site), site);
  }

  /** Objects that had rows of erased persons go first: an erasure is finished only when they are gone. */
  private async begin(eraser: SiteEraser, isLate: () => boolean): Promise<void> {
    this.begun.push(eraser);
    this.deleted += await deleteObjectsOf(this.database, this.lake, eraser.site, isLate, this.failures);
  }
}
