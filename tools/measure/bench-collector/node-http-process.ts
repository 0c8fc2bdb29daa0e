// The process of the node:http subject: answers each post with 204 once its body is read; reports its port to the
// parent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const parse = process.argv[2] === 'parse';

const server = createServer((message, answer) => {
  const parts: Buffer[] = [];
  message.on('data', (part: Buffer) => parts.push(part));
  message.on('end', () => {
    if (parse) JSON.parse(Buffer.concat(parts).toString());
    answer.writeHead(204).end();
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
