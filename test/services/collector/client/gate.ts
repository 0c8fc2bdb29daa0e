// A gate in front of a collector that pages send to: it records the batches, and fails as networks and servers do.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `open`: the collector answers. `down`: connections are cut before the collector receives anything. `lost`: the
 * collector stores the hits, and the connection is cut before its answer. `busy`: 503 with `Retry-After: 1`.
 */
export type GateState = 'open' | 'down' | 'lost' | 'busy';

export interface GateRequest {
  readonly state: GateState;
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  /** Of the headers, as HTTP/1.1 writes them, and the body. */
  readonly bytes: number;
  readonly hits: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
  /** Of the collector's answer. */
  status?: number;
  /** Whether the gate is done with it: it has sent an answer, or cut the connection. */
  ended: boolean;
}

export interface Gate {
  state: GateState;
  readonly address: string;
  readonly requests: GateRequest[];
  close(): Promise<void>;
}

/** Starts the gate in front of the collector at `target`. */
export async function startGate(target: string): Promise<Gate> {
  const gate = { state: 'open' as GateState, requests: [] as GateRequest[] };
  const server = createServer((incoming, outgoing) => {
    void pass(incoming, outgoing, gate, target).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(gate, { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse, gate: Pick<Gate, 'state' | 'requests'>, target: string) {
  const { method = '', url: path = '', headers } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const seen: GateRequest = {
    state: gate.state,
    method,
    path,
    type: headers['content-type'],
    bytes: `${method} ${path} HTTP/1.1`.length + 4 + incoming.rawHeaders.reduce((sum, text) => sum + text.length + 2, 0) + body.length,
    hits: body.length > 0 ? JSON.parse(body.toString()) : [],
    ended: false,
  };
  gate.requests.push(seen);
  try {
    await end(seen, incoming, outgoing, () => forward(target, { method, path, headers }, body));
  } finally {
    seen.ended = true;
  }
}

async function end(seen: GateRequest, incoming: IncomingMessage, outgoing: ServerResponse, pass: () => Promise<IncomingMessage>) {
  const { state } = seen;
  const { headers } = incoming;
  if (state === 'down') return void incoming.socket.destroy();
  if (state === 'busy') {
    const cors = { 'Access-Control-Allow-Origin': headers.origin ?? '*', 'Access-Control-Allow-Credentials': 'true' };
    return void outgoing.writeHead(503, { ...cors, 'Access-Control-Expose-Headers': 'Retry-After', 'Retry-After': '1' }).end();
  }
  const answer = await pass();
  seen.status = answer.statusCode ?? 0;
  if (state === 'lost') return void incoming.socket.destroy();
  outgoing.writeHead(seen.status, answer.headers);
  answer.pipe(outgoing);
}

function forward(
  target: string,
  { method, path, headers }: Pick<GateRequest, 'method' | 'path'> & Pick<IncomingMessage, 'headers'>,
  body: Buffer,
) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    request(`${target}${path}`, { method, headers, agent: false }, resolve).on('error', reject).end(body);
  });
}
