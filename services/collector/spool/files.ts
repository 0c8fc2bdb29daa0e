// The file system as the spool uses it: the few calls whose failure must be told apart. Tests put one in between that fails.
import { mkdir, open, readdir, rename, rm, stat, truncate, unlink } from 'node:fs/promises';

/** A file open for writing. */
export interface OpenFile {
  /** Writes all of `data` at `position`. */
  write(data: Uint8Array, position: number): Promise<void>;
  /** Returns when data, and the length that is needed to read it, are on the disk (fdatasync(2)). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Files {
  /** Makes a file that must not be there yet. */
  create(path: string): Promise<OpenFile>;
  /** Makes the names in a folder durable: those made, changed and removed (fsync(2), notes on directories). */
  syncFolder(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  list(path: string): Promise<string[]>;
  size(path: string): Promise<number>;
  /** The first bytes of a file, read into `into` where they fit; large buffers made anew each time would keep the garbage collector busy. */
  read(path: string, bytes: number, into?: Buffer): Promise<Buffer>;
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes a file that need not be there. */
  removeIfThere(path: string): Promise<void>;
}

async function create(path: string): Promise<OpenFile> {
  const handle = await open(path, 'wx', 0o640);
  return {
    write: async (data, position) => {
      // write(2) may take a part; what it did not take is offered again, and then the error comes out.
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
        done += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readFully(path: string, bytes: number, into?: Buffer): Promise<Buffer> {
  const buffer = into && into.length >= bytes ? into : Buffer.allocUnsafeSlow(bytes);
  const handle = await open(path, 'r');
  try {
    let length = 0;
    for (let got = -1; got !== 0 && length < bytes; length += got) {
      got = (await handle.read(buffer, length, bytes - length, length)).bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** The file system of the machine. */
export const machineFiles: Files = {
  create,
  syncFolder,
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o750 })),
  list: (path) => readdir(path),
  size: async (path) => (await stat(path)).size,
  read: readFully,
  truncate,
  rename,
  remove: unlink,
  removeIfThere: (path) => rm(path, { force: true }),
};
