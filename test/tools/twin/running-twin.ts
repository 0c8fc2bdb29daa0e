// A twin as a process of its own, as users start it: its output, and its remains afterwards.
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { programArguments, programsVariable } from '../../../tools/local-database/programs';

const root = join(__dirname, '../../..');

type Line = Readonly<Record<string, unknown>> & { readonly event: string };

export interface Ready {
  readonly page: string;
  readonly collector: string;
  readonly folder: string;
  readonly seconds: number;
}

export class RunningTwin {
  private readonly printed: Line[] = [];
  private errors = '';
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;

  private constructor(readonly child: ChildProcess) {
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.printed.push(JSON.parse(line)));
    child.stderr?.on('data', (chunk) => {
      this.errors += chunk;
    });
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing')));
  }

  static start(...flags: string[]): RunningTwin {
    return RunningTwin.spawn(programArguments(join(root, 'tools/twin.ts')), flags);
  }

  /** From its sources, as `npm run twin` starts it, instead of from the bundles of the test run. */
  static startSources(...flags: string[]): RunningTwin {
    return RunningTwin.spawn(['--import', 'tsx', join(root, 'tools/twin.ts')], flags, { [programsVariable]: '' });
  }

  private static spawn(program: readonly string[], flags: readonly string[], env: Readonly<Record<string, string>> = {}): RunningTwin {
    const options: SpawnOptions = { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } };
    return new RunningTwin(spawn(process.execPath, [...program, '--json', ...flags], options));
  }

  /** Waits for a line. Fails if the twin ends before. */
  async event(name: string, which: (line: Line) => boolean = () => true): Promise<Line> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    for (;;) {
      const ending = over;
      const found = this.printed.find((line) => line.event === name && which(line));
      if (found) return found;
      if (ending) throw new Error(`expected the twin to say ${name}, got ${this.everything()}`);
      await setTimeout(25);
    }
  }

  async ready(): Promise<Ready> {
    return (await this.event('ready')) as unknown as Ready;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Its whole output, for messages of tests. */
  everything = (): string => `${this.printed.map((line) => JSON.stringify(line)).join('\n')}\n${this.errors}`;
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Processes with a folder in their command line: every part of a twin has the twin's folder there. */
export function processesOf(folder: string): Process[] {
  return processes().filter(({ pid, command }) => pid !== process.pid && command.includes(folder));
}

function processes(): Process[] {
  if (!existsSync('/proc/self/cmdline')) {
    const lines = spawnSync('ps', ['-A', '-o', 'pid=,args=']).stdout.toString().split('\n');
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return { pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') };
      } catch {
        return { pid: Number(name), command: '' };
      }
    });
}

const answers = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname)
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('close', () => socket.destroy());
  });

/** Waits until no process of a twin is left; returns the remaining ones after the time limit. */
export async function leftOf(folder: string, addresses: readonly string[] = [], kept = false): Promise<readonly string[]> {
  let left: string[] = [];
  for (let tries = 0; tries < 1000; tries++) {
    const open = await Promise.all(addresses.map(async (address) => ((await answers(address)) ? [address] : [])));
    left = [...processesOf(folder).map(({ command }) => command), ...open.flat(), ...(existsSync(folder) && !kept ? [folder] : [])];
    if (left.length === 0) return [];
    await setTimeout(100);
  }
  return left;
}
