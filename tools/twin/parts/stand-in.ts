// A stand-in for an AWS service, as a process that can be restarted at the same endpoint.
import { programArguments } from '../../local-database/programs';
import { startChild } from '../processes/child';
import type { Janitor } from '../processes/janitor';
import { lifeline } from '../processes/lifeline';
import { supervise } from '../processes/supervised';

export interface StandIn {
  /** Endpoint for clients; a restart keeps it. */
  readonly endpoint: string;
  alive(): boolean;
  /** Kills it (SIGKILL) and starts it again after `milliseconds`. */
  restart(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface StandInOptions {
  readonly name: string;
  readonly script: string;
  /** Its arguments; the port is appended. */
  readonly args: readonly string[];
  readonly janitor: Janitor;
  /** Aborts a start. */
  readonly signal: AbortSignal;
  /** Called if it cannot be restarted. */
  readonly lost: (error: unknown) => void;
}

export async function startStandIn({ name, script, args, janitor, signal, lost }: StandInOptions): Promise<StandIn> {
  let port = 0;
  const process = await supervise(async () => {
    const child = await startChild({
      name,
      args: [...lifeline, ...programArguments(script), ...args, String(port)],
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
