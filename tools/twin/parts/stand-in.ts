// A stand-in of an AWS service as a process that can go away and come back where it was.
import { startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { lifeline } from '../processes/lifeline';
import { supervise } from '../processes/supervised';

export interface StandIn {
  /** Where clients find it; the same after it came back. */
  readonly endpoint: string;
  alive(): boolean;
  /** Kills it (SIGKILL) and starts it again after `milliseconds`. */
  restart(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface StandInOptions {
  readonly name: string;
  readonly script: string;
  /** Its arguments; the port is put behind them. */
  readonly args: readonly string[];
  readonly janitor: Janitor;
  /** Ends a start. */
  readonly signal: AbortSignal;
  /** Told when it does not come back. */
  readonly lost: (error: unknown) => void;
}

export async function startStandIn({ name, script, args, janitor, signal, lost }: StandInOptions): Promise<StandIn> {
  let port = 0;
  const process = await supervise(async () => {
    const child = await startChild({
      name,
      args: [...lifeline, '--import', 'tsx', script, ...args, String(port)],
      ready: (line) => line.event === 'listening',
      janitor,
      signal,
    });
    port = Number(child.ready.port);
    return child;
  }, lost);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    alive: process.alive,
    restart: (milliseconds) => process.away(milliseconds, (child) => child.kill()),
    stop: () => process.stop((child) => child.stop('SIGTERM', 5)),
  };
}
