// Events as the event source mapping of a Kinesis stream sends them ("Polling and batching streams", AWS Lambda
// Developer Guide).
import { randomUUID } from 'node:crypto';

let sequence = 49_590_338_271_490_256_608n;

export interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: string;
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: string;
  readonly eventVersion: string;
  readonly eventID: string;
  readonly eventName: string;
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

export function kinesisEvent(...data: (string | Buffer)[]): { Records: KinesisEventRecord[] } {
  return { Records: data.map((bytes) => record(Buffer.from(bytes as string))) };
}

function record(data: Buffer): KinesisEventRecord {
  const sequenceNumber = String(sequence++);
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: randomUUID(),
      sequenceNumber,
      data: data.toString('base64'),
      approximateArrivalTimestamp: Date.now() / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000006:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::111111111111:role/ingest',
    awsRegion: 'eu-west-3',
    eventSourceARN: 'arn:aws:kinesis:eu-west-3:111111111111:stream/hits',
  };
}

export const numbersOf = ({ Records }: { Records: readonly KinesisEventRecord[] }): string[] =>
  Records.map(({ kinesis }) => kinesis.sequenceNumber);

/**
 * What Lambda writes to an S3 destination: about the invocation, and the event as text ("Retain discarded batch
 * records ...").
 */
export function deadLetter(event: { Records: readonly KinesisEventRecord[] }): string {
  const numbers = numbersOf(event);
  return JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: 'arn:aws:lambda:eu-west-3:111111111111:function:ingest',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 4,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    KinesisBatchInfo: {
      shardId: 'shardId-000000000006',
      startSequenceNumber: numbers[0],
      endSequenceNumber: numbers.at(-1),
      batchSize: numbers.length,
      streamArn: 'arn:aws:kinesis:eu-west-3:111111111111:stream/hits',
    },
    payload: JSON.stringify(event),
  });
}
