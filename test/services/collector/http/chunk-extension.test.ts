// Extensions of chunks are read at most as leniently as by the parser of Node.js (llhttp), which runs beside.
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { bytes, read } from './reading';

const body = (extension: string) => `POST /hit HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1${extension}\r\na\r\n0\r\n\r\n`;

/** The body that llhttp reads; undefined if it refuses the request. */
function oracle(request: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer((message, response) => {
      let text = '';
      message.on('data', (part: Buffer) => {
        text += part.toString('latin1');
      });
      message.on('end', () => {
        response.end();
        resolve(text);
      });
      // A refusal in the middle of the body aborts the message.
      message.on('error', () => resolve(undefined));
    });
    server.on('clientError', () => resolve(undefined));
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    server.emit('connection', socket);
    socket.push(request);
    socket.push(null);
  });
}

const ours = (request: Buffer): string | undefined => read([request]).requests[0]?.body;

const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const part = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(';', '=', '"', '\\', 'x', 'name', '"a b"', '"\\""', ';x=y', ';x="y;z"') },
  { weight: 2, arbitrary: fc.constantFrom(' ', '\t', '\r', '\n', '\r\n', ',', '\0', '\x7f', '\x80', '/', '@') },
  { weight: 1, arbitrary: octet },
);
const pair = fc.constantFrom('x', 'x=y', 'x="y z"', 'n="\\""', 'a;b', 'c="d;e"');
const extension = fc
  .tuple(fc.option(pair, { nil: '' }), fc.array(part, { maxLength: 4 }))
  .map(([first, parts]) => `;${first}${parts.join('')}`);

test('each extension that is taken is taken by llhttp, with the same body', async () => {
  let taken = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(extension, async (text) => {
      const request = bytes(body(text));
      const result = ours(request);
      if (result === undefined) refused++;
      else {
        taken++;
        expect(await oracle(request)).toBe(result);
      }
    }),
    { seed: 45, numRuns: 2000 },
  );
  // Neither side of the comparison is empty.
  expect(Math.min(taken, refused)).toBeGreaterThan(200);
});

test('each octet is allowed in a name, a value and a quoted value only where llhttp allows it', async () => {
  const lax: string[] = [];
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    for (const text of [
      `;${character}`,
      `;x${character}`,
      `;x=${character}`,
      `;x=y${character}`,
      `;x="${character}"`,
      `;x="\\${character}"`,
    ]) {
      const request = bytes(body(text));
      const result = ours(request);
      if (result !== undefined && (await oracle(request)) !== result) lax.push(JSON.stringify(text));
    }
  }
  expect(lax).toEqual([]);
});

test.each([';x', ';x=y', ';x="y z"', ';a;b=c;d="e\\"f"'])('%s is taken', (text) => expect(ours(bytes(body(text)))).toBe('a'));
