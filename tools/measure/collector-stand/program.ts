// The collector as deployed, built into a folder of its own, for benchmarks and fuzzing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceProgram } from '../../../lib/functions/service-bundle';
import { siteId } from '../../../runtime/site';
import { type CollectedSite, formatSiteSnapshot } from '../../../runtime/site-snapshot';
import { type CollectorProcess, startCollector } from './collector';

const plain = { addressMode: 'truncate', hashedFields: [], keyVersion: 1, privacySignals: true, cookies: false, origins: [] } as const;

/** A site with common settings, and one with every setting turned on. */
export const benchSites: readonly CollectedSite[] = [
  { ...plain, id: siteId(1), key: 'acme' },
  {
    ...plain,
    ...{ id: siteId(2), key: 'shop', addressMode: 'hash', hashedFields: ['email', '__proto__'], cookies: true },
    origins: ['https://shop.example'],
  },
];

export interface ProgramFolder {
  readonly path: string;
  /** Starts the program with a spool of its own. */
  start(streamPort: number, more?: Readonly<Record<string, string>>): Promise<CollectorProcess & { readonly spool: string }>;
  remove(): void;
}

/**
 * @param spoolParent folder for the spools: its disk determines the cost of durable answers.
 * @default the system's for temporary files
 */
export function buildProgram(spoolParent = tmpdir()): ProgramFolder {
  const path = mkdtempSync(join(tmpdir(), 'rempart-collector-'));
  const spools = mkdtempSync(join(spoolParent, 'rempart-spools-'));
  mkdirSync(join(path, 'keys'));
  writeFileSync(join(path, 'collector.cjs'), serviceProgram('collector'));
  writeFileSync(join(path, 'sites.json'), formatSiteSnapshot(benchSites));
  for (const { id, key: site } of benchSites) {
    const ring = { site, current: 1, keys: { 1: Buffer.alloc(32, id).toString('base64') } };
    writeFileSync(join(path, 'keys', String(id)), JSON.stringify(ring));
  }
  const start: ProgramFolder['start'] = async (streamPort, more = {}) => {
    const spool = mkdtempSync(join(spools, 'spool-'));
    const environment = {
      ...{ HOST: '127.0.0.1', PORT: '0', AWS_REGION: 'eu-central-1', STREAM_NAME: 'hits', SPOOL_FOLDER: spool },
      ...{
        STREAM_ENDPOINT: `http://127.0.0.1:${streamPort}`,
        SITES_SOURCE: `file://${path}/sites.json`,
        KEYS_SOURCE: `file://${path}/keys`,
      },
      ...more,
    };
    return { ...(await startCollector({ program: join(path, 'collector.cjs'), environment, event: () => undefined })), spool };
  };
  const remove = () => {
    for (const folder of [path, spools]) rmSync(folder, { recursive: true, force: true });
  };
  return { path, start, remove };
}
