// Addresses of clients in texts that they choose: whole addresses are replaced, and versions are not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { withoutAddress } from '../../../../lambda/edge/log-redaction/free-text';
import type * as Pseudonymisation from '../../../../runtime/pseudonymisation';
import { canonicalText, truncatedAddress } from '../../../../runtime/pseudonymisation';

jest.mock('../../../../runtime/pseudonymisation', () => {
  const actual = jest.requireActual<typeof Pseudonymisation>('../../../../runtime/pseudonymisation');
  return { ...actual, canonicalText: jest.fn(actual.canonicalText) };
});

const redacted = (text: string, address: string): string => withoutAddress([{ text, quoted: true }], address)[0]?.text ?? '';
const userAgents = readFileSync(join(__dirname, 'user-agents.txt'), 'utf8').trim().split('\n');

const four = fc.ipV4().filter((address) => truncatedAddress(address) !== address);
const six = fc
  .array(fc.integer({ min: 0x1000, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));
/** Texts around an address, which are none of an address themselves. */
const before = fc.constantFrom('', 'Bot ', 'Bot (', 'ip=', 'addr:', 'v', '\\x22', 'a.', 'http://', '[');
const behind = fc.constantFrom('', ' ', ')', '/', ';', ', x', '\\x22', '. And', '%eth0', ']');

test('no address of the client survives in a text, whatever stands beside it', () => {
  fc.assert(
    fc.property(four, before, behind, (address, start, end) => {
      const mapped = `::ffff:${address}`;
      const padded = address.replace(/\d+/g, (number) => number.padStart(3, '0'));
      for (const spelling of [address, padded]) expect(redacted(start + spelling + end, address)).toBe(`${start}-${end}`);
      expect(redacted(start + mapped + end, address)).not.toContain(address);
      expect(redacted(`Bot ${mapped.toUpperCase()}${end}`, address)).toBe(`Bot -${end}`);
      expect(redacted(`${start + address}:443${end}`, address)).toBe(`${start}-:443${end}`);
      expect(redacted(`${address} ${address},${address}`, address)).toBe('- -,-');
      expect(redacted(address, mapped)).toBe('-');
    }),
    { seed: 48, numRuns: 500 },
  );
  fc.assert(
    fc.property(six, before, behind, (address, start, end) => {
      for (const spelling of [address, address.toUpperCase()]) expect(redacted(start + spelling + end, address)).toBe(`${start}-${end}`);
      expect(redacted(`[${address}]:443`, `[${address}]`)).toBe('[-]:443');
    }),
    { seed: 49, numRuns: 500 },
  );
});

test.each([
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
  ['2001:db8::1', '2001:db8:0::0:1'],
  ['2001:db8::cb00:7107', '2001:db8::203.0.113.7'],
])('an address of IPv6 is found in each of its spellings: %s as %s', (address, spelling) => {
  expect(redacted(`Bot ${spelling}.`, address)).toBe('Bot -.');
});

test('digits within a longer number are another text', () => {
  fc.assert(
    fc.property(four, fc.integer({ min: 1, max: 99 }), (address, number) => {
      for (const text of [`${number}${address}`, `${address}${number}`, `${number}.${address}`, `${address}.${number}`]) {
        expect(redacted(`App/${text} (x)`, address)).toBe(`App/${text} (x)`);
      }
    }),
    { seed: 50, numRuns: 500 },
  );
  expect(redacted('Chrome/120.0.6099.109', '20.0.60.9')).toBe('Chrome/120.0.6099.109');
  expect(redacted('x/1.2.3.4567 y/11.2.3.4', '1.2.3.4')).toBe('x/1.2.3.4567 y/11.2.3.4');
  expect(redacted('2001:db8::15', '2001:db8::1')).toBe('2001:db8::15');
});

test('a version that is the whole address of the client is replaced, and that of a network remains', () => {
  expect(redacted('Chrome/120.0.0.1', '120.0.0.1')).toBe('Chrome/-');
  expect(redacted('Chrome/120.0.0.0', '120.0.0.0')).toBe('Chrome/120.0.0.0');
  expect(redacted('Chrome/120.0.0.0', '120.0.0.1')).toBe('Chrome/120.0.0.0');
});

test('user agents of browsers, apps and robots remain as they were sent', () => {
  expect(userAgents.length).toBeGreaterThanOrEqual(50);
  fc.assert(
    fc.property(fc.constantFrom(...userAgents), fc.oneof(four, six), (text, address) => {
      fc.pre(!text.includes(address));
      expect(redacted(text, address)).toBe(text);
    }),
    { seed: 51, numRuns: 2000 },
  );
  // A client whose address has the digits of a version, but not all of them.
  for (const text of userAgents) {
    for (const [, version = ''] of text.matchAll(/(?<![\d.])(\d{1,3}(?:\.\d+){3,})(?![\d.])/g)) {
      const [a, b, c, d = ''] = version.split('.');
      const inner = `${a?.slice(-1)}.${b}.${c?.slice(0, 2)}.${d.slice(0, 1) || 1}`;
      if (inner !== version) expect([text, inner, redacted(text, inner)]).toEqual([text, inner, text]);
    }
  }
});

test.each([
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', 'Bot :%s', 'Bot :-'],
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', '%s:', '-:'],
  ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1', `%s${'.'.repeat(100)}`, `-${'.'.repeat(100)}`],
  ['2001:db8:0:1::', '2001:0DB8:0:1::', '%s', '-'],
  ['2001:db8:0:1::', '2001:0DB8:0:1::', ':%s.', ':-.'],
  ['::1:2:3', '::0001:2:3', '%s', '-'],
  ['2001:db8::cbcb:7171', '2001:0db8:0000:0000:0000:0000:203.203.113.113', '%s.', '-.'],
])('of %s as %s in %j, the punctuation remains', (address, spelling, text, expected) => {
  expect(redacted(text.replace('%s', spelling), address)).toBe(expected);
});

test('characters of an address in a row that are more than an address has are not compared with it', () => {
  const compared = jest.mocked(canonicalText);
  compared.mockClear();
  for (const text of [
    `a:${'.'.repeat(16_000)}a`,
    'ab:'.repeat(5000),
    `2001:db8::${'0'.repeat(16_000)}1`,
    `2001:db8::1${'.'.repeat(16_000)}`,
  ])
    redacted(text, '2001:db8::1');
  // That of the client for each text, and the last text without its dots.
  expect(compared.mock.calls.map(([text]) => text.length)).toEqual(Array(5).fill('2001:db8::1'.length));
});

test('a long text takes time in proportion to its length', () => {
  const repeated = ['0', 'f', ':', '.', '1.', 'ab:', '0.0.', '\\x22'].map((text) => text.repeat(200_000 / text.length));
  const long = repeated.flatMap((text) => [text, `${text}a`]);
  const began = performance.now();
  for (const text of long) for (const address of ['10.20.30.40', '2001:db8::1']) redacted(text, address);
  expect(performance.now() - began).toBeLessThan(5000);
});
