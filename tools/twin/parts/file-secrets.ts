// The secrets store as a folder: one file per secret, with the content of the secret in AWS.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SecretStore } from '../../../runtime/secret-store';

/** Secrets by the last part of their name: `sites/7` is the file `7`. */
export class FileSecrets implements SecretStore {
  constructor(private readonly folder: string) {}

  read(name: string): Promise<string | undefined> {
    return readFile(this.file(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  async create(name: string, value: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeFile(this.file(name), value, { flag: 'wx', mode: 0o600 });
  }

  async replace(name: string, value: string): Promise<void> {
    await writeFile(`${this.file(name)}.new`, value, { mode: 0o600 });
    await rename(`${this.file(name)}.new`, this.file(name));
  }

  private file = (name: string) => join(this.folder, basename(name));
}
