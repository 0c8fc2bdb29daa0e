// One process a spool: a lock that ends with its process, however that ends.
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a folder, known by its device and inode, whatever path leads to it. It is a Unix socket in the abstract namespace
 * (unix(7)): the kernel gives the name to one process at a time and takes it back when that is gone, so nothing stale can be left.
 * Processes of other network namespaces are not seen. Elsewhere than on Linux, which only developers have, there is no lock.
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
  new Error(`SPOOL_FOLDER: expected a folder for this process alone, got ${folder}, which another collector uses; stop that one first`);
