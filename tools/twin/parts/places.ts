// Where the parts of a running twin are, for commands that work on them: a file in its folder, for its owner alone.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TwinError } from '../twin-error';

const placesSchema = z.object({ databasePort: z.number(), archiveEndpoint: z.string() });
export type Places = z.output<typeof placesSchema>;

const fileIn = (folder: string): string => join(folder, 'places.json');

export const writePlaces = (folder: string, places: Places): Promise<void> =>
  writeFile(fileIn(folder), `${JSON.stringify(places)}\n`, { mode: 0o600 });

export const removePlaces = (folder: string): Promise<void> => rm(fileIn(folder), { force: true });

/** @throws TwinError if no twin runs in the folder */
export async function readPlaces(folder: string): Promise<Places> {
  try {
    return placesSchema.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
  } catch (error) {
    throw new TwinError(
      `--folder: expected the folder of a running twin, got ${folder}; start one with npm run twin, which prints its folder`,
      {
        cause: error,
      },
    );
  }
}
