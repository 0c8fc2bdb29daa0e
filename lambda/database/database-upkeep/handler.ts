// Runs the upkeep of the database, every six hours.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { oldestErasureHours, type UpkeepResult, upkeep } from './upkeep';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);

const kept = { hotDays: Number(environment.HOT_DAYS), keepMonths: Number(environment.KEEP_MONTHS) };

/** Time in milliseconds that a batch in work needs at most, and the rest of the tasks after it. */
const reserve = 180_000;

export async function handler(_: unknown, context: { getRemainingTimeInMillis(): number }): Promise<UpkeepResult> {
  const left = () => context.getRemainingTimeInMillis() - reserve;
  const all = left();
  const now = new Date();
  try {
    return await upkeep(database, kept, now, (part) => left() < Math.max(0, all * (1 - part)));
  } finally {
    // The alarm WindowErasureLate has its datapoint from a run that fails, too.
    console.info({ oldestErasureHours: await oldestErasureHours(database, now) });
  }
}
