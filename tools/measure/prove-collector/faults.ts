// A proxy before the stream that fails in the ways in which a stream fails.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `away`: connections are cut. `error`, `denied`, `throttle`: each call is answered so. `partial`: a random part of each batch is not
 * taken. `lost`: calls are carried out, and their answers lost. `slow`: answers take a second.
 */
export const faults = ['none', 'away', 'error', 'denied', 'throttle', 'partial', 'lost', 'slow'] as const;
export type Fault = (typeof faults)[number];

export interface FaultyStream {
  readonly port: number;
  fault: Fault;
  /** Calls answered, or cut, under each fault. */
  readonly calls: Map<Fault, number>;
  close(): Promise<void>;
}

interface PutRecords {
  readonly StreamName: string;
  readonly Records: readonly unknown[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const failures: { readonly [fault in Fault]?: readonly [number, string] } = {
  error: [500, 'InternalFailure'],
  denied: [400, 'AccessDeniedException'],
  throttle: [400, 'ProvisionedThroughputExceededException'],
};

/** Starts the proxy before the stream on `target`. */
export async function startFaults(target: number, random: () => number): Promise<FaultyStream> {
  const proxy = { fault: 'none' as Fault, calls: new Map<Fault, number>() };
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing, proxy, target, random).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port, close });
}

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  proxy: Pick<FaultyStream, 'fault' | 'calls'>,
  target: number,
  random: () => number,
): Promise<void> {
  const { fault } = proxy;
  proxy.calls.set(fault, (proxy.calls.get(fault) ?? 0) + 1);
  if (fault === 'away') return void incoming.socket.destroy();
  const body = await readBody(incoming);
  const failure = failures[fault];
  if (failure) return reply(outgoing, { status: failure[0], body: JSON.stringify({ __type: failure[1], message: `injected: ${fault}` }) });
  const answer = fault === 'partial' ? await part(incoming, body, target, random) : await forward(incoming, body, target);
  if (fault === 'slow') await sleep(1000);
  if (fault === 'lost') return void incoming.socket.destroy();
  reply(outgoing, answer);
}

/** Lets some records through and answers of the others that they were not taken, as PutRecords does. */
async function part(incoming: IncomingMessage, body: string, target: number, random: () => number): Promise<Answer> {
  const call = JSON.parse(body) as PutRecords;
  const lucky = call.Records.map(() => random() < 0.5);
  const records = call.Records.filter((_, index) => lucky[index]);
  let taken: unknown[] = [];
  if (records.length > 0) {
    const answer = await forward(incoming, JSON.stringify({ ...call, Records: records }), target);
    if (answer.status !== 200) return answer;
    taken = [...(JSON.parse(answer.body) as PutRecords).Records];
  }
  const Records = lucky.map((went, index) =>
    went
      ? taken.shift()
      : { ErrorCode: index % 2 ? 'InternalFailure' : 'ProvisionedThroughputExceededException', ErrorMessage: 'injected: partial' },
  );
  return { status: 200, body: JSON.stringify({ FailedRecordCount: Records.length - records.length, Records }) };
}

async function forward({ method, url, headers }: IncomingMessage, body: string, port: number): Promise<Answer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    request({ host: '127.0.0.1', port, method, path: url, headers: { ...headers, ...length } }, resolve)
      .on('error', reject)
      .end(body);
  });
  return { status: answer.statusCode ?? 500, body: await readBody(answer) };
}

function reply(outgoing: ServerResponse, { status, body }: Answer): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
