// Generated requests are read at any split of the octets, and as the parser of Node.js reads them.
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { defaultLimits } from '../../../../services/collector/http/limits';
import { bytes, cut, read, type Seen } from './reading';

const tokenText = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^([\x21-\x7e\x80-\xff]([\x20-\x7e\x80-\xff]{0,30}[\x21-\x7e\x80-\xff])?)?$/);
const free = fc
  .tuple(
    tokenText.map((name) => `X-${name}`),
    value,
  )
  .map(([name, text]) => `${name}: ${text}`);
const payload = fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets).toString('latin1'));
const target = fc.stringMatching(/^\/[\x21\x22\x24-\x7e]{0,40}$/);

/** A body in chunks of one to 40 octets. */
const chunkedBody = fc
  .tuple(payload, fc.integer({ min: 1, max: 40 }), fc.constantFrom('', ';x', ';x="y z"'))
  .map(([body, size, extension]) => {
    const parts: string[] = [];
    for (let at = 0; at < body.length; at += size) {
      const part = body.slice(at, at + size);
      parts.push(`${part.length.toString(16)}${extension}\r\n${part}\r\n`);
    }
    return `${parts.join('')}0\r\n\r\n`;
  });

const framed = fc.oneof(
  payload.map((body) => `Content-Length: ${body.length}\r\n\r\n${body}`),
  chunkedBody.map((body) => `Transfer-Encoding: chunked\r\n\r\n${body}`),
  fc.constant('\r\n'),
);
const validRequest = fc
  .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'), target, fc.array(free, { maxLength: 8 }), framed)
  .map(([method, path, fields, rest]) => `${method} ${path} HTTP/1.1\r\n${['Host: a.example', ...fields].join('\r\n')}\r\n${rest}`);

test('any split of the stream results in the same requests', () => {
  const stream = fc
    .tuple(fc.array(validRequest, { minLength: 1, maxLength: 5 }), fc.constantFrom('', 'GET /x HTTP/1.1\r\nHo', 'BAD\n', '\r'))
    .map(([requests, rest]) => bytes(requests.join('') + rest));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(5000), { maxLength: 30 }), (all, places) => {
      const whole = read([all]);
      expect(read(cut(all, places))).toEqual(whole);
      expect(read(cut(all, [...all.keys()]))).toEqual(whole);
    }),
    { seed: 41, numRuns: 300 },
  );
});

test('damaged requests give the same result for any split of the stream, within the limits', () => {
  const damage = fc.tuple(fc.nat(), fc.constantFrom('\r', '\n', '\0', ' ', ':', ';', 'chunked', 'Content-Length: 1\r\n', '\x80', '0', '-'));
  fc.assert(
    fc.property(
      validRequest,
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(5000), { maxLength: 20 }),
      (text, damages, places) => {
        let spoilt = text;
        for (const [place, octets] of damages) {
          const at = place % (spoilt.length + 1);
          spoilt = spoilt.slice(0, at) + octets + spoilt.slice(at + (place % 2));
        }
        const whole = read([bytes(spoilt)]);
        // Requests before the damage are the same; what follows it may be refused earlier, when less has come.
        const split = read(cut(bytes(spoilt), places));
        expect(split.requests).toEqual(whole.requests);
        expect(split.end).toBe(whole.end);
      },
    ),
    { seed: 42, numRuns: 500 },
  );
});

/** The requests that Node's own parser (llhttp) reads. */
function oracle(all: Buffer): Promise<Seen[]> {
  return new Promise((resolve, reject) => {
    const requests: Seen[] = [];
    const server = createServer({ maxHeaderSize: defaultLimits.headBytes }, (message: IncomingMessage, response) => {
      const parts: Buffer[] = [];
      message.on('data', (part: Buffer) => parts.push(part));
      message.on('end', () => {
        const { method = '', url = '', headers } = message;
        const body = Buffer.concat(parts).toString('latin1');
        requests.push({ method, target: url.replace(/\?$/, ''), host: headers.host, body, close: /close/i.test(headers.connection ?? '') });
        response.end();
        if (url === '/last') resolve(requests.slice(0, -1));
      });
    });
    server.on('clientError', reject);
    const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    server.emit('connection', socket);
    socket.push(Buffer.concat([all, bytes('GET /last HTTP/1.1\r\nHost: a\r\n\r\n')]));
  });
}

test('valid requests are read as Node itself reads them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(validRequest, { minLength: 1, maxLength: 4 }), async (texts) => {
      const all = bytes(texts.join(''));
      expect(read([all]).requests).toEqual(await oracle(all));
    }),
    { seed: 43, numRuns: 300 },
  );
});
