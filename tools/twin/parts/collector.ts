// The real collector program, as deployed: one bundle, in a process of its own, with its spool in the twin's folder.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectorEnvironment } from '../../../services/collector/env';
import { programArguments } from '../../local-database/programs';
import { type Child, startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { lifeline } from '../processes/lifeline';
import { supervise } from '../processes/supervised';
import { TwinError } from '../twin-error';
import { region } from './event-source';

export interface TwinCollector {
  /** Its address, as in `http://127.0.0.1:40000`; a restart keeps it. */
  readonly address: string;
  alive(): boolean;
  /** Number of starts. */
  starts(): number;
  /** Kills it (SIGKILL), like a power loss of a server, and starts it again after `milliseconds`. */
  crash(milliseconds: number): Promise<void>;
  /** Stops it as a server does before its replacement: it forwards the hits in its spool. */
  stop(): Promise<void>;
}

export interface CollectorPlace {
  readonly folder: string;
  /** File of the bundle. */
  readonly program: string;
  /** @default - any free port */
  readonly port?: number;
  readonly streamEndpoint: string;
  readonly stream: string;
  readonly sitesFile: string;
  readonly keysFolder: string;
  readonly janitor: Janitor;
  readonly signal: AbortSignal;
  readonly lost: (error: unknown) => void;
}

/** Bytes of the spool; the disk of a server holds more. */
const spoolLimit = 1024 * 1024 * 1024;
/** Seconds in which it forwards the hits in its spool when it is stopped. */
const stopSeconds = 10;

/** Bundles the program for this machine's Node. */
export async function buildCollector(file: string, signal: AbortSignal): Promise<void> {
  const script = join(__dirname, '../../develop/build-collector.ts');
  const child = spawn(process.execPath, [...programArguments(script), '--out', file], { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new TwinError(`collector: expected its program to be built, got exit code ${code}:\n${output.trim()}`);
}

export async function startCollector(place: CollectorPlace): Promise<TwinCollector> {
  const spool = join(place.folder, 'spool');
  await mkdir(spool, { recursive: true });
  let port = place.port ?? 0;
  let starts = 0;
  const launch = async (): Promise<Child> => {
    const child = await startChild({
      name: 'collector',
      args: [...lifeline, place.program],
      env: { ...environmentOf(place, spool, port) },
      ready: (line) => line.event === 'listening',
      janitor: place.janitor,
      signal: place.signal,
    });
    port = Number(child.ready.port);
    starts++;
    return child;
  };
  const process = await supervise(launch, place.lost).catch((error: unknown) => Promise.reject(portTaken(place.port, error)));
  return {
    address: `http://127.0.0.1:${port}`,
    alive: process.alive,
    starts: () => starts,
    crash: (milliseconds) => process.away(milliseconds, (child) => child.kill()),
    stop: () => process.stop((child) => child.stop('SIGTERM', stopSeconds + 5)),
  };
}

function portTaken(port: number | undefined, error: unknown): unknown {
  if (!port || !(error instanceof Error) || !/EADDRINUSE|EACCES/.test(error.message)) return error;
  return new TwinError(`--collector-port: expected a port that is free and that you may use, got ${port}; choose another, or leave it out`);
}

type Environment = CollectorEnvironment & { readonly AWS_ACCESS_KEY_ID: string; readonly AWS_SECRET_ACCESS_KEY: string };

const environmentOf = (place: CollectorPlace, spool: string, port: number): Environment => ({
  HOST: '127.0.0.1',
  PORT: String(port),
  SPOOL_FOLDER: spool,
  SPOOL_LIMIT_BYTES: String(spoolLimit),
  STREAM_NAME: place.stream,
  STREAM_ENDPOINT: place.streamEndpoint,
  AWS_REGION: region,
  // The stand-in accepts any credentials.
  AWS_ACCESS_KEY_ID: 'twin',
  AWS_SECRET_ACCESS_KEY: 'twin',
  SITES_SOURCE: `file://${place.sitesFile}`,
  KEYS_SOURCE: `file://${place.keysFolder}`,
  REFRESH_SECONDS: '2',
  CLIENT_ADDRESS: 'x-forwarded-for',
  STOP_SECONDS: String(stopSeconds),
});
