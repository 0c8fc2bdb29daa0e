// The names that servers may resolve and reach.
import fc from 'fast-check';
import { checkDomains, firewallDomains, maximumDomains, resolvableNames } from '../../../lib/network/allowed-domains';

const seed = 20261122;

test('the firewall allows services by name, not a whole domain in which anyone can have buckets', () => {
  for (const domain of firewallDomains('eu-west-3', [])) expect(domain).toMatch(/^[a-z0-9-]+\.eu-west-3\.amazonaws\.com$/);
});

test('names of services are those of the region', () => {
  for (const name of [...firewallDomains('eu-north-1', []), ...resolvableNames('eu-north-1', '10.64.0.0/16', [])]) {
    expect(name).not.toContain('eu-west-3');
  }
});

test('a leading dot admits a domain and its subdomains, in the notation of each firewall', () => {
  expect(firewallDomains('eu-west-3', ['.example.org', 'api.example.net'])).toEqual(
    expect.arrayContaining(['.example.org', 'api.example.net']),
  );
  const names = resolvableNames('eu-west-3', '10.64.0.0/16', ['.example.org', 'api.example.net']);
  expect(names).toEqual(expect.arrayContaining(['example.org', '*.example.org', 'api.example.net']));
  expect(names).not.toContain('*.api.example.net');
});

test('only the reverse names of the VPC resolve', () => {
  const reverse = resolvableNames('eu-west-3', '172.16.128.0/17', []).filter((name) => name.includes('arpa'));
  expect(reverse).toEqual(['*.16.172.in-addr.arpa']);
});

test('no pattern matches every name', () => {
  for (const name of resolvableNames('eu-west-3', '10.64.0.0/16', [])) expect(name).toMatch(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
});

test.each([
  'https://example.org',
  'example.org:443',
  '*.example.org',
  '*',
  '.',
  '',
  'Example.org',
  'localhost',
  '..example.org',
  'a b.org',
  '.org.',
])('refuses %p', (name) => {
  expect(() => checkDomains([name])).toThrow(/^network\.allowedDomains: expected a domain in lower case/);
});

test.each(['.amazonaws.com', '.eu-west-3.amazonaws.com', '.github.io', 'co.uk'])(
  'rejects %p, below which the public can register names',
  (name) => {
    expect(() => checkDomains([name])).toThrow(
      /^network\.allowedDomains: expected a domain below which the public cannot register names, got /,
    );
  },
);

test('at most a hundred domains are accepted', () => {
  const domains = Array.from({ length: maximumDomains + 1 }, (_, i) => `d${i}.example.org`);
  expect(checkDomains(domains.slice(1))).toHaveLength(maximumDomains);
  expect(() => checkDomains(domains)).toThrow(/expected at most 100 domains, got 101/);
});

test(`of random strings, only domains that both lists can hold are accepted (seed ${seed})`, () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.domain(),
        fc.domain().map((name) => `.${name}`),
      ),
      (name) => {
        let admitted: readonly string[];
        try {
          admitted = checkDomains([name]);
        } catch (error) {
          expect((error as Error).message).toMatch(/^network\.allowedDomains: /);
          return;
        }
        expect(admitted).toEqual([name]);
        expect(name).toMatch(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
        expect(name.length).toBeLessThanOrEqual(254);
      },
    ),
    { seed, numRuns: 500 },
  );
});
