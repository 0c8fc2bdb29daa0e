// Runs the upkeep of the lake, every hour. An operator calls the function to reconcile the lake with its objects.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { boundedCalls } from '../../../runtime/bounded-calls';
import { S3Lake } from '../../../runtime/lake/store';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { examineDays } from './examine';
import { giveUp, isGiveUp } from './give-up';
import { isErasures, listErasures } from './list-erasures';
import { isReconcile, reconcile } from './reconcile';
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

/** Part of the time of a run that is left to the examination of days that leave the window. */
const examination = 0.1;

/** Time in milliseconds after which an answer to an operator ends: connections without traffic last 350 s. */
const answerMilliseconds = 240_000;

/** @throws AggregateError after all tasks, if a part of one failed, or an erasure is late */
export async function handler(event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<unknown> {
  const left = () => context.getRemainingTimeInMillis() - reserve;
  const all = left();
  if (isGiveUp(event)) return giveUp(database, lake, event);
  if (isErasures(event)) return listErasures(database, event);
  if (isReconcile(event)) return reconcile(database, lake, event, () => left() < Math.max(0, all - answerMilliseconds));
  if (environment.LAKE === 'held') {
    console.info({ held: true });
    return undefined;
  }
  const { failures, ...result } = await upkeepOfLake(database, lake, {
    now: new Date(),
    keepMonths: Number(environment.KEEP_MONTHS),
    lateHours: Number(environment.LATE_HOURS),
    isLate: (part = 1) => left() < Math.max(0, all * (1 - (1 - examination) * part)),
  });
  const failed = [...failures];
  const examined = await examineDays(database, lake, () => left() < 0, failed);
  // The alarm LakeErasureLate has its datapoint from a run that fails, too.
  console.info({ ...result, examined, failed: failed.length });
  if (failed.length > 0) throw failureOf(failed);
  return undefined;
}
