// Small objects as files: the settings bucket, which the collector reads, and the dead-letter bucket.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore, StoredObject } from '../../../runtime/object-store';
import { codeOf } from '../twin-error';

/** Objects below a folder, with one writer. */
export class FileObjects implements ObjectStore {
  constructor(private readonly folder: string) {}

  async read(key: string): Promise<StoredObject | undefined> {
    try {
      const text = await readFile(join(this.folder, key), 'utf8');
      return { text, version: createHash('sha256').update(text).digest('hex') };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(key: string, text: string, _contentType: string, replaced: StoredObject | undefined): Promise<boolean> {
    if ((await this.read(key))?.version !== replaced?.version) return false;
    const file = join(this.folder, key);
    await mkdir(dirname(file), { recursive: true });
    // Atomic: a concurrent reader finds the old or the new text.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    return true;
  }
}
