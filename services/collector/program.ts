// The collector put together: what starts before what, and how it stops. (TOM-5.1)
import { cloudWatch, Publisher } from './cloudwatch';
import type { CollectorSettings } from './env';
import { Forwarder } from './forward/forwarder';
import { KinesisStream } from './forward/stream';
import { type Health, healthOf } from './health';
import { createHitHandler } from './hits/handler';
import { HttpServer } from './http/server';
import { Metrics } from './metrics';
import type { Report } from './report';
import { siteKeys } from './sites/key-source';
import { LiveDirectory } from './sites/live-directory';
import { keepFresh } from './sites/refresher';
import { snapshotSource } from './sites/snapshot-source';
import { Spool } from './spool/spool';
import { watchAll } from './watched';

/** Calls to the stream that may be under way at once: 4 of up to 5 MiB, in about 100 ms each, are far more than a server takes in. */
const callsAtOnce = 4;
/** Longest wait for the first snapshot and its keys before it listens; sites that are not ready then are answered 503. */
const firstSitesMilliseconds = 20_000;
const minute = 60_000;

export class Collector {
  private constructor(
    /** Port that it listens on. */
    readonly port: number,
    private readonly parts: { readonly spool: Spool; readonly forwarder: Forwarder; readonly server: HttpServer },
    private readonly settings: CollectorSettings,
    private readonly ends: readonly (() => void)[],
  ) {}

  /**
   * Takes up the spool, begins to ship what is in it, learns the sites, then listens.
   *
   * @throws Error if another process has the spool, the folder or the port cannot be used
   */
  static async start(settings: CollectorSettings, report: Report): Promise<Collector> {
    const metrics = new Metrics();
    const { spoolFolder: folder, spoolLimitBytes: limitBytes, commitDelayMilliseconds, durable, arrayFolder } = settings;
    const spool = await Spool.open({ folder, limitBytes, commitDelayMilliseconds, durable, arrayFolder, report });
    const { streamName, region, streamEndpoint: endpoint } = settings;
    const stream = new KinesisStream({ stream: streamName, region, endpoint, atOnce: callsAtOnce });
    const forwarder = new Forwarder({ source: spool, stream, atOnce: callsAtOnce, report });
    forwarder.start();
    const source = snapshotSource(settings.sitesSource, region);
    const sites = new LiveDirectory({ source, keys: siteKeys(settings.keysSource, region), report });
    await withTimeLimit(sites.refresh(), firstSitesMilliseconds);
    const health = (): Health => healthOf({ spool, sites, delivery: forwarder.delivery });
    const handler = createHitHandler({ sink: spool, sites, clientAddress: settings.clientAddress, health, metrics });
    const server = new HttpServer({ handler, observer: metrics });
    watchAll(metrics, { spool, sites, forwarder, server });
    const ends = [keepFresh(sites, settings.refreshSeconds), turnEveryMinute(metrics), () => stream.close()];
    if (settings.metricsNamespace !== undefined) ends.push(publish(settings.metricsNamespace, settings, spool, metrics, report));
    return new Collector(await server.listen(settings.port, settings.host), { spool, forwarder, server }, settings, ends);
  }

  /**
   * Stops accepting, answers what is open, makes it durable and ships what is left, all within STOP_SECONDS. What is left then stays on
   * the disk for the next process.
   *
   * @returns whether nothing is left, kept aside for people neither: the disk may go with the server
   */
  async stop(): Promise<boolean> {
    const { spool, forwarder, server } = this.parts;
    const bound = this.settings.stopSeconds * 1000;
    const until = Date.now() + bound;
    await server.stop(bound / 4);
    await withTimeLimit(spool.stop(), bound / 4);
    const empty = await forwarder.drain(Math.max(0, until - Date.now()));
    for (const end of this.ends) end();
    await spool.close();
    return empty && spool.segments.asideBytes === 0;
  }
}

function publish(namespace: string, settings: CollectorSettings, spool: Spool, metrics: Metrics, report: Report): () => void {
  const figures = () => ({
    spoolAge: spool.oldest === undefined ? 0 : Math.max(0, Date.now() - spool.oldest) / 1000,
    spoolBytes: spool.bytes,
    refused: metrics.refused,
    requests: metrics.requests,
    arrayDegraded: spool.array !== 'whole',
  });
  const publisher = new Publisher({ client: cloudWatch(settings.region), namespace, group: settings.metricsGroup, figures, report });
  return () => publisher.close();
}

function turnEveryMinute(metrics: Metrics): () => void {
  const timer = setInterval(() => metrics.latency.turn(), minute).unref();
  return () => clearInterval(timer);
}

/** Waits for work that never rejects, but not longer. */
async function withTimeLimit(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, bound]);
  clearTimeout(timer);
}
