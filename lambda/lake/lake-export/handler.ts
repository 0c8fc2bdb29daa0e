// Exports due days of hits to the lake, every two minutes; several runs work at once. An operator calls the function
// to restore a file of the lake.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { boundedCalls } from '../../../runtime/bounded-calls';
import { S3Lake } from '../../../runtime/lake/store';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { exportDueDays, type SiteDay } from './export';
import { isRestore, type RestoreResult, restoreObject } from './restore';

const environment = readEnvironment(process.env);
const secrets = new SecretsManagerReader(new SecretsManagerClient({}));
const database = openDatabase(environment, process.env.AWS_REGION ?? '', secrets);
const lake = new S3Lake({
  sts: new STSClient({ requestHandler: boundedCalls }),
  role: environment.LAKE_ROLE,
  bucket: environment.ARCHIVE_BUCKET,
});

/** A day whose record the former run of this instance had no time for: this run has all of it. */
let unrecorded: SiteDay | undefined;

/** @throws AggregateError after the export of the other days, if a day failed */
export async function handler(event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<RestoreResult | undefined> {
  if (isRestore(event)) return restoreObject(database, lake, event);
  if (environment.LAKE === 'held') {
    console.info({ held: true });
    return undefined;
  }
  const isLate = (needed: number) => context.getRemainingTimeInMillis() < needed;
  const { failures, ...exported } = await exportDueDays(database, lake, {
    now: new Date(),
    afterDays: Number(environment.LAKE_AFTER_DAYS),
    isLate,
    startAt: Math.random(),
    first: unrecorded,
  });
  ({ unrecorded } = exported);
  // The alarm LakeExportLate has its datapoint from a run that fails, too.
  console.info({ ...exported, failed: failures.length });
  if (failures.length === 0) return undefined;
  throw new AggregateError(
    failures,
    `lake-export: expected all days to be exported, got ${failures.length} failures, first: ${failures[0]}; the next run repeats them`,
  );
}
