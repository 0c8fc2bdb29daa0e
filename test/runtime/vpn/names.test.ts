// Names of people, certificates and servers: one spelling each, and within the lengths of X.509.
import fc from 'fast-check';
import { checkPerson, checkServerName, commonNameOf, longestPerson } from '../../../runtime/vpn/names';
import { Refusal } from '../../../runtime/vpn/refusal';

const serial = '4'.repeat(32);

test.each(['alice', 'a', '7', 'alice.jones', 'a_b-c', 'alice@example.com', 'a'.repeat(longestPerson)])('%s is a person', (person) => {
  expect(checkPerson(person)).toBe(person);
});

test.each([
  ['', 'nobody'],
  [' ', 'a space'],
  ['Alice', 'an upper-case letter, a second spelling'],
  ['alice ', 'a space at the end'],
  ['a'.repeat(longestPerson + 1), 'one character too many'],
  ['álice', 'a letter beyond ASCII'],
  ['аlice', 'a Cyrillic letter that looks like one of ASCII'],
  ['alice\u0000', 'a zero byte'],
  ['alice\nCN=root', 'a line break'],
  ['alice/../bob', 'a path'],
  ['a@b@c', 'two addresses'],
  ['@example.com', 'an address without its person'],
  ['alice@', 'an address without its domain'],
  ['-alice', 'an option'],
  ['alice,O=other', 'a second attribute'],
  ['\u202ealice', 'a mark of text direction'],
  ['\ud800', 'half of a character'],
])('%j is refused: %s', (person) => {
  expect(() => checkPerson(person)).toThrow(Refusal);
  expect(() => checkPerson(person)).toThrow(/^person: expected 1 to 47 lower-case letters, .*, got [ -~]{1,100}; name the person/);
});

test('a common name has at most 64 characters, and two serial numbers have two common names', () => {
  expect(commonNameOf('a'.repeat(longestPerson), serial)).toHaveLength(64);
  expect(commonNameOf('alice', serial)).toBe(`alice-${'4'.repeat(16)}`);
  expect(commonNameOf('alice', `5${serial.slice(1)}`)).not.toBe(commonNameOf('alice', serial));
});

test('any text is a person of one spelling, or refused on one line of ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      try {
        expect(checkPerson(text)).toMatch(/^[a-z0-9@._-]{1,47}$/);
      } catch (error) {
        expect((error as Error).message).toMatch(/^[ -~]+$/);
      }
    }),
    { seed: 13, numRuns: 1000 },
  );
});

test('the name of the server is a domain', () => {
  expect(checkServerName('vpn.example.com')).toBe('vpn.example.com');
  for (const name of ['', 'vpn', 'VPN.example.com', 'vpn..com', 'vpn.example.com name\nscript-security 2', `${'a'.repeat(61)}.com`])
    expect(() => checkServerName(name)).toThrow('server name: expected a domain of at most 64 characters');
});
