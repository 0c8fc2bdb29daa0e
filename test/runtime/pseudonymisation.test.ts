// Pseudonymisation against the test vectors of the standards, and with random addresses. (TOM-4.13)
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { hashedField, hmacSha256, keyedHash, pseudonymousAddress, truncatedAddress } from '../../runtime/pseudonymisation';

const key = { version: 1, key: Buffer.alloc(32, 7) };
const other = { version: 2, key: Buffer.alloc(32, 8) };
const truncate = { addressMode: 'truncate', hashedFields: [] } as const;
const hash = { addressMode: 'hash', hashedFields: ['email'] } as const;

// RFC 4231, section 4: the test cases with the whole of HMAC-SHA-256 (case 5 is about truncation).
test.each([
  ['1', Buffer.alloc(20, 0x0b), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    '2',
    Buffer.from('Jefe'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['3', Buffer.alloc(20, 0xaa), Buffer.alloc(50, 0xdd), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    '4',
    Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1)),
    Buffer.alloc(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    '6',
    Buffer.alloc(131, 0xaa),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    '7',
    Buffer.alloc(131, 0xaa),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
])('RFC 4231 test case %s', (_, secret, data, expected) => expect(hmacSha256(secret, data)).toBe(expected));

test.each([
  ['198.51.100.7', '198.51.100.0'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.0'],
  [' 192.0.2.1 ', '192.0.2.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:DB8:0001::42', '2001:db8:1::'],
  ['[2001:db8::1]', '2001:db8::'],
  ['fe80::1%eth0', 'fe80::'],
  ['::', '::'],
  ['::1', '::'],
  ['1::', '1::'],
  ['2001:0:0:1::', '2001::'],
  // IPv4 inside IPv6 (RFC 4291, section 2.5.5.2), in both spellings.
  ['::ffff:198.51.100.7', '198.51.100.0'],
  ['::ffff:c633:6407', '198.51.100.0'],
  ['0:0:0:0:0:FFFF:198.51.100.7', '198.51.100.0'],
  // 6to4 (RFC 3056): the whole IPv4 address is within the first 48 bits.
  ['2002:c633:6407::1', '2002:c633:6400::'],
  ['2002:c633:6407:1:2:3:4:5', '2002:c633:6400::'],
  // Not mapped: the prefix is another one.
  ['64:ff9b::198.51.100.7', '64:ff9b::'],
])('%s is truncated to %s', (address, expected) => expect(pseudonymousAddress(address, truncate, key)).toBe(expected));

test.each([
  [''],
  ['x'],
  ['198.51.100'],
  ['198.51.100.256'],
  ['1:2:3'],
  ['198.51.100.7, 10.0.0.1'],
  ['012.1.1.1'],
  ['2001:db8::1::2'],
  ['localhost'],
])('text that is not an address is dropped: %s', (text) => {
  expect(pseudonymousAddress(text, truncate, key)).toBeUndefined();
  expect(pseudonymousAddress(text, hash, key)).toBeUndefined();
});

test('truncation keeps the first 24 or 48 bits of any address and no others', () => {
  const v4 = fc.ipV4().map((text) => [text, text.replace(/\d+$/, '0')] as const);
  fc.assert(
    fc.property(v4, ([text, expected]) => expect(pseudonymousAddress(text, truncate, key)).toBe(expected)),
    { seed: 5 },
  );
  const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }).filter((parts) => parts.slice(0, 5).some((part) => part !== 0));
  fc.assert(
    fc.property(groups, fc.array(fc.nat(0xffff), { minLength: 5, maxLength: 5 }), (parts, tail) => {
      const text = (all: readonly number[]) => all.map((part) => part.toString(16)).join(':');
      const cut = pseudonymousAddress(text(parts), truncate, key);
      expect(isIP(cut ?? '')).toBe(6);
      // Another address of the same /48 gives the same, and cutting again changes nothing.
      const neighbour = [...parts.slice(0, 3), ...tail];
      if (neighbour.slice(0, 5).some((part) => part !== 0)) expect(pseudonymousAddress(text(neighbour), truncate, key)).toBe(cut);
      expect(pseudonymousAddress(cut ?? '', truncate, key)).toBe(cut);
    }),
    { seed: 6 },
  );
});

test('all spellings of an address have one hash, and another key results in another hash', () => {
  const hashed = (text: string, under = key) => pseudonymousAddress(text, hash, under);
  expect(hashed('198.51.100.7')).toBe(createHmac('sha256', key.key).update('address\u0000198.51.100.7').digest('hex'));
  expect(hashed('::ffff:198.51.100.7')).toBe(hashed('198.51.100.7'));
  expect(hashed('2001:DB8:0:0:0:0:0:1')).toBe(hashed('2001:db8::1'));
  expect(hashed('198.51.100.7')).not.toBe(hashed('198.51.100.8'));
  expect(hashed('198.51.100.7')).not.toBe(hashed('198.51.100.7', other));
});

test('a field is hashed under the key and its own name, a text as it is and another value as its JSON', () => {
  const email = '"ada@example.com"';
  expect(hashedField(key, 'email', email)).toBe(keyedHash(key, 'field:email', 'ada@example.com'));
  expect(hashedField(key, 'card', '{"number":1}')).toBe(keyedHash(key, 'field:card', '{"number":1}'));
  expect(hashedField(key, 'login', email)).not.toBe(hashedField(key, 'email', email));
  expect(hashedField(other, 'email', email)).not.toBe(hashedField(key, 'email', email));
});

test('values that JSON.parse cannot tell apart have different hashes, and spellings of one value the same', () => {
  const hash = (json: string) => hashedField(key, 'id', json);
  expect(new Set(['1524831183200260097', '1524831183200260096', '1.0', '1', '1e0', '-0', '0', '1e999'].map(hash)).size).toBe(8);
  expect(hash('{"id":1524831183200260097}')).not.toBe(hash('{"id":1524831183200260096}'));
  expect(hash('{"a":1,"a":2}')).not.toBe(hash('{"a":2}'));
  expect(new Set(['"\\ud800"', '"\\ud801"', '"\ufffd"'].map(hash)).size).toBe(3);
  expect(hash('"\\u00fc"')).toBe(hash('"ü"'));
  expect(hash('{ "a" : [ "\\u00fc" , 1.0 ] }')).toBe(hash('{"a":["ü",1.0]}'));
  // A number and the same digits as text, as a form sends them.
  expect(hash('1524831183200260097')).toBe(hash('"1524831183200260097"'));
});

test('a truncated address is the one of a site that truncates', () => {
  for (const address of ['198.51.100.7', '[2001:db8:1:2::3]', '::ffff:198.51.100.7', '2002:c633:6407::1', 'visitor', '']) {
    expect([address, truncatedAddress(address)]).toEqual([address, pseudonymousAddress(address, truncate, key)]);
  }
});
