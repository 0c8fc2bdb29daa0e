// Looks at the running parts once a second and sums up what it sees, for the status page and for the counts of a run.
import { setTimeout } from 'node:timers/promises';
import { countOf, inBytes, inNumber, type Live, type StoredHit } from './page/live';
import type { TwinCollector } from './parts/collector';
import type { TwinDatabase } from './parts/database';
import type { TwinFunctions } from './parts/functions';
import { type CollectorFigures, readFigures } from './parts/metrics';
import type { TwinSite } from './parts/sites';
import type { StandIn } from './parts/stand-in';

export interface Observed {
  readonly collector: TwinCollector;
  readonly functions: TwinFunctions;
  readonly stream: StandIn;
  readonly archive: StandIn;
  readonly database: TwinDatabase;
  readonly sites: readonly TwinSite[];
}

const pause = 1000;
/** Seconds that the rate is taken over. */
const rateSeconds = 5;
const shownHits = 12;

interface Sample {
  readonly at: number;
  readonly kept: number;
}

export class Observer {
  private readonly stopping = new AbortController();
  private looking: Promise<void> = Promise.resolve();
  private figures: CollectorFigures | undefined;
  /** Hits kept by programs that were killed since. */
  private keptBefore = 0;
  private samples: Sample[] = [];
  private stored = new Map<number, number>();
  private setAside = 0;
  private recent: readonly StoredHit[] = [];
  /** A line about the traffic, from whoever plays it. */
  traffic = 'none; npm run twin -- --traffic 500 plays some';

  constructor(private readonly parts: Observed) {}

  /** Ends when everything was looked at once: what an earlier twin left in the folder is known before anything new comes. */
  async start(): Promise<void> {
    await this.look();
    this.looking = this.lookAgain();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking;
  }

  /** Hits in the database when it was last looked at. */
  storedHits(): number {
    return [...this.stored.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether nothing is on its way to the database, as far as was seen. */
  isEmpty(): boolean {
    const state = this.parts.functions.state();
    return this.figures?.spoolBytes === 0 && state?.waiting === 0;
  }

  live(): Live {
    const { collector, functions, stream, archive, database, sites } = this.parts;
    const state = (alive: boolean) => (alive ? 'runs' : 'away');
    const run = functions.alive() ? functions.state() : undefined;
    const texts: Record<string, string> = {
      rate: `${this.rate().toFixed(1)} a second, ${inNumber(this.kept())} in all`,
      latency: this.figures ? `${this.figures.median.toFixed(1)} ms, ${this.figures.slow.toFixed(1)} ms` : '–',
      spool: this.figures ? `${inBytes(this.figures.spoolBytes)}, oldest ${this.figures.spoolAge.toFixed(1)} s` : '–',
      stream: run ? `${countOf(run.waiting, 'record')}, oldest ${run.age.toFixed(1)} s` : '–',
      stored: inNumber(this.storedHits()),
      rejected: inNumber(this.setAside),
      archived: run ? `${countOf(run.archivedHits, 'hit')} in ${countOf(run.archivedObjects, 'object')}` : '–',
      traffic: this.traffic,
    };
    for (const { id } of sites) texts[`stored-${id}`] = inNumber(this.stored.get(id) ?? 0);
    const functionsState = state(functions.alive());
    return {
      parts: {
        collector: state(collector.alive()),
        stream: state(stream.alive()),
        ingest: functionsState,
        archive: state(archive.alive()),
        database: state(database.alive()),
        snapshot: functionsState,
      },
      texts,
      recent: this.recent,
    };
  }

  private async lookAgain(): Promise<void> {
    let rest = pause;
    while (!this.stopping.signal.aborted) {
      await setTimeout(rest, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      const began = Date.now();
      await this.look();
      // A large table takes long to count: at most a fifth of the time goes into it.
      rest = Math.max(pause, (Date.now() - began) * 4);
    }
  }

  private async look(): Promise<void> {
    await this.lookAtCollector();
    // Away, as it may be; what was seen last stays.
    await this.lookAtDatabase().catch(() => undefined);
  }

  private async lookAtCollector(): Promise<void> {
    const before = this.figures?.hits ?? 0;
    const figures = await readFigures(this.parts.collector.address);
    if (figures && figures.hits < before) this.keptBefore += before;
    if (figures) this.figures = figures;
    this.samples = [...this.samples.filter(({ at }) => Date.now() - at < rateSeconds * 1000), { at: Date.now(), kept: this.kept() }];
  }

  private kept(): number {
    return this.keptBefore + (this.figures?.hits ?? 0);
  }

  private rate(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || first === last) return 0;
    return ((last.kept - first.kept) * 1000) / (last.at - first.at);
  }

  private async lookAtDatabase(): Promise<void> {
    const { database, sites } = this.parts;
    const counts = await database.look<{ site: number; count: number }>(
      'select site_id as site, count(*)::integer as count from rempart.hits group by site_id',
    );
    this.stored = new Map(counts.map(({ site, count }) => [site, count]));
    const [aside] = await database.look<{ count: number }>(
      'select ((select count(*) from rempart.rejects) + (select count(*) from rempart.stray_records))::integer as count',
    );
    this.setAside = aside?.count ?? 0;
    const names = new Map<number, string>(sites.map(({ id, name }) => [id, name]));
    const rows = await database.look<Omit<StoredHit, 'site'> & { site: number }>(newest, [sites.map(({ id }) => id), shownHits]);
    this.recent = rows.map(({ id, site, received, kind, url, address, visitor, fields }) => {
      return { id, site: names.get(site) ?? String(site), received, kind, url, address, visitor, fields };
    });
  }
}

/** By the primary key of each site, since there is none over all. */
const newest = `
  select h.* from unnest($1::integer[]) as s (id) cross join lateral (
    select id::text as id, site_id as site, to_char(received_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as received, received_at as "at",
      kind, coalesce(url, '') as url, coalesce(address, '') as address, coalesce(visitor, '') as visitor, coalesce(fields::text, '') as fields
    from rempart.hits where site_id = s.id order by received_at desc, id limit $2) as h
  order by h."at" desc, h.id limit $2`;
