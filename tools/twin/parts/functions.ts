// The deployed functions, as a process that can be killed in the midst of its work and comes back.
import { startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { lifeline } from '../processes/lifeline';
import { supervise } from '../processes/supervised';

/** What the process is told. */
export interface FunctionsPlace {
  readonly folder: string;
  readonly databasePort: number;
  readonly streamEndpoint: string;
  readonly stream: string;
  readonly archiveEndpoint: string;
  /** Most records that ingest is called with, and the longest wait for them in seconds, as in the deployed stack. */
  readonly batchRecords: number;
  readonly batchSeconds: number;
}

/** Its figures, since it was started last. */
export interface FunctionsState {
  /** Records of the stream that ingest has read and not stored, and the age of the oldest in seconds. */
  readonly waiting: number;
  readonly age: number;
  /** How often each shard was read and found empty, of the one for which that is least. */
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
  /** The last figures; undefined until the first came, or came again. */
  state(): FunctionsState | undefined;
  /** Kills the process (SIGKILL), whatever it is at, and starts it again after `milliseconds`. */
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
      args: [...lifeline, '--import', 'tsx', script, JSON.stringify(place)],
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
