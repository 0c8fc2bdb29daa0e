// Lock of a spool for one process; the lock ends with its process in any case.
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Locks a folder, identified by its device and inode. The lock is a Unix socket in the abstract namespace (unix(7)):
 * the kernel gives the name to one process at a time and frees it at the end of the process, so no stale lock remains.
 * Processes in other network namespaces are not detected. On other systems than Linux, which only developers use,
 * there is no lock.
 *
 * @throws Error if another process has it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  if (process.platform !== 'linux') return { release: async () => undefined };
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? lockedError(folder) : error));
    server.listen({ path: `\0rempart-spool-${dev}-${ino}` }, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

const lockedError = (folder: string) =>
  new Error(`SPOOL_FOLDER: expected a folder without another collector, got ${folder}, which one uses; stop that collector first`);
