// The site snapshot: a written document is read back, and other texts are refused.
import fc from 'fast-check';
import { siteId } from '../../runtime/site';
import { type CollectedSite, formatSiteSnapshot, isOrigin, parseSiteSnapshot } from '../../runtime/site-snapshot';

const acme: CollectedSite = {
  id: siteId(1),
  key: 'acme',
  addressMode: 'truncate',
  hashedFields: ['email'],
  keyVersion: 1,
  privacySignals: true,
  cookies: false,
  origins: ['https://www.example.com'],
};
const other: CollectedSite = { ...acme, id: siteId(10), key: 'other', addressMode: 'hash', hashedFields: [], origins: [] };

test('the document has the form that collectors read', () => {
  expect(formatSiteSnapshot([acme])).toBe(
    '{"version":1,"sites":[{"id":1,"key":"acme","addressMode":"truncate","hashedFields":["email"],"keyVersion":1,"privacySignals":true,"cookies":false,"origins":["https://www.example.com"]}]}',
  );
  expect(formatSiteSnapshot([])).toBe('{"version":1,"sites":[]}');
});

test('the order of sites, fields and origins does not change the document', () => {
  const two = { ...acme, hashedFields: ['b', 'a'], origins: ['https://b.example', 'https://a.example'] };
  const same = { ...acme, hashedFields: ['a', 'b'], origins: ['https://a.example', 'https://b.example'] };
  expect(formatSiteSnapshot([other, two])).toBe(formatSiteSnapshot([same, other]));
});

test('a written document is read back, and unknown properties are ignored', () => {
  expect(parseSiteSnapshot(formatSiteSnapshot([other, acme]))).toEqual({ version: 1, sites: [acme, other] });
  const newer = { version: 1, made: 'today', sites: [{ ...acme, colour: 'blue' }] };
  expect(parseSiteSnapshot(JSON.stringify(newer))).toEqual({ version: 1, sites: [acme] });
});

const document = (site: object) => JSON.stringify({ version: 1, sites: [{ ...acme, ...site }] });

test.each([
  ['', /document: expected JSON, got ""/],
  ['[]', /document: expected an object/],
  ['{"version":2,"sites":[]}', /version: expected 1, got 2/],
  ['{"version":1}', /sites: expected a list, got nothing/],
  ['{"version":1,"sites":[7]}', /sites\[0\]: expected an object, got 7/],
  [document({ id: 0 }), /site id: expected a whole number/],
  [document({ key: 'Acme' }), /sites\[0\].key: expected a site's key, got "Acme"/],
  [document({ addressMode: 'none' }), /addressMode: expected truncate or hash, got "none"/],
  [document({ hashedFields: ['a', 1] }), /hashedFields: expected at most 50 names of fields/],
  [document({ hashedFields: Array(51).fill('a') }), /hashedFields: expected at most 50/],
  [document({ keyVersion: 1.5 }), /keyVersion: expected a whole number/],
  [document({ privacySignals: undefined }), /privacySignals: expected true or false, got nothing/],
  [document({ cookies: 1 }), /cookies: expected true or false, got 1/],
  [document({ origins: ['http://example.com'] }), /origins: expected at most 50 https origins/],
  [JSON.stringify({ version: 1, sites: [acme, { ...other, id: 1 }] }), /sites.id: expected each once, got 1/],
  [JSON.stringify({ version: 1, sites: [acme, { ...other, key: 'acme' }] }), /sites.key: expected each once, got "acme"/],
])('%s is not a snapshot', (text, message) => {
  expect(() => parseSiteSnapshot(text)).toThrow(message);
  expect(() => parseSiteSnapshot(text)).toThrow(/^site (snapshot|id): .*; /);
});

test.each([
  'https://example.com',
  'https://a-b.c.example:8443',
  'https://localhost',
  'https://203.0.113.7',
  'https://xn--bcher-kva.example',
])('%s is an origin', (text) => expect(isOrigin(text)).toBe(true));

test.each([
  'http://example.com',
  'https://example.com/',
  'https://Example.com',
  'https://example.com:443',
  'https://example.com:0',
  'https://a b',
  'https://',
  'https://-a.example',
  `https://${'a'.repeat(254)}`,
  'null',
  '*',
  'https://a.example\nhttps://b.example',
])('%j is invalid', (text) => expect(isOrigin(text)).toBe(false));

test('any text is a snapshot or an error with a remedy', () => {
  const property = fc.property(
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((sites) => `{"version":1,"sites":[${sites}]}`),
    ),
    (text) => {
      try {
        parseSiteSnapshot(text);
      } catch (error) {
        expect(String(error)).toMatch(/expected .*, got .*; /s);
      }
    },
  );
  fc.assert(property, { seed: 7, numRuns: 500 });
});
