// What a proof runs on: the server, the stand-ins around it, and hits.
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { siteId } from '../../../runtime/site';
import { formatSiteSnapshot } from '../../../runtime/site-snapshot';
import { freePort } from '../../local-database/free-port';
import type { Delivery } from './delivery';
import { FleetStandIn } from './fleet';
import { exchange, Hits, type Reply, siteKey } from './hits';
import type { Image } from './image';
import { type Acceleration, copyDisk, Machine } from './machine';
import { type MetadataService, startMetadata } from './metadata';
import { RegionStandIn } from './region';
import { writeSeed } from './seed';

export interface BenchOptions {
  /** Takes the folder of this server. */
  readonly folder: string;
  readonly image: Image;
  readonly delivery: Delivery;
  readonly acceleration: Acceleration;
  /** Times that `dnf` meets RPM's lock. */
  readonly dnfRefusals: number;
  /** Takes each line of progress. */
  readonly say: (text: string) => void;
}

const instance = 'i-0123456789abcdef0';
const site = { id: siteId(1), key: siteKey, addressMode: 'hash', hashedFields: ['email'], keyVersion: 1 } as const;
const dataDiskBytes = 2 ** 30;

export class Bench {
  private constructor(
    readonly folder: string,
    readonly delivery: Delivery,
    readonly machine: Machine,
    readonly fleet: FleetStandIn,
    readonly region: RegionStandIn,
    readonly hits: Hits,
    private readonly metadata: MetadataService,
    private readonly port: number,
  ) {}

  /** Puts up the stand-ins and blank disks; nothing is switched on yet. */
  static async open({ folder: parent, image, delivery, acceleration, dnfRefusals, say }: BenchOptions): Promise<Bench> {
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, 'run-'));
    const hits = new Hits();
    const named = (text: string) => delivery.files.reduce((line, { bucket, key, name }) => line.replace(`${bucket}/${key}`, name), text);
    const note = (text: string) => say(`  server: ${named(text)}`);
    const fleet = new FleetStandIn(instance, note);
    const region = new RegionStandIn({ region: delivery.region, fleet, ...contents(delivery), say: note, take: hits.take });
    await region.start();
    const metadata = await startMetadata(fleet, delivery.region, delivery.userData);
    const collectorPort = await freePort();
    const machine = new Machine({ folder, image, acceleration, collectorPort }, dataDisks(delivery));
    copyDisk(image.disk, machine.path('root.img'));
    for (const disk of dataDisks(delivery)) {
      writeFileSync(machine.path(`${disk}.img`), '');
      truncateSync(machine.path(`${disk}.img`), dataDiskBytes);
    }
    const ports = { metadataPort: metadata.port, storesPort: region.port };
    writeSeed(folder, machine.path('seed.img'), { names: region.names, certificate: region.certificate, ...ports, dnfRefusals });
    return new Bench(folder, delivery, machine, fleet, region, hits, metadata, collectorPort);
  }

  /** Sends hits; gives the answers other than 204. */
  send = (count: number): Promise<readonly string[]> => this.hits.send(this.port, count);

  /** Health that the collector reports; status 0 where it does not listen. */
  health = (): Promise<Reply> => exchange(this.port, 'GET', '/health').catch((error: unknown) => ({ status: 0, body: String(error) }));

  /** Switches everything off. The folder stays where it is to be looked at. */
  async close(keep: boolean): Promise<void> {
    await this.machine.kill();
    await this.region.close();
    await this.metadata.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a condition that is looked at every second. @throws Error after its time */
export async function until(what: string, seconds: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await condition()); await sleep(1000)) {
    if (Date.now() > end) throw new Error(`expected ${what} within ${seconds} seconds, got nothing of the kind`);
  }
}

/** The data disks, as the launch template names them. */
export const dataDisks = ({ settings }: Delivery): readonly string[] => (settings.get('DISKS') ?? '').replaceAll('"', '').split(' ');

/** What the stores hold: the objects of the deployment, one site, and its key. */
function contents({ files, settings }: Delivery) {
  const [, snapshot = ''] = /^s3:\/\/(.+)$/.exec(settings.get('SITES_SOURCE') ?? '') ?? [];
  const [, prefix = ''] = /^secretsmanager:(.+)$/.exec(settings.get('KEYS_SOURCE') ?? '') ?? [];
  const sites = formatSiteSnapshot([{ ...site, privacySignals: true, cookies: true, origins: [] }]);
  const ring = { site: siteKey, current: 1, keys: { 1: Buffer.alloc(32, 7).toString('base64') } };
  return {
    objects: new Map([
      ...files.map(({ bucket, key, content }) => [`${bucket}/${key}`, content] as const),
      [snapshot, Buffer.from(sites)] as const,
    ]),
    secrets: new Map([[`${prefix}/${site.id}`, JSON.stringify(ring)]]),
  };
}
