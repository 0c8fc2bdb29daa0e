// The position of each reader of the stream, in the twin's folder. AWS keeps it with the event source mapping.
import { readFile, rename, writeFile } from 'node:fs/promises';

export interface Checkpoints {
  get(shard: string): string | undefined;
  set(shard: string, sequenceNumber: string): Promise<void>;
}

/** Reads the file, if it exists. Without it, records are delivered again; the ingest stores each hit once. */
export async function openCheckpoints(file: string): Promise<Checkpoints> {
  const known = await readKnown(file);
  let writing: Promise<void> = Promise.resolve();
  return {
    get: (shard) => known[shard],
    set(shard, sequenceNumber) {
      known[shard] = sequenceNumber;
      const text = JSON.stringify(known);
      writing = writing
        .catch(() => undefined)
        .then(async () => {
          await writeFile(`${file}.new`, text);
          await rename(`${file}.new`, file);
        });
      return writing;
    },
  };
}

async function readKnown(file: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // No file yet, or an unreadable one: reading starts at the beginning.
    return {};
  }
}
