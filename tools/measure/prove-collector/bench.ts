// The environment of a proof: the program, a stream that fails on demand, senders, and a consumer.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceProgram } from '../../../lib/functions/service-bundle';
import { siteId } from '../../../runtime/site';
import { type CollectedSite, formatSiteSnapshot } from '../../../runtime/site-snapshot';
import { type CollectorProcess, startCollector } from '../collector-stand/collector';
import { Deliveries } from './account';
import { type FaultyStream, startFaults } from './faults';
import { Load } from './load';
import { type ClockKind, type SettableClock, settableClock } from './settable-clock';
import { type SnapshotStore, startStore } from './snapshot-store';
import { type LocalStream, region, startStream, streamName } from './stream';

const site: CollectedSite = {
  id: siteId(1),
  key: 'acme',
  addressMode: 'hash',
  hashedFields: ['email'],
  keyVersion: 1,
  privacySignals: true,
  cookies: true,
  origins: [],
};

export class Bench {
  readonly deliveries = new Deliveries();
  /** Number of each event in the program's log. */
  readonly events = new Map<string, number>();
  /** Log lines of crashes. */
  readonly crashes: string[] = [];
  private consuming = true;
  private consumer: Promise<void> = Promise.resolve();
  private collector: CollectorProcess | undefined;
  private settings: Record<string, string> = {};
  private fileBlocks: number | undefined;

  private constructor(
    readonly folder: string,
    readonly stream: LocalStream,
    readonly faults: FaultyStream,
    private readonly store: SnapshotStore,
    /** The clock of the program. */
    readonly clock: SettableClock,
    readonly random: () => number,
  ) {}

  static async open(random: () => number, clock: ClockKind): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'rempart-prove-'));
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'collector.cjs'), serviceProgram('collector'));
    const key = Buffer.alloc(32, 7).toString('base64');
    writeFileSync(join(folder, 'keys', '1'), JSON.stringify({ site: site.key, current: 1, keys: { 1: key } }));
    const stream = await startStream();
    const store = await startStore(formatSiteSnapshot([site]));
    const bench = new Bench(folder, stream, await startFaults(stream.port, random), store, settableClock(folder, clock), random);
    bench.consumer = bench.consume();
    return bench;
  }

  /** The running program. */
  get running(): CollectorProcess {
    if (!this.collector) throw new Error('bench: expected a running program, got none; start it first');
    return this.collector;
  }

  /** Starts the program with a spool folder; a restart keeps the port. */
  async start(spool: string, more: Record<string, string> = {}, fileBlocks?: number): Promise<void> {
    this.settings = { SPOOL_FOLDER: spool, ...more };
    this.fileBlocks = fileBlocks;
    await this.restart();
  }

  async kill(): Promise<void> {
    await this.running.kill();
  }

  /** Starts the program again with the same settings. */
  async restart(): Promise<void> {
    const environment = {
      ...{ HOST: '127.0.0.1', PORT: String(this.collector?.port ?? 0), STOP_SECONDS: '120', REFRESH_SECONDS: '5', AWS_REGION: region },
      ...{ STREAM_NAME: streamName, STREAM_ENDPOINT: `http://127.0.0.1:${this.faults.port}` },
      ...this.clock.environment,
      ...{ SITES_SOURCE: 's3://settings/sites.json', AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${this.store.port}` },
      ...{ KEYS_SOURCE: `file://${this.folder}/keys` },
      ...this.settings,
    };
    const event = (name: string, line: string) => {
      this.events.set(name, (this.events.get(name) ?? 0) + 1);
      if (name === 'crashed') this.crashes.push(line);
    };
    const { fileBlocks } = this;
    this.collector = await startCollector({ program: join(this.folder, 'collector.cjs'), environment, fileBlocks, event });
  }

  load(connections: number, pause: number): Load {
    return new Load({ port: this.running.port, site: site.key, connections, random: this.random, pause });
  }

  /** Reads the stream until it is empty, ends all processes and removes the folder. */
  async close(): Promise<void> {
    await this.collector?.kill();
    this.consuming = false;
    await this.consumer;
    for (let quiet = 0; quiet < 3; ) {
      quiet = (await this.stream.read(this.deliveries.take)) === 0 ? quiet + 1 : 0;
    }
    await this.faults.close();
    await this.store.close();
    await this.stream.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async consume(): Promise<void> {
    while (this.consuming) {
      await this.stream.read(this.deliveries.take);
      await sleep(200);
    }
  }
}
