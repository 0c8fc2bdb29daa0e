// The real collector, as a process that can be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';

export interface CollectorProcess {
  readonly port: number;
  readonly pid: number;
  /** Sends SIGKILL, which the process cannot handle. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Sends SIGTERM. Resolves to the exit code. */
  stop(): Promise<number>;
  /** Status and reasons of `/health`. */
  health(): Promise<{ readonly status: number; readonly body: string }>;
  /** Value of a metric without labels in `/metrics`; NaN without one. */
  metric(name: string): Promise<number>;
}

export interface CollectorOptions {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Most blocks of a file (ulimit -f), so that the kernel fails writes as a full disk does. @default no limit */
  readonly fileBlocks?: number | undefined;
  /** Called for each event in the program's log. */
  readonly event: (event: string, line: string) => void;
}

/** Longest time until the program listens, on a slow machine. */
const startMilliseconds = 60_000;

/** Starts the program; resolves when it listens. */
export async function startCollector({ program, environment, fileBlocks, event }: CollectorOptions): Promise<CollectorProcess> {
  const { PATH = '' } = process.env;
  const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$0" "$1"`, process.execPath, program], {
    env: { PATH, NODE_NO_WARNINGS: '1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)));
  const port = await listeningPort(child, event);
  return {
    port,
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    health: () => get(port, '/health'),
    metric: async (name) => {
      const { body } = await get(port, '/metrics');
      const line = body.split('\n').find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1) ?? Number.NaN);
    },
  };
}

function listeningPort(child: ChildProcess, event: CollectorOptions['event']): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`collector: expected it to listen within ${startMilliseconds} ms, got nothing`));
    }, startMilliseconds);
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`collector: expected it to listen, got exit ${code}: ${errors}`));
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const logged = JSON.parse(line) as { readonly event: string; readonly port?: number; readonly error?: string };
      event(logged.event, line);
      if (logged.event === 'not-started') errors += logged.error;
      if (logged.event !== 'listening' || logged.port === undefined) return;
      clearTimeout(timer);
      resolve(logged.port);
    });
  });
}

function get(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, async (answer) => {
      let body = '';
      for await (const chunk of answer) body += chunk;
      resolve({ status: answer.statusCode ?? 0, body });
    })
      .on('error', reject)
      .end();
  });
}
