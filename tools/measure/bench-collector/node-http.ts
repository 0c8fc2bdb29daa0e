// Plain node:http as a subject: the server that Node programs use by default, without spool, pseudonymisation or
// forwarding.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface NodeHttp {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/**
 * Starts the server as a process of its own; it reads each body and answers 204.
 * @param parse whether it also parses the body as JSON
 */
export async function startNodeHttp(parse: boolean): Promise<NodeHttp> {
  const child = fork(require.resolve('./node-http-process.ts'), parse ? ['parse'] : [], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  const [port] = (await Promise.race([once(child, 'message'), ended.then(failed)])) as [number];
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { port, pid: child.pid ?? 0, close };
}

function failed(): never {
  throw new Error('bench: expected node:http to listen, got its exit; run tools/measure/bench-collector/node-http-process.ts to see why');
}
