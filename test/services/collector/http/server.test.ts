// The server over real sockets: order, back-pressure, time limits, and the end of connections.
import type { Server } from 'node:net';
import { answer } from '../../../../services/collector/http/answer';
import type { Answer, HttpRequest } from '../../../../services/collector/http/message';
import { HttpServer } from '../../../../services/collector/http/server';
import { Client, type Running, serve, until } from './wire';

const noContent = answer({ status: 204 });
const echo = ({ method, path, body }: HttpRequest) => answer({ status: 200, body: `${method} ${path} ${body.toString('latin1')}` });
const get = (path = '/a', fields = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
const post = (body: string, path = '/a') => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** The clock of servers that have it, whose seconds a test lets pass. */
let seconds = 0;
const monotonic = () => seconds * 1000;

let running: Running | undefined;
const clients: Client[] = [];
async function start(options: Parameters<typeof serve>[0]): Promise<Running> {
  running = await serve(options);
  return running;
}
function client({ port }: Running): Client {
  const made = new Client(port);
  clients.push(made);
  return made;
}
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await running?.server.stop(0);
  running = undefined;
});

/** A handler whose answers wait to be given. */
function held() {
  const waiting: { path: string; give: (answer: Answer) => void; fail: (error: Error) => void }[] = [];
  const handler = ({ path }: HttpRequest) => new Promise<Answer>((give, fail) => void waiting.push({ path, give, fail }));
  return { waiting, handler };
}

test('a failed accept is counted, and the server continues', async () => {
  const { server, rejected } = await start({ handler: echo });
  const { server: sockets } = server as unknown as { server: Server };
  // What accept(2) may say on Linux, which hands on errors of the network; not to be had from a network that is well.
  sockets.emit('error', Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' }));
  expect(rejected).toEqual(['accept']);
});

test('answers have a date, and keep the connection open', async () => {
  const to = client(await start({ handler: echo })).send(get());
  await to.answers(1);
  expect(Math.abs(Date.parse(/^Date: (.*)\r$/m.exec(to.text)?.[1] ?? '') - Date.now())).toBeLessThan(60_000);
  to.send(post('xyz'));
  expect(await to.answers(2)).toEqual([
    { status: 200, body: 'GET /a ', close: false },
    { status: 200, body: 'POST /a xyz', close: false },
  ]);
});

test('more requests of one packet than may wait for answers are all answered', async () => {
  const to = client(await start({ handler: echo, limits: { pipelined: 64 } })).send(get().repeat(1000));
  expect(await to.answers(1000)).toHaveLength(1000);
  expect(await to.send(get('/b')).answers(1001)).toContainEqual({ status: 200, body: 'GET /b ', close: false });
});

test('pipelined requests are answered in their order', async () => {
  const { waiting, handler } = held();
  const to = client(await start({ handler })).send(get('/1') + get('/2') + get('/3'));
  await until(() => waiting.length === 3);
  for (const { path, give } of waiting.toReversed()) give(answer({ status: 200, body: path }));
  expect((await to.answers(3)).map(({ body }) => body)).toEqual(['/1', '/2', '/3']);
});

test('reading pauses at the limit of pending requests, and continues after it', async () => {
  const { waiting, handler } = held();
  const to = client(await start({ handler, limits: { pipelined: 4 } })).send(get().repeat(10));
  to.socket.end();
  let given = 0;
  for (; given < 10; given++) {
    await until(() => waiting.length > given);
    expect(waiting.length - given).toBeLessThanOrEqual(4);
    waiting[given]?.give(noContent);
  }
  expect((await to.answers(10)).map(({ status }) => status)).toEqual(Array(10).fill(204));
  await to.end();
});

test('an exception or a rejection of the application is answered 503, and the connection stays open', async () => {
  const handler = ({ path }: HttpRequest) => {
    if (path === '/throws') throw new Error('defect');
    return path === '/rejects' ? Promise.reject(new Error('defect')) : noContent;
  };
  const server = await start({ handler });
  const to = client(server).send(get('/throws') + get('/rejects') + get('/a'));
  expect((await to.answers(3)).map(({ status }) => status)).toEqual([503, 503, 204]);
  expect(to.text).toContain('Retry-After: ');
  expect(server.rejected).toEqual(['unexpected', 'unexpected']);
  expect(server.statuses).toEqual([503, 503, 204]);
});

test('the last answer has Connection: close, and HEAD gets no body', async () => {
  const server = await start({ handler: echo });
  const last = await client(server).send(get('/a', 'Connection: close\r\n')).end();
  expect(await last.answers(1)).toEqual([{ status: 200, body: 'GET /a ', close: true }]);
  expect(await (await client(server).send('GET /a HTTP/1.0\r\n\r\n').end()).answers(1)).toMatchObject([{ status: 200, close: true }]);
  const head = await client(server).send('HEAD /abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').end();
  expect(head.text).toMatch(/Content-Length: 10\r\nConnection: close\r\n\r\n$/);
});

test('100 Continue is sent in order, to a client that waits for it', async () => {
  const { waiting, handler } = held();
  const to = client(await start({ handler })).send(
    `${get('/1')}POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n`,
  );
  await until(() => waiting.length === 1);
  expect(to.text).toBe('');
  waiting[0]?.give(noContent);
  expect((await to.answers(2)).map(({ status }) => status)).toEqual([204, 100]);
  to.send('x');
  await until(() => waiting.length === 2);
  waiting[1]?.give(noContent);
  expect((await to.answers(3)).map(({ status }) => status)).toEqual([204, 100, 204]);
});

test('a refusal follows the earlier answers, and closes the connection', async () => {
  const server = await start({ handler: echo });
  const to = client(server).send(`${get()}GET /b HTTP/1.1\n\n${get('/never')}`);
  expect(await (await to.end()).answers(2)).toMatchObject([
    { status: 200, close: false },
    { status: 400, close: true },
  ]);
  expect(server.rejected).toEqual(['request-line']);
});

test('a client that sends 100 MB can read its refusal', async () => {
  const server = await start({ handler: echo, limits: { lingerSeconds: 60 } });
  const announced = client(server).send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
  // It does not stop at once: the answer must reach it all the same.
  for (let sent = 0; sent < 8; sent++) announced.send('x'.repeat(1_000_000));
  expect(await announced.answers(1)).toMatchObject([{ status: 413, close: true }]);

  const chunked = client(server).send('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let sent = 0; sent < 100 && !chunked.ended && !chunked.closed; sent++) {
    chunked.send(`f4240\r\n${'x'.repeat(1_000_000)}\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await chunked.answers(1)).toMatchObject([{ status: 413, close: true }]);
  expect(server.rejected).toEqual(['large-body', 'large-body']);
  // Whoever never stops is cut off.
  while (!announced.closed) {
    announced.send('x'.repeat(1_000_000));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

/** Seconds of the server pass, with a check of its connections in each, until a condition holds. */
async function passUntil(condition: () => boolean): Promise<void> {
  await until(() => {
    seconds++;
    running?.server.check();
    return condition();
  });
}

test('slow clients are answered 408, and idle connections are closed', async () => {
  const limits = { headSeconds: 0, bodySeconds: 0, idleSeconds: 0, lingerSeconds: 0 };
  const server = await start({ handler: echo, limits, monotonic });
  const texts = ['GET /a HTTP/1.1\r\nHo', 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx'];
  const [header, body, idle] = [...texts, ''].map((text) => client(server).send(text)) as [Client, Client, Client];
  await until(() => server.server.connections === 3 && server.received() === texts.join('').length);
  await passUntil(() => idle.ended);
  expect(await header.answers(1)).toMatchObject([{ status: 408, close: true }]);
  expect(await body.answers(1)).toMatchObject([{ status: 408, close: true }]);
  await passUntil(() => server.server.connections === 0);
  expect(idle.text).toBe('');
  expect(server.rejected.toSorted()).toEqual(['slow-body', 'slow-header']);
});

test('a missing answer resets its connection', async () => {
  const { waiting, handler } = held();
  const server = await start({ handler, limits: { answerSeconds: 0 }, monotonic });
  const to = client(server).send(get());
  await until(() => waiting.length === 1);
  await passUntil(() => to.ended || to.closed);
  expect(server.rejected).toEqual(['slow-answer']);
});

test('a client that does not read is not read from, and is reset after a while', async () => {
  let handled = 0;
  const large = answer({ status: 200, body: 'x'.repeat(1_000_000) });
  const handler = () => {
    handled++;
    return large;
  };
  const server = await start({ handler, limits: { answerSeconds: 0 }, monotonic });
  const to = client(server);
  to.socket.pause();
  to.send(get().repeat(1000));
  await until(() => handled > 0);
  await passUntil(() => server.server.connections === 0);
  expect(server.rejected).toEqual(['slow-answer']);
  expect(handled).toBeLessThan(200);
});

test("requests before the client's close are answered, an incomplete one is not", async () => {
  const { waiting, handler } = held();
  const server = await start({ handler });
  const to = client(server).send(`${get('/1')}${get('/2')}GET /3 HT`);
  to.socket.end();
  // The close can arrive later than the requests: an answer before it does not close the connection.
  await until(() => waiting.length === 2 && server.halfClosed() === 1);
  for (const { give } of waiting) give(noContent);
  expect(await to.answers(2)).toMatchObject([
    { status: 204, close: false },
    { status: 204, close: true },
  ]);
  await until(() => to.closed && server.server.connections === 0);
  expect(waiting).toHaveLength(2);
});

test('more connections than allowed are closed at once, and counted', async () => {
  const server = await start({ handler: echo, limits: { connections: 1 } });
  const first = client(server).send(get());
  await first.answers(1);
  await until(() => client(server).socket !== undefined && server.rejected.includes('connections'));
  first.send(get());
  expect(await first.answers(2)).toHaveLength(2);
});

test('a stop answers open requests, closes idle connections, and accepts no new ones', async () => {
  const { waiting, handler } = held();
  const { server, port, received } = await start({ handler });
  const half = 'GET /half HTTP/1.1\r\n';
  const [busy, halfway, idle] = [new Client(port).send(get()), new Client(port).send(half), new Client(port)];
  clients.push(busy, halfway, idle);
  // A connection of which nothing has been read is idle.
  await until(() => waiting.length === 1 && server.connections === 3 && received() === get().length + half.length);
  const stopped = server.stop(20_000);
  await idle.end();
  halfway.send('Host: a\r\n\r\n');
  await until(() => waiting.length === 2);
  for (const { give } of waiting) give(noContent);
  expect(await (await busy.end()).answers(1)).toMatchObject([{ status: 204, close: true }]);
  expect(await (await halfway.end()).answers(1)).toMatchObject([{ status: 204, close: true }]);
  await stopped;
  await until(() => server.connections === 0);
  const late = new Client(port);
  clients.push(late);
  await until(() => late.closed);
});

test('a stop ends at its time limit, even with open requests', async () => {
  const { waiting, handler } = held();
  const server = await start({ handler });
  const to = client(server).send(get());
  await until(() => waiting.length === 1);
  await server.server.stop(10);
  await to.end();
  waiting[0]?.give(noContent);
});

test('a port that is taken is an error', async () => {
  const { port } = await start({ handler: echo });
  const observer = { answered: () => undefined, rejected: () => undefined };
  await expect(new HttpServer({ handler: echo, observer }).listen(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
});
