// A cheap stand-in for the stream: accepts every record of PutRecords. Runs in a process of its own if time is
// measured.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers PutRecords (Kinesis Data Streams API reference, JSON 1.1) with success for every record.
 * @param take is called for each record
 */
export async function startStandIn(take?: (record: Buffer) => void): Promise<StandIn> {
  let sequence = 0;
  const server = createServer(async (message, answer) => {
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const { Records } = JSON.parse(Buffer.concat(parts).toString()) as { Records: readonly { Data: string }[] };
    if (take) for (const { Data } of Records) take(Buffer.from(Data, 'base64'));
    const results = Records.map(() => ({ SequenceNumber: String(++sequence), ShardId: 'shardId-000000000000' }));
    answer.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ FailedRecordCount: 0, Records: results }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, close };
}
