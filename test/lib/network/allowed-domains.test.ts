// The names that servers may resolve and reach.
import fc from 'fast-check';
import { checkDomains, firewallDomains, maximumDomains, resolvableNames } from '../../../lib/network/allowed-domains';

const seed = 20261122;

test('the firewall admits services by name, not the whole of a cloud where anyone has buckets', () => {
  for (const domain of firewallDomains('eu-west-3', [])) expect(domain).toMatch(/^[a-z0-9-]+\.eu-west-3\.amazonaws\.com$/);
});

test('names follow the region', () => {
  for (const name of [...firewallDomains('eu-north-1', []), ...resolvableNames('eu-north-1', '10.64.0.0/16', [])]) {
    expect(name).not.toContain('eu-west-3');
  }
});

test('a leading dot admits a domain and all below it, in the notation of each firewall', () => {
  expect(firewallDomains('eu-west-3', ['.example.org', 'api.example.net'])).toEqual(
    expect.arrayContaining(['.example.org', 'api.example.net']),
  );
  const names = resolvableNames('eu-west-3', '10.64.0.0/16', ['.example.org', 'api.example.net']);
  expect(names).toEqual(expect.arrayContaining(['example.org', '*.example.org', 'api.example.net']));
  expect(names).not.toContain('*.api.example.net');
});

test('of reverse names, only those of the VPC resolve', () => {
  const reverse = resolvableNames('eu-west-3', '172.16.128.0/17', []).filter((name) => name.includes('arpa'));
  expect(reverse).toEqual(['*.16.172.in-addr.arpa']);
});

test('no name stands for everything', () => {
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

test.each(['.amazonaws.com', '.eu-west-3.amazonaws.com', '.github.io', 'co.uk'])('refuses %p, below which strangers have names', (name) => {
  expect(() => checkDomains([name])).toThrow(/^network\.allowedDomains: expected a domain below which strangers have no names, got /);
});

test('admits at most a hundred', () => {
  const domains = Array.from({ length: maximumDomains + 1 }, (_, i) => `d${i}.example.org`);
  expect(checkDomains(domains.slice(1))).toHaveLength(maximumDomains);
  expect(() => checkDomains(domains)).toThrow(/expected at most 100 domains, got 101/);
});

test(`whatever is thrown at it, it admits only what can stand in both lists (seed ${seed})`, () => {
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
