// The collector as a whole: its parts, their start and their stop. (TOM-5.1)

import { Clock } from './clock/clock';
import { cloudWatch, Publisher } from './cloudwatch';
import type { CollectorSettings } from './env';
import { Forwarder } from './forward/forwarder';
import { KinesisStream } from './forward/stream';
import { registerGauges } from './gauges';
import { type Health, healthOf } from './health';
import { createHitHandler } from './hits/handler';
import { HttpServer } from './http/server';
import { Metrics } from './metrics';
import type { Report } from './report';
import { siteKeys } from './sites/key-source';
import { LiveDirectory } from './sites/live-directory';
import { refreshPeriodically } from './sites/refresher';
import { snapshotSource } from './sites/snapshot-source';
import { Spool } from './spool/spool';

/** Concurrent calls to the stream: 4 of up to 5 MiB in about 100 ms each exceed the intake of a server by far. */
const concurrentCalls = 4;
/**
 * Longest wait for the first snapshot and its keys before the program listens; hits of sites without a key are then
 * answered 503.
 */
const firstSitesMilliseconds = 20_000;
const minute = 60_000;

export class Collector {
  private constructor(
    /** Port to which the server is bound. */
    readonly port: number,
    private readonly parts: { readonly spool: Spool; readonly forwarder: Forwarder; readonly server: HttpServer },
    private readonly settings: CollectorSettings,
    private readonly ends: readonly (() => void)[],
  ) {}

  /**
   * Opens the spool, starts to deliver its hits, loads the sites, then listens.
   *
   * @throws Error if another process has the spool, or the folder or the port cannot be used
   */
  static async start(settings: CollectorSettings, report: Report): Promise<Collector> {
    const metrics = new Metrics();
    const clock = new Clock(report);
    const { spoolFolder: folder, spoolLimitBytes: limitBytes, commitDelayMilliseconds, durable, arrayFolder } = settings;
    const spool = await Spool.open({ folder, limitBytes, commitDelayMilliseconds, durable, arrayFolder, report });
    const { streamName, region, streamEndpoint: endpoint } = settings;
    const stream = new KinesisStream({ stream: streamName, region, endpoint, concurrency: concurrentCalls, clock });
    const forwarder = new Forwarder({ source: spool, stream, concurrency: concurrentCalls, report });
    forwarder.start();
    const source = snapshotSource(settings.sitesSource, region, clock);
    const sites = new LiveDirectory({ source, keys: siteKeys(settings.keysSource, region, clock), report });
    await withTimeLimit(sites.refresh(), firstSitesMilliseconds);
    const health = (): Health => healthOf({ spool, sites, delivery: forwarder.delivery, clock });
    const now = () => clock.now();
    const handler = createHitHandler({ sink: spool, sites, clientAddress: settings.clientAddress, health, metrics, now });
    const server = new HttpServer({ handler, observer: metrics });
    registerGauges(metrics, { spool, sites, forwarder, server, clock });
    const ends = [refreshPeriodically(sites, settings.refreshSeconds), rotateEveryMinute(metrics), () => stream.close()];
    if (settings.metricsNamespace !== undefined) ends.push(publish(settings.metricsNamespace, settings, { spool, metrics, clock }, report));
    return new Collector(await server.listen(settings.port, settings.host), { spool, forwarder, server }, settings, ends);
  }

  /**
   * Stops accepting connections, answers open requests, makes their hits durable and delivers the spool, all within
   * STOP_SECONDS. Hits that remain stay on the disk for the next process.
   *
   * @returns whether the disk is empty, also of data that was set aside, so that the server may be terminated
   */
  async stop(): Promise<boolean> {
    const { spool, forwarder, server } = this.parts;
    const bound = this.settings.stopSeconds * 1000;
    const until = performance.now() + bound;
    await server.stop(bound / 4);
    await withTimeLimit(spool.stop(), bound / 4);
    const empty = await forwarder.drain(Math.max(0, until - performance.now()));
    for (const end of this.ends) end();
    await spool.close();
    return empty && spool.segments.asideBytes === 0;
  }
}

/** Sources of the published figures. */
interface FigureSources {
  readonly spool: Spool;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

function publish(namespace: string, settings: CollectorSettings, sources: FigureSources, report: Report): () => void {
  const { spool, metrics, clock } = sources;
  const figures = () => ({
    spoolAge: spool.age / 1000,
    spoolBytes: spool.bytes,
    refused: metrics.refused,
    requests: metrics.requests,
    arrayDegraded: spool.array !== 'whole',
    clockOffset: Math.abs(clock.offset) / 1000,
  });
  const publisher = new Publisher({ client: cloudWatch(settings.region, clock), namespace, group: settings.metricsGroup, figures, report });
  return () => publisher.close();
}

function rotateEveryMinute(metrics: Metrics): () => void {
  const timer = setInterval(() => metrics.latency.rotate(), minute).unref();
  return () => clearInterval(timer);
}

/** Waits for work that never rejects, up to a time limit. */
async function withTimeLimit(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, bound]);
  clearTimeout(timer);
}
