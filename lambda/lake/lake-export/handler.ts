// Entry point of the function `lake-export`.
import { readEnvironment } from './env';

const environment = readEnvironment(process.env);

/** @throws Error always: a run that does nothing must not count as one that succeeded */
export const handler = async (): Promise<never> => {
  throw new Error(
    `lake-export: expected the export of days of hits to the lake in ${environment.ARCHIVE_BUCKET}, got a release without it; deploy the next one`,
  );
};
