// Redacts the logs of the load balancer: objects that messages of the queue name, or, for any other event, all objects
// whose message is overdue.
import { S3Client } from '@aws-sdk/client-s3';
import { readEnvironment } from './env';
import { type BatchResponse, type Message, redactNoticed } from './notices';
import { faultyLines } from './redact-log';
import { S3Landing, S3Logs } from './stores';
import { type Sweep, sweep } from './sweep';

const environment = readEnvironment(process.env);
const client = new S3Client({});
const bucket = environment.LANDING_BUCKET;
const parts = {
  landing: new S3Landing(client, bucket),
  logs: new S3Logs(client, environment.LOG_BUCKET),
  paths: environment.COLLECTION_PATHS.split(','),
};

/** Milliseconds that must remain for an object; the largest files take less. */
const timeForOneObject = 120_000;

/** The metric filters of the alarms match `faulty` and `oldestRawSeconds`. */
export async function handler(
  event: { readonly Records?: readonly Message[] },
  context: { getRemainingTimeInMillis(): number },
): Promise<BatchResponse | Sweep> {
  const timeLeft = () => context.getRemainingTimeInMillis() > timeForOneObject;
  if (event.Records) {
    const { response, counts } = await redactNoticed(event.Records, { ...parts, bucket, timeLeft });
    console.info({ ...counts, faulty: faultyLines(counts), failed: response.batchItemFailures.length });
    return response;
  }
  const swept = await sweep({ ...parts, timeLeft, now: () => new Date() });
  console.info({ ...swept.counts, faulty: faultyLines(swept.counts), oldestRawSeconds: swept.oldestRawSeconds });
  return swept;
}
