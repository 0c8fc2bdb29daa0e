// The file system with injected faults: a matching call fails or waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Files, machineFiles, type OpenFile } from '../../../../services/collector/spool/files';

type Call = keyof Files | 'write' | 'sync' | 'close';

export class FaultyFiles implements Files {
  /** Calls, as in `sync` or `rename`, that fail, with the code of their error. */
  readonly failing = new Map<Call, string>();
  /** Bytes that a failing write puts into the file before it fails. */
  writtenBefore = 0;
  /** What each sync of a file waits for. */
  holding: Promise<void> | undefined;
  /** Milliseconds that each sync of a file takes at least. */
  slow = 0;
  readonly calls: { call: Call; path: string }[] = [];

  count = (call: Call): number => this.calls.filter((one) => one.call === call).length;

  async create(path: string): Promise<OpenFile> {
    this.enter('create', path);
    const file = await machineFiles.create(path);
    return {
      write: async (data, position) => {
        if (this.failing.has('write')) await file.write(data.subarray(0, this.writtenBefore), position);
        this.enter('write', path);
        await file.write(data, position);
      },
      sync: async () => {
        this.enter('sync', path);
        await this.holding;
        if (this.slow > 0) await sleep(this.slow);
        await file.sync();
      },
      close: async () => {
        await file.close();
        this.enter('close', path);
      },
    };
  }

  syncFolder = (path: string) => this.pass('syncFolder', path, () => machineFiles.syncFolder(path));
  makeFolder = (path: string) => this.pass('makeFolder', path, () => machineFiles.makeFolder(path));
  list = (path: string) => this.pass('list', path, () => machineFiles.list(path));
  size = (path: string) => this.pass('size', path, () => machineFiles.size(path));
  read = (path: string, bytes: number, into?: Buffer) => this.pass('read', path, () => machineFiles.read(path, bytes, into));
  truncate = (path: string, length: number) => this.pass('truncate', path, () => machineFiles.truncate(path, length));
  rename = (from: string, to: string) => this.pass('rename', from, () => machineFiles.rename(from, to));
  remove = (path: string) => this.pass('remove', path, () => machineFiles.remove(path));
  removeIfThere = (path: string) => this.pass('removeIfThere', path, () => machineFiles.removeIfThere(path));

  private async pass<T>(call: Call, path: string, work: () => Promise<T>): Promise<T> {
    this.enter(call, path);
    return work();
  }

  private enter(call: Call, path: string): void {
    this.calls.push({ call, path });
    const code = this.failing.get(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: injected`), { code });
  }
}
