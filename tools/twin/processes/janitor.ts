// The twin's side of the janitor: the process that cleans up after a twin that was killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { programArguments } from '../../local-database/programs';

/** Watches every process of the twin, and outlives it until the cleanup is done. */
export interface Janitor {
  /** Adds a process that must not outlive the twin. */
  watch(pid: number): void;
  forget(pid: number): void;
  /** Starts the cleanup, and waits for its end. */
  dismiss(): Promise<void>;
}

/**
 * @param temporary the folder to remove, if it is a temporary one
 * @param database the folder of PostgreSQL's data, whose server has no parent to watch
 */
export function startJanitor(temporary: string | undefined, database: string): Janitor {
  const script = require.resolve('./janitor-process.ts');
  const child: ChildProcess = spawn(process.execPath, [...programArguments(script), database, ...(temporary ? [temporary] : [])], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => undefined);
  const send = (line: string) => void child.stdin?.write(`${line}\n`);
  return {
    watch: (pid) => send(`+${pid}`),
    forget: (pid) => send(`-${pid}`),
    async dismiss() {
      child.stdin?.end();
      await gone;
    },
  };
}
