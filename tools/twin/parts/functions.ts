// The deployed functions, as a process that can be killed while it works and is restarted.
import { programArguments } from '../../local-database/programs';
import { startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { lifeline } from '../processes/lifeline';
import { supervise } from '../processes/supervised';

/** Argument of the process. */
export interface FunctionsPlace {
  readonly folder: string;
  readonly databasePort: number;
  readonly streamEndpoint: string;
  readonly stream: string;
  readonly archiveEndpoint: string;
  /** Most records in a call of ingest, and the longest wait for them in seconds, as in the deployed stack. */
  readonly batchRecords: number;
  readonly batchSeconds: number;
}

/** Figures of the process since its last start. */
export interface FunctionsState {
  /** Records of the stream that ingest has read and not stored, and the age of the oldest in seconds. */
  readonly waiting: number;
  readonly age: number;
  /** Empty reads of a shard; the least of all shards. */
  readonly emptyReads: number;
  /** Calls of ingest that failed, wholly or in part. */
  readonly failures: number;
  readonly archiveWaiting: number;
  readonly archiveFailures: number;
  readonly archivedObjects: number;
  readonly archivedHits: number;
  readonly snapshots: number;
}

export interface TwinFunctions {
  alive(): boolean;
  /** The last figures; undefined after each start until the first. */
  state(): FunctionsState | undefined;
  /** Kills the process (SIGKILL) while it works, and starts it again after `milliseconds`. */
  crash(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionsOptions extends FunctionsPlace {
  readonly janitor: Janitor;
  readonly signal: AbortSignal;
  readonly lost: (error: unknown) => void;
}

export async function startFunctions({ janitor, signal, lost, ...place }: FunctionsOptions): Promise<TwinFunctions> {
  let state: FunctionsState | undefined;
  const script = require.resolve('./functions-process.ts');
  const process = await supervise(async () => {
    state = undefined;
    const child = await startChild({
      name: 'functions',
      args: [...lifeline, ...programArguments(script), JSON.stringify(place)],
      ready: (line) => line.event === 'ready',
      janitor,
      signal,
    });
    child.onLine((line) => {
      if (line.event === 'state') state = line as unknown as FunctionsState;
    });
    return child;
  }, lost);
  return {
    alive: process.alive,
    state: () => state,
    crash: (milliseconds) => process.away(milliseconds, (child) => child.kill()),
    stop: () => process.stop((child) => child.stop('SIGTERM', 5)),
  };
}
