// The twin's side of the janitor: the process that clears away what a twin leaves that was killed.
import { type ChildProcess, spawn } from 'node:child_process';

/** Knows every process of the twin, and outlives it by as long as clearing away takes. */
export interface Janitor {
  /** Told of a process that must not outlive the twin. */
  watch(pid: number): void;
  forget(pid: number): void;
  /** Lets the janitor do its work, and waits for it. */
  dismiss(): Promise<void>;
}

/** @param temporary the folder to remove, if it is a temporary one @param database the folder of PostgreSQL's data, whose server has no parent that could be watched */
export function startJanitor(temporary: string | undefined, database: string): Janitor {
  const script = require.resolve('./janitor-process.ts');
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, database, ...(temporary ? [temporary] : [])], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => undefined);
  const tell = (line: string) => void child.stdin?.write(`${line}\n`);
  return {
    watch: (pid) => tell(`+${pid}`),
    forget: (pid) => tell(`-${pid}`),
    async dismiss() {
      child.stdin?.end();
      await gone;
    },
  };
}
