// Hostile clients over time and in bulk: each must be answered or cut off while others are served.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { parseAnswers } from './over-sockets';

export interface Hostile {
  readonly name: string;
  readonly held: boolean;
  /** The result, as text. */
  readonly outcome: string;
}

interface Client {
  readonly socket: Socket;
  text: string;
  gone: boolean;
}

/** Longest wait for an answer or the end of the connection, above each time limit of the server. */
const patience = 90_000;

function openClient(port: number): Client {
  const socket = connect({ port, host: '127.0.0.1' });
  const client: Client = { socket, text: '', gone: false };
  socket.on('data', (part) => {
    client.text += part.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    client.gone = true;
  });
  return client;
}

async function until(condition: () => boolean): Promise<boolean> {
  const end = Date.now() + patience;
  while (!condition() && Date.now() < end) await sleep(20);
  return condition();
}

const post = (fields: string) => `POST /hits HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
const summary = (clients: readonly Client[]): string => {
  const counts = new Map<string, number>();
  for (const { text } of clients) {
    const key = parseAnswers(text)?.join(' ') || 'cut off';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${count} x ${key}`).join(', ');
};

/** Many clients that send a few octets a second, in the header or in the body: 408 each, or cut off. */
async function slowClient(port: number, name: string, start: string, drip: string): Promise<Hostile> {
  const clients = Array.from({ length: 200 }, () => openClient(port));
  for (const { socket } of clients) socket.write(start);
  const timer = setInterval(() => {
    for (const { socket, gone } of clients) if (!gone) socket.write(drip);
  }, 1000);
  const held = await until(() => clients.every(({ gone }) => gone));
  clearInterval(timer);
  return { name, held, outcome: summary(clients) };
}

/** A body of 100 MB, whose sender does not read while it sends. */
async function largeRequest(port: number, name: string, start: string, part: string): Promise<Hostile> {
  const client = openClient(port);
  client.socket.write(start);
  let sent = 0;
  for (; sent < 100 && !client.gone; sent++)
    if (!client.socket.write(part)) await Promise.race([new Promise((resolve) => client.socket.once('drain', resolve)), sleep(2000)]);
  await until(() => client.gone || client.text !== '');
  client.socket.destroy();
  const held = client.text.startsWith('HTTP/1.1 413 ') || (client.text === '' && client.gone);
  return { name, held, outcome: `${sent} MB sent, ${summary([client])}` };
}

async function expectAnswer(port: number, name: string, bytes: Buffer, expected: RegExp): Promise<Hostile> {
  const client = openClient(port);
  client.socket.write(bytes);
  await until(() => (parseAnswers(client.text) ?? []).length > 0 || client.gone);
  client.socket.destroy();
  const outcome = summary([client]);
  return { name, held: expected.test(outcome), outcome };
}

/** A client that sends requests and never reads: the server must stop reading from it. */
async function deafClient(port: number): Promise<Hostile> {
  const client = openClient(port);
  client.socket.pause();
  const request = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000);
  let sent = 0;
  const timer = setInterval(() => {
    if (client.socket.writableLength === 0) sent += client.socket.write(request) ? 1000 : 1000;
  }, 20);
  client.socket.on('close', () => clearInterval(timer));
  const blocked = await until(() => client.gone || client.socket.writableLength > 0);
  const gone = await until(() => client.gone);
  clearInterval(timer);
  client.socket.destroy();
  return {
    name: 'a client that never reads',
    held: blocked && gone,
    outcome: `${sent} requests sent, then ${gone ? 'cut off' : 'left open'}`,
  };
}

/** Runs all hostile clients at the same time. */
export async function runHostileClients(port: number, alive: () => Promise<boolean>): Promise<readonly Hostile[]> {
  const frame = (body: string, type = 'application/json') =>
    Buffer.from(`${post(`Content-Type: ${type}\r\nContent-Length: ${body.length}`)}${body}`, 'latin1');
  const mega = 'x'.repeat(1_000_000);
  const runs = [
    slowClient(port, 'slow headers', 'GET /hit.gif?site=acme HTTP/1.1\r\n', 'X: y\r\n'),
    slowClient(port, 'slow request lines', 'GE', 'T'),
    slowClient(port, 'slow bodies', post('Content-Length: 1000'), 'x'),
    slowClient(port, 'slow chunks', post('Transfer-Encoding: chunked'), '1\r\nx\r\n'),
    largeRequest(port, '100 MB announced', post('Content-Length: 100000000'), mega),
    largeRequest(port, '100 MB in chunks', post('Transfer-Encoding: chunked'), `f4240\r\n${mega}\r\n`),
    largeRequest(port, '100 MB of one header field', 'GET / HTTP/1.1\r\nX: ', mega).then((run) => ({
      ...run,
      held: / 431|^.*cut off/.test(run.outcome),
    })),
    expectAnswer(port, 'header bomb', Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(5000)}\r\n`), / 431$/),
    expectAnswer(port, 'JSON bomb of arrays', frame(`[${'['.repeat(1_000_000)}`), / 400$/),
    expectAnswer(port, 'JSON bomb of objects', frame(`[${'{"a":'.repeat(170_000)}1${'}'.repeat(170_000)}]`), / 400$/),
    expectAnswer(
      port,
      'JSON bomb within fields',
      frame(`[{"site":"acme","kind":"k","fields":{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}}]`),
      / 204$/,
    ),
    expectAnswer(port, 'JSON of many names', frame(`[{${Array.from({ length: 80_000 }, (_, index) => `"${index}":1`).join()}}]`), / 400$/),
    expectAnswer(port, 'invalid UTF-8', frame('[{"site":"acme","kind":"\xff\xfe"}]'), / 204$/),
    expectAnswer(port, 'gzip bomb', frame(gzipSync(Buffer.alloc(500_000_000)).toString('latin1')), / 413$/),
    expectAnswer(
      port,
      'a hit of many names',
      frame(`[{"site":"acme",${Array.from({ length: 80_000 }, (_, index) => `"${index}":1`).join()}}]`),
      / 204$/,
    ),
    expectAnswer(port, 'a hit of one name', frame(`[{"site":"acme"${',"a":1'.repeat(150_000)}}]`), / 204$/),
    deafClient(port),
  ];
  let finished = false;
  const all = Promise.all(runs).finally(() => {
    finished = true;
  });
  let served = 0;
  let failed = 0;
  while (!finished) {
    if (await alive()) served++;
    else failed++;
    await sleep(100);
  }
  const others: Hostile = { name: 'others meanwhile', held: failed === 0 && served > 0, outcome: `${served} served, ${failed} not` };
  return [...(await all), others];
}
