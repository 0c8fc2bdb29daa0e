// Runs the upkeep of the lake, every hour.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { boundedCalls } from '../../../runtime/bounded-calls';
import { S3Lake } from '../../../runtime/lake/store';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { failureOf, upkeepOfLake } from './upkeep';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const lake = new S3Lake({
  sts: new STSClient({ requestHandler: boundedCalls }),
  role: environment.LAKE_ROLE,
  bucket: environment.ARCHIVE_BUCKET,
});

/** Time that an object in work needs at most, in milliseconds. */
const reserve = 180_000;

/** @throws AggregateError after all tasks, if a part of one failed, or an erasure is late */
export async function handler(_: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  const left = () => context.getRemainingTimeInMillis() - reserve;
  const all = left();
  const { failures, ...result } = await upkeepOfLake(database, lake, {
    now: new Date(),
    keepMonths: Number(environment.KEEP_MONTHS),
    isLate: (part = 1) => left() < Math.max(0, all * (1 - part)),
  });
  // The alarm LakeErasureLate has its datapoint from a run that fails, too.
  console.info({ ...result, failed: failures.length });
  if (failures.length > 0) throw failureOf(failures);
}
