// Simulates a disk that loses power, with the guarantees of POSIX and no others.
import { basename, dirname } from 'node:path';
import type { Files, OpenFile } from '../../../../services/collector/spool/files';

interface Content {
  now: Buffer;
  /** What fdatasync has said is on the disk. */
  durable: Buffer;
}

type Names = Map<string, Content>;

/**
 * After power loss a file holds what was made durable, and of what was written since any part, cut anywhere or with a
 * hole of zeros; a folder holds the names that were made durable, and of changes since any.
 */
export class SimulatedDisk implements Files {
  private readonly folders = new Map<string, { readonly now: Names; durable: Names }>();
  private calls = 0;

  /** @param lastCall number of the call at which the power goes */
  constructor(public lastCall = Number.POSITIVE_INFINITY) {}

  get hasPower(): boolean {
    return this.calls < this.lastCall;
  }

  /** The disk as the next process finds it. */
  afterPowerLoss(random: () => number): SimulatedDisk {
    const disk = new SimulatedDisk();
    for (const [path, { now, durable }] of this.folders) {
      const names: Names = new Map();
      for (const name of new Set([...durable.keys(), ...now.keys()])) {
        const content = durable.get(name) !== now.get(name) && random() < 0.5 ? now.get(name) : durable.get(name);
        if (content) names.set(name, settled(afterLoss(content, random)));
      }
      disk.folders.set(path, { now: names, durable: new Map(names) });
    }
    return disk;
  }

  async create(path: string): Promise<OpenFile> {
    this.enter();
    const { now } = this.folder(dirname(path));
    if (now.has(basename(path))) throw new Error('EEXIST');
    const content: Content = { now: Buffer.alloc(0), durable: Buffer.alloc(0) };
    now.set(basename(path), content);
    return {
      write: async (data, position) => {
        const bytes = Buffer.concat([content.now.subarray(0, position), data]);
        // The power may go in the middle of a write.
        if (this.hasPower) content.now = bytes;
        this.enter();
      },
      sync: async () => {
        this.enter();
        content.durable = content.now;
      },
      close: async () => undefined,
    };
  }

  async syncFolder(path: string): Promise<void> {
    this.enter();
    const folder = this.folder(path);
    folder.durable = new Map(folder.now);
  }

  async makeFolder(path: string): Promise<void> {
    if (!this.folders.has(path)) this.folders.set(path, { now: new Map(), durable: new Map() });
  }

  list = async (path: string): Promise<string[]> => [...this.folder(path).now.keys()];
  size = async (path: string): Promise<number> => this.content(path).now.length;
  read = async (path: string, bytes: number): Promise<Buffer> => Buffer.from(this.content(path).now.subarray(0, bytes));

  async truncate(path: string, length: number): Promise<void> {
    this.enter();
    const content = this.content(path);
    content.now = content.now.subarray(0, length);
  }

  async rename(from: string, to: string): Promise<void> {
    this.enter();
    this.folder(dirname(to)).now.set(basename(to), this.content(from));
    this.folder(dirname(from)).now.delete(basename(from));
  }

  remove = async (path: string): Promise<void> => this.removeIfThere(path);

  async removeIfThere(path: string): Promise<void> {
    this.enter();
    this.folder(dirname(path)).now.delete(basename(path));
  }

  private enter(): void {
    this.calls++;
    if (this.calls > this.lastCall) throw new Error('no power');
  }

  private folder(path: string) {
    const folder = this.folders.get(path);
    if (!folder) throw new Error(`ENOENT ${path}`);
    return folder;
  }

  private content(path: string): Content {
    const content = this.folder(dirname(path)).now.get(basename(path));
    if (!content) throw new Error(`ENOENT ${path}`);
    return content;
  }
}

const settled = (bytes: Buffer): Content => ({ now: bytes, durable: bytes });

function afterLoss({ now, durable }: Content, random: () => number): Buffer {
  if (now.length <= durable.length) return random() < 0.5 ? durable : now;
  const cut = durable.length + Math.floor(random() * (now.length - durable.length + 1));
  const bytes = Buffer.from(now.subarray(0, random() < 0.5 ? cut : now.length));
  // Blocks that were never written read as zeros.
  if (random() < 0.5 && cut < bytes.length) bytes.fill(0, cut, cut + Math.floor(random() * (bytes.length - cut + 1)));
  return bytes;
}
