// The twin: starts its parts in order, and stops them in reverse order, whatever fails in between.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { siteSnapshotKey } from '../../lambda/ingest/site-snapshot/env';
import { ConfigurationError, loadSite } from '../../lib/config/load';
import { projectRoot } from '../synthesis/synthesize';
import { takeFolder } from './folder';
import { Observer } from './observer';
import { clauseTable } from './page/clauses';
import { sendSamples } from './page/samples';
import { type PageServer, servePage } from './page/server';
import { archiveBucket } from './parts/archive';
import { buildCollector, startCollector, type TwinCollector } from './parts/collector';
import { databaseFolder, startDatabase, type TwinDatabase } from './parts/database';
import { createStream } from './parts/event-source';
import { startFunctions, type TwinFunctions } from './parts/functions';
import { removePlaces, writePlaces } from './parts/places';
import { makeSites, type TwinSite } from './parts/sites';
import { type StandIn, startStandIn } from './parts/stand-in';
import { type Janitor, startJanitor } from './processes/janitor';
import { explainError, TwinError } from './twin-error';

export interface TwinSettings {
  readonly folder: string | undefined;
  readonly keep: boolean;
  readonly port: number;
  readonly collectorPort: number;
  /** Seconds that the ingest waits for a batch. @default - those of production */
  readonly batchSeconds?: number;
}

export interface TwinReport {
  /** A part is starting. */
  readonly progress: (what: string) => void;
  /** A part ended and cannot be restarted: the twin must stop. */
  readonly lost: (error: unknown) => void;
}

export interface Twin {
  readonly page: string;
  readonly folder: string;
  readonly sites: readonly TwinSite[];
  readonly observer: Observer;
  readonly collector: TwinCollector;
  readonly functions: TwinFunctions;
  readonly stream: StandIn;
  readonly archive: StandIn;
  readonly database: TwinDatabase;
  /** Stops all parts in the order of the data flow, so that each passes on its hits; removes a temporary folder. */
  stop(): Promise<void>;
}

const streamName = 'hits';
const shards = 2;

/**
 * Starts the twin. @throws TwinError with advice, or the signal's reason; all parts have ended then.
 *
 * @param signal aborts the start; later, `stop` ends the twin
 */
export async function startTwin(settings: TwinSettings, report: TwinReport, signal: AbortSignal): Promise<Twin> {
  const closing = new Closing();
  // For the start alone: a part that restarts later must not be aborted, because its hits must go through before the
  // end.
  const starting = new AbortController();
  const abort = () => starting.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await startParts(settings, report, starting.signal, closing);
  } catch (error) {
    // The first error is the one that counts.
    await closing.close().catch(() => undefined);
    throw signal.aborted ? signal.reason : explainError('twin', error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Steps of the shutdown, the last added first. */
class Closing {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /** Runs every step, also after one that failed. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) await step().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Options of every part. */
interface Common {
  readonly folder: string;
  readonly janitor: Janitor;
  readonly signal: AbortSignal;
  readonly lost: (error: unknown) => void;
}

async function startParts(settings: TwinSettings, report: TwinReport, signal: AbortSignal, closing: Closing): Promise<Twin> {
  const production = ingestSettings();
  const batches = { ...production, batchSeconds: settings.batchSeconds ?? production.batchSeconds };
  const place = await takeFolder(settings);
  closing.add(() => place.release());
  const folder = place.path;
  const janitor = startJanitor(place.temporary ? folder : undefined, databaseFolder(folder));
  closing.add(() => janitor.dismiss());
  const common = { folder, janitor, signal, lost: report.lost };

  const { database, stream, archive, program } = await startStores(settings, report, common, closing);
  report.progress('sites and their keys');
  const sites = await sitesIn(database, folder);
  report.progress('functions: ingest, archive delivery, site snapshot');
  const functions = await startFunctions({
    ...common,
    databasePort: database.port,
    streamEndpoint: stream.endpoint,
    stream: streamName,
    archiveEndpoint: archive.endpoint,
    ...batches,
  });
  closing.add(() => functions.stop());
  report.progress('collector');
  const collector = await startCollector({
    ...common,
    program,
    port: settings.collectorPort,
    streamEndpoint: stream.endpoint,
    stream: streamName,
    sitesFile: join(folder, 'settings', siteSnapshotKey),
    keysFolder: keysFolder(folder),
  });
  closing.add(() => collector.stop());
  const parts = { collector, functions, stream, archive, database, sites };
  report.progress('status page');
  const observer = new Observer(parts);
  const page = await openPage(observer, parts, settings.port);
  closing.add(() => page.close());
  closing.add(() => observer.stop());
  await observer.start();
  await writePlaces(folder, { databasePort: database.port, archiveEndpoint: archive.endpoint });
  closing.add(() => removePlaces(folder));
  return { page: page.address, folder, observer, ...parts, stop: () => closing.close() };
}

/** The batches of production's configuration. */
function ingestSettings(): { readonly batchRecords: number; readonly batchSeconds: number } {
  try {
    const { batchRecords, batchSeconds } = loadSite({ directory: join(projectRoot, 'config'), deployment: 'production' }).settings
      .collection.ingest;
    return { batchRecords, batchSeconds };
  } catch (error) {
    throw error instanceof ConfigurationError ? new TwinError(error.message) : error;
  }
}

const keysFolder = (folder: string): string => join(folder, 'keys');

/** Starts the parts without dependencies at the same time. */
async function startStores(settings: TwinSettings, report: TwinReport, common: Common, closing: Closing) {
  const { folder, signal } = common;
  await Promise.all(['stream', 'archive', 'settings'].map((name) => mkdir(join(folder, name), { recursive: true })));
  const program = join(folder, 'collector.cjs');
  report.progress("PostgreSQL with the deployed migrations, the stream's and the archive's stand-ins, the collector's program");
  const [database, stream, archive, built] = await Promise.allSettled([
    startDatabase({ ...common, keep: settings.keep }),
    startStandIn({ ...common, name: 'stream', script: require.resolve('./parts/stream-process.ts'), args: [join(folder, 'stream')] }),
    startStandIn({
      ...common,
      name: 'archive',
      script: require.resolve('./parts/archive-process.ts'),
      args: [join(folder, 'archive'), archiveBucket],
    }),
    buildCollector(program, signal),
  ]);
  for (const part of [database, archive, stream]) {
    if (part.status === 'fulfilled') closing.add(() => part.value.stop());
  }
  // All of them have settled: a part that started has its step of the shutdown.
  const parts = { database: settledValue(database), stream: settledValue(stream), archive: settledValue(archive) };
  settledValue(built);
  await createStream(parts.stream.endpoint, streamName, shards);
  return { ...parts, program };
}

function settledValue<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function sitesIn(database: TwinDatabase, folder: string): Promise<readonly TwinSite[]> {
  const maintenance = database.open('rempart_maintenance', 1);
  const application = database.open('rempart_application', 1);
  try {
    return await makeSites(maintenance, application, keysFolder(folder));
  } finally {
    await Promise.all([maintenance.close(), application.close()]);
  }
}

function openPage(
  observer: Observer,
  { collector, sites }: { collector: TwinCollector; sites: readonly TwinSite[] },
  port: number,
): Promise<PageServer> {
  const clauses = clauseTable(projectRoot);
  const source = { live: () => observer.live(), sites, clauses: () => clauses, collector: collector.address };
  return servePage({ ...source, sendSamples: (site) => sendSamples(collector.address, site) }, port);
}
