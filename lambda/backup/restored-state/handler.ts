// Returns what a restored database says of itself, to `restore-validation`.
import { readEnvironment } from './env';
import { hostIn, readState } from './read';

const environment = readEnvironment(process.env);

export async function handler(event: unknown): Promise<unknown> {
  const address = {
    host: hostIn(event),
    port: Number(environment.DATABASE_PORT),
    database: environment.DATABASE_NAME,
    credentials: { iam: { region: process.env.AWS_REGION ?? '' } },
    caFile: environment.DATABASE_CA_FILE,
  };
  return readState(address, new Date());
}
