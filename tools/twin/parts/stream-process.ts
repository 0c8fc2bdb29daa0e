// The stand-in for Kinesis: kinesalite, which speaks the protocol, on a free or given port, with its records in a folder.

import type { Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type Socket } from 'node:net';

// Packages without types.
const kinesalite: (options: { path?: string; createStreamMs: number }) => Server = require('kinesalite');

const [folder = '', port = '0'] = process.argv.slice(2);
const http1 = kinesalite({ path: folder, createStreamMs: 0 });
// The AWS SDK speaks HTTP/2 to Kinesis, unencrypted too; kinesalite knows HTTP/1 alone, and answers both alike.
const http2 = createHttp2Server({}, http1.listeners('request')[0] as unknown as Parameters<typeof createHttp2Server>[1]);
const ignoreError = () => undefined;
http1.on('clientError', (_, socket) => socket.destroy());
http2.on('sessionError', ignoreError);

/** By its first bytes: HTTP/2 begins with "PRI * HTTP/2.0" (RFC 9113, section 3.4). */
function admit(socket: Socket): void {
  socket.on('error', ignoreError);
  socket.once('data', (first) => {
    socket.pause();
    socket.unshift(first);
    (first.toString('latin1', 0, 3) === 'PRI' ? http2 : http1).emit('connection', socket);
    process.nextTick(() => socket.resume());
  });
}

const front = createServer(admit).listen(Number(port), '127.0.0.1', () => {
  const address = front.address();
  process.stdout.write(`${JSON.stringify({ event: 'listening', port: typeof address === 'object' ? address?.port : undefined })}\n`);
});
