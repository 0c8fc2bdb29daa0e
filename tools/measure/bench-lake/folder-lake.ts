// A lake in a folder, whose files have the keys of the objects: DuckDB reads them as they are.
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Lake, type LakeStore, siteFolder } from '../../../runtime/lake/store';
import type { SiteId } from '../../../runtime/site';

export class FolderLake implements Lake {
  constructor(private readonly folder: string) {}

  of(site: SiteId): LakeStore {
    const pathOf = (key: string) => {
      if (!key.startsWith(siteFolder(site)) || key.includes('..')) throw new Error(`AccessDenied: ${key} is not of site ${site}`);
      return join(this.folder, key);
    };
    return {
      open: ({ key, bytes }) => ({ key, bytes, read: (start, end) => readRange(pathOf(key), start, end) }),
      async put(key, { body }) {
        const path = pathOf(key);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(`${path}.new`, body);
        await rename(`${path}.new`, path);
      },
      remove: (key) => rm(pathOf(key), { force: true }),
    };
  }
}

async function readRange(path: string, start: number, end: number): Promise<ArrayBuffer> {
  const file = await open(path);
  try {
    const content = new Uint8Array(end - start);
    const { bytesRead } = await file.read(content, 0, content.length, start);
    return content.buffer.slice(0, bytesRead);
  } finally {
    await file.close();
  }
}
