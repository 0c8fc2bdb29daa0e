// Answers as bytes.
import { promisedHeaders } from '../../../../lib/edge/response-headers';
import { answer, lastBytes, refusal } from '../../../../services/collector/http/answer';
import { AnswerDate } from '../../../../services/collector/http/date';
import { httpRefusalReasons, refusalOf, unavailable } from '../../../../services/collector/http/refusals';

const origin = 'https://a.example';
const all = [undefined, origin].flatMap((from) => [unavailable(from), ...httpRefusalReasons.map((reason) => refusalOf(reason, from))]);

test('an answer has its length and a placeholder for the date, and no length without a body', () => {
  expect(answer({ status: 200, fields: { 'X-A': 'b' }, body: 'ü' }).bytes.toString()).toBe(
    'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-A: b\r\nReferrer-Policy: strict-origin-when-cross-origin\r\n' +
      'X-XSS-Protection: 1; mode=block\r\nContent-Length: 2\r\n\r\nü',
  );
  expect(answer({ status: 204 }).bytes.toString()).not.toMatch(/content-length/i);
});

test('every answer has the promised headers that a load balancer cannot set, once and in any case (DSS-6.7.1)', () => {
  const careless = answer({ status: 200, fields: { 'Referrer-Policy': 'unsafe-url' }, body: 'a' });
  for (const { bytes, bodyStart } of [answer({ status: 204 }), careless, ...all]) {
    const head = bytes.subarray(0, bodyStart).toString().split('\r\n');
    for (const name of ['Referrer-Policy', 'X-XSS-Protection'] as const) {
      expect(head.filter((text) => text.startsWith(`${name}:`))).toEqual([`${name}: ${promisedHeaders[name]}`]);
    }
  }
});

test('an unknown status and a field with a line break are defects', () => {
  expect(() => answer({ status: 500 })).toThrow(/answer: expected one of the statuses 200, .*, got 500/);
  expect(() => answer({ status: 200, fields: { Vary: 'a\r\nSet-Cookie: b' } })).toThrow('answer: expected fields of visible ASCII');
});

test('the date is written once a second', () => {
  const date = new AnswerDate();
  const one = answer({ status: 204 });
  date.update(new Date('2026-11-24T23:00:00Z'));
  expect(date.write(one).toString()).toContain('Date: Tue, 24 Nov 2026 23:00:00 GMT\r\n');
  date.update(new Date('2026-11-24T23:00:01Z'));
  expect(date.write(one).toString()).toContain('Date: Tue, 24 Nov 2026 23:00:01 GMT\r\n');
});

test('the last answer has Connection: close before its body, and no body for HEAD', () => {
  const one = answer({ status: 200, body: 'abc' });
  expect(lastBytes(one, true, false).toString()).toMatch(/\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc$/);
  expect(lastBytes(one, true, true).toString()).toMatch(/\r\nConnection: close\r\n\r\n$/);
  expect(lastBytes(one, false, true).toString()).toMatch(/\r\nContent-Length: 3\r\n\r\n$/);
});

test('refusals are one line of JSON with a status of 4xx, or 503 with Retry-After', () => {
  for (const { status, bytes, bodyStart } of [...all, refusal(503, 'a: expected b, got c')]) {
    expect(status === 503 || (status >= 400 && status < 500)).toBe(true);
    const body = bytes.subarray(bodyStart).toString();
    expect(body).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(body)).toEqual({ error: expect.stringMatching(/^[^:]+: expected .+, got .+/) });
    expect(bytes.toString().includes('Retry-After: ')).toBe(status === 503);
    // A page reads the field only if it is named.
    expect(bytes.toString().includes('Access-Control-Expose-Headers: Retry-After')).toBe(status === 503);
  }
});

test('every refusal is readable for the page that sent the request, and no cache stores it', () => {
  for (const { bytes } of all) {
    expect(bytes.toString()).toContain('\r\nCache-Control: no-store\r\nCross-Origin-Resource-Policy: cross-origin\r\n');
  }
  for (const reason of httpRefusalReasons) {
    expect(refusalOf(reason, origin).bytes.toString()).toContain(
      `\r\nAccess-Control-Allow-Origin: ${origin}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n`,
    );
    // Without an origin, or with one that must not be echoed, any page without credentials.
    for (const none of [undefined, 'a b', 'é', 'x'.repeat(301)]) {
      const head = refusalOf(reason, none).bytes.toString();
      expect(head).toContain('\r\nAccess-Control-Allow-Origin: *\r\n');
      expect(head).not.toContain('Allow-Credentials');
    }
  }
});
