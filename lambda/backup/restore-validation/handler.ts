// Validates restores of the database: on each event of the restore testing plan, and every ten minutes.
import { BackupClient } from '@aws-sdk/client-backup';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { type ProbeResult, report } from '../../../runtime/probe';
import { readEnvironment } from './env';
import { measureLine, probed, probeName } from './evidence';
import { AwsRestores } from './restores';
import { sweep } from './sweep';

const environment = readEnvironment(process.env);
const restores = new AwsRestores({
  backup: new BackupClient({}),
  rds: new RDSClient({}),
  // A second attempt would count the rows of a large database twice at once.
  lambda: new LambdaClient({ maxAttempts: 1 }),
  deployment: environment.DEPLOYMENT,
  planArn: environment.PLAN_ARN,
  instanceClass: environment.INSTANCE_CLASS,
  reader: environment.READER,
});

export async function handler(): Promise<ProbeResult> {
  const at = new Date();
  const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace } = environment;
  const swept = await sweep(restores, {
    now: at,
    expectedKey: environment.DATA_KEY,
    giveUpHours: Number(environment.GIVE_UP_HOURS),
    reportHours: Number(environment.REPORT_HOURS),
  });
  process.stdout.write(`${measureLine({ deployment, namespace, at }, swept)}\n`);
  return report({ probe: probeName, clause: 'DSS-5.5.1', deployment, namespace, at }, probed(swept), (line) => process.stdout.write(line));
}
