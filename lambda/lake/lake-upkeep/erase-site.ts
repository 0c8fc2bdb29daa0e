// Erasures of one site in the lake, turn by turn. (DSS-4.2)
import { isConflict } from '../../../runtime/conflict';
import type { Database } from '../../../runtime/database';
import { type InSite, storeFile } from '../../../runtime/lake/catalogue';
import { withoutErased } from '../../../runtime/lake/rewrite';
import type { LakeStore } from '../../../runtime/lake/store';
import type { SiteId } from '../../../runtime/site';

const eraseActor = { name: 'lake-upkeep', from: 'schedule', doing: 'erase from lake' } as const;

/** Objects that are listed at once: a turn of the site. */
const listed = 200;

/** Objects that are read at once: a read mostly waits for S3. One is rewritten at a time, whose rows are in memory. */
const readAtOnce = 8;

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

/** A pass over the objects, for the erasures that had objects to read at its beginning. */
interface Pass {
  readonly erasures: ReadonlyMap<string, Erasure>;
  /** The last object that was tried. */
  behind: Pick<ListedFile, 'day' | 'key'>;
  /** Objects that were examined, or failed, before it. */
  readonly before: number;
}

const beginning = { day: '-infinity', key: '' };

/**
 * Each object is recorded when it is done, so the next run continues behind it. An object that fails is tried once in
 * a run, and does not prevent the others.
 */
export class SiteEraser {
  finished = 0;
  examined = 0;
  removed = 0;
  private readonly failed = new Map<string, unknown>();
  private pass: Pass | undefined;
  private rewriting: Promise<unknown> = Promise.resolve();
  private readonly inSite: InSite;

  constructor(
    database: Database,
    private readonly store: LakeStore,
    readonly site: SiteId,
  ) {
    this.inSite = (work) => database.withSite(site, eraseActor, work);
  }

  /**
   * Reads one list of objects, or finishes what has none left. False when all was tried: an object that another run
   * replaced meanwhile is left to the next run.
   */
  async turn(isLate: () => boolean): Promise<boolean> {
    this.pass ??= await this.nextPass();
    const { pass } = this;
    const files = pass.erasures.size > 0 ? await this.files(pass) : [];
    if (files.length > 0) {
      await this.examineAll(files, pass, isLate);
      return true;
    }
    this.pass = undefined;
    // A pass that has read nothing, and for which nothing failed, would be repeated for ever.
    if (pass.before < this.tried) return true;
    await this.finishAll();
    return false;
  }

  /** One error for all objects that failed, if any did. */
  failures(): readonly Error[] {
    const [first] = this.failed;
    if (first === undefined) return [];
    const [key, error] = first;
    return [
      new Error(
        `erasures of site ${this.site}: expected all objects to be read, got ${this.failed.size} that were not, first ${key}: ${error instanceof Error ? error.message : error}; the next run repeats them`,
        { cause: error },
      ),
    ];
  }

  private get tried(): number {
    return this.examined + this.failed.size;
  }

  private async nextPass(): Promise<Pass> {
    const erasures = await this.inSite(async (session) => {
      const { rows } = await session.query<Erasure & { readonly id: string }>(
        'select id, visitor, (extract(epoch from requested_at) * 1000000)::bigint::text as until from rempart.lake_erasures_to_read($1)',
        [[...this.failed.keys()]],
      );
      return rows;
    });
    return { erasures: new Map(erasures.map((erasure) => [erasure.id, erasure])), behind: beginning, before: this.tried };
  }

  private files({ erasures, behind }: Pass): Promise<readonly ListedFile[]> {
    return this.inSite(async (session) => {
      const { rows } = await session.query<ListedFile & { readonly key: string }>(
        `select key, bytes::text, to_char(day, 'YYYY-MM-DD') as day, erasures from rempart.lake_files_to_erase($1, $2, $3, $4)`,
        [[...erasures.keys()], behind.day, behind.key, listed],
      );
      return rows;
    });
  }

  /** Finishes each erasure without an object to be read or to be deleted. */
  private async finishAll(): Promise<void> {
    const finished = await this.inSite(async (session) => {
      const { rows } = await session.query<{ finished: boolean }>(
        'select rempart.finish_lake_erasure(id) as finished from rempart.lake_erasures()',
      );
      return rows.filter((row) => row.finished);
    });
    this.finished += finished.length;
  }

  private async examineAll(files: readonly ListedFile[], pass: Pass, isLate: () => boolean): Promise<void> {
    const queue = files.values();
    const work = async () => {
      for (const file of queue) {
        if (isLate()) return;
        pass.behind = file;
        if (this.failed.has(file.key)) continue;
        // After a conflict the object is left to the next run, like one that another run replaced.
        await this.examine(file, pass).catch((error) => isConflict(error) || this.failed.set(file.key, error));
      }
    };
    await Promise.all(Array.from({ length: readAtOnce }, work));
  }

  /** Removes the rows of the erasures from one object. */
  private async examine({ key, bytes, day, erasures }: ListedFile, pass: Pass): Promise<void> {
    const pending = erasures.flatMap((id) => pass.erasures.get(id) ?? []);
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
