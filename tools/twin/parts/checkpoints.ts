// How far each reader of the stream has come; kept in the twin's folder, as AWS keeps it beside the stream.
import { readFile, rename, writeFile } from 'node:fs/promises';

export interface Checkpoints {
  get(shard: string): string | undefined;
  set(shard: string, sequenceNumber: string): Promise<void>;
}

/** Reads the file, if it is there; what was done once and is delivered again is stored once all the same. */
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
    // There is none yet, or it cannot be read: the reading begins anew.
    return {};
  }
}
