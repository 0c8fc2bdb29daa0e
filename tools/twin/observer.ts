// Polls the running parts once a second and summarises them for the status page and for the counts of a run.
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
/** Seconds over which the rate is averaged. */
const rateSeconds = 5;
const shownHits = 12;

interface Sample {
  readonly at: number;
  readonly kept: number;
}

export class Observer {
  private readonly stopping = new AbortController();
  private polling: Promise<void> = Promise.resolve();
  private figures: CollectorFigures | undefined;
  /** Hits kept by earlier processes of the collector, which were killed. */
  private keptBefore = 0;
  private samples: Sample[] = [];
  private stored = new Map<number, number>();
  private setAside = 0;
  private recent: readonly StoredHit[] = [];
  /** A line about the traffic, written by the player. */
  traffic = 'none; npm run twin -- --traffic 500 generates some';

  constructor(private readonly parts: Observed) {}

  /** Resolves after one poll of every part, so that the data of an earlier twin is counted before new hits arrive. */
  async start(): Promise<void> {
    await this.poll();
    this.polling = this.pollAgain();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
  }

  /** Hits in the database at the last poll. */
  storedHits(): number {
    return [...this.stored.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether no hit was on its way to the database at the last poll. */
  isEmpty(): boolean {
    const state = this.parts.functions.state();
    return this.figures?.spoolBytes === 0 && state?.waiting === 0;
  }

  live(): Live {
    const { collector, functions, stream, archive, database, sites } = this.parts;
    const state = (alive: boolean) => (alive ? 'runs' : 'away');
    const run = functions.alive() ? functions.state() : undefined;
    const texts: Record<string, string> = {
      rate: `${this.hitRate().toFixed(1)} per second, ${inNumber(this.keptHits())} in total`,
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

  private async pollAgain(): Promise<void> {
    let rest = pause;
    while (!this.stopping.signal.aborted) {
      await setTimeout(rest, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      const began = Date.now();
      await this.poll();
      // Counting a large table takes long: it may use at most a fifth of the time.
      rest = Math.max(pause, (Date.now() - began) * 4);
    }
  }

  private async poll(): Promise<void> {
    await this.pollCollector();
    // The database may be away; the last values then stay.
    await this.pollDatabase().catch(() => undefined);
  }

  private async pollCollector(): Promise<void> {
    const before = this.figures?.hits ?? 0;
    const figures = await readFigures(this.parts.collector.address);
    if (figures && figures.hits < before) this.keptBefore += before;
    if (figures) this.figures = figures;
    this.samples = [...this.samples.filter(({ at }) => Date.now() - at < rateSeconds * 1000), { at: Date.now(), kept: this.keptHits() }];
  }

  private keptHits(): number {
    return this.keptBefore + (this.figures?.hits ?? 0);
  }

  private hitRate(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || first === last) return 0;
    return ((last.kept - first.kept) * 1000) / (last.at - first.at);
  }

  private async pollDatabase(): Promise<void> {
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

/** Reads each site by the primary key, because no index covers all sites. */
const newest = `
  select h.* from unnest($1::integer[]) as s (id) cross join lateral (
    select id::text as id, site_id as site, to_char(received_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as received, received_at as "at",
      kind, coalesce(url, '') as url, coalesce(address, '') as address, coalesce(visitor, '') as visitor, coalesce(fields::text, '') as fields
    from rempart.hits where site_id = s.id order by received_at desc, id limit $2) as h
  order by h."at" desc, h.id limit $2`;
