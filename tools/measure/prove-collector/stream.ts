// The stream's stand-in, kinesalite, over the real protocol, and a consumer that reads every record like the ingest.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export const streamName = 'hits';
export const region = 'eu-west-3';

/** The client requires credentials; the stand-in does not check them. */
const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };

export interface LocalStream {
  readonly port: number;
  /** Reads the new records, in the order of each shard. Returns their number. */
  read(take: (data: Buffer) => void): Promise<number>;
  close(): Promise<void>;
}

const shards = 2;

/** Starts the stand-in with an empty stream, in memory. */
export async function startStream(): Promise<LocalStream> {
  const kinesalite = require('kinesalite') as (options: object) => Server;
  const server = kinesalite({ createStreamMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const client = new KinesisClient({ region, credentials, endpoint: `http://127.0.0.1:${port}`, requestHandler: new NodeHttpHandler() });
  await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: shards }));
  while ((await status(client)) !== 'ACTIVE') await sleep(20);
  const iterators = await iteratorsOf(client);
  const read = async (take: (data: Buffer) => void) => {
    let count = 0;
    for (const [shard, ShardIterator] of iterators) {
      const { Records = [], NextShardIterator: next } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 500 }));
      for (const { Data } of Records) if (Data) take(Buffer.from(Data));
      if (next) iterators.set(shard, next);
      count += Records.length;
    }
    return count;
  };
  const close = () => {
    client.destroy();
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port, read, close };
}

async function status(client: KinesisClient): Promise<string | undefined> {
  const { StreamDescriptionSummary: summary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
  return summary?.StreamStatus;
}

async function iteratorsOf(client: KinesisClient): Promise<Map<string, string>> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName }));
  const iterators = new Map<string, string>();
  for (const { ShardId = '' } of Shards) {
    const iterator = new GetShardIteratorCommand({ StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    iterators.set(ShardId, (await client.send(iterator)).ShardIterator ?? '');
  }
  return iterators;
}
