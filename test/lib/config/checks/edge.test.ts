// The `edge` part of the configuration: its bounds, and the rules between its settings.
import { edgeLogBucketName, firewallLogName, firewallName } from '../../../../lib/config/names';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { siteOf } from '../../../../lib/config/site';
import { problemsOf, settingsOf, shortest } from '../folder';

const edge = (text: string): string => `${shortest}edge: ${text}\n`;
const zone = 'hostedZone: {id: Z0123456789ABCDEFGHIJ, name: example.com}';
const cloudflare = (rest = '') => `cloudflare: {clientCa: config/cloudflare-ca.pem${rest}}`;

test('the shortest file needs none of it', () => {
  expect(settingsOf(shortest).edge).toEqual({
    certificate: { arn: {} },
    rateLimits: { windowSeconds: 300, hits: 30_000, hitBatches: 6000, others: 1000 },
    logDays: 90,
  });
});

test.each([
  ['a name without a zone', '{domain: collect.example.com}'],
  ['a name and its zone', `{domain: collect.example.com, ${zone}}`],
  ['the name of the zone itself', `{domain: example.com, ${zone}}`],
  [
    'Cloudflare with a name of its own for the load balancer',
    `{domain: www.example.org, ${zone}, ${cloudflare(', origin: o.example.com')}}`,
  ],
  ['Cloudflare without one', `{domain: www.example.org, ${cloudflare()}}`],
  ['the least and the most', '{rateLimits: {hits: 10, hitBatches: 1000000, others: 10, windowSeconds: 60}, logDays: 3650}'],
])('%s is taken', (_, text) => {
  expect(problemsOf(edge(text))).toEqual([]);
});

test.each([
  ['a wildcard', '{domain: "*.example.com"}', 'edge.domain', /^a host name in lower case/],
  ['a name in capitals', '{domain: Collect.example.com}', 'edge.domain', /^a host name in lower case/],
  ['one label', '{domain: localhost}', 'edge.domain', /^a host name/],
  ['an address', '{domain: 203.0.113.7}', 'edge.domain', /^a host name/],
  ['a URL', '{domain: "https://example.com"}', 'edge.domain', /^a host name/],
  ['a name longer than certificates have', `{domain: ${'a'.repeat(60)}.example}`, 'edge.domain', /^a host name/],
  [
    'a zone id that is none',
    '{domain: a.example.com, hostedZone: {id: zone, name: example.com}}',
    'edge.hostedZone.id',
    /^the id of a hosted zone/,
  ],
  [
    'a certificate outside the project',
    '{domain: a.example.com, cloudflare: {clientCa: ../ca.pem}}',
    'edge.cloudflare.clientCa',
    /^a path of a PEM file/,
  ],
  ['an absolute path', '{domain: a.example.com, cloudflare: {clientCa: /etc/ca.pem}}', 'edge.cloudflare.clientCa', /^a path of a PEM file/],
  ['Cloudflare without its certificate', '{domain: a.example.com, cloudflare: {}}', 'edge.cloudflare.clientCa', /^a path of a PEM file/],
  ['a limit below what WAF takes', '{rateLimits: {hits: 9}}', 'edge.rateLimits.hits', /^a whole number from 10 to 1000000$/],
  ['a limit that limits nothing', '{rateLimits: {others: 2000000000}}', 'edge.rateLimits.others', /^a whole number from 10 to 1000000$/],
  ['a window that WAF does not know', '{rateLimits: {windowSeconds: 30}}', 'edge.rateLimits.windowSeconds', /^one of 60, 120, 300, 600$/],
  ['logs of a month', '{logDays: 30}', 'edge.logDays', /^a whole number from 90 to 3650$/],
])('%s is refused', (_, text, path, expected) => {
  const problems = problemsOf(edge(text));
  expect(problems).toMatchObject([{ where: expect.stringContaining(` ${path}`), expected: expect.stringMatching(expected) }]);
});

test.each([
  ['a name outside the zone', `{domain: collect.example.org, ${zone}}`, 'edge.domain', 'a name in edge.hostedZone.name, example.com'],
  [
    'a name that only ends like the zone',
    `{domain: notexample.com, ${zone}}`,
    'edge.domain',
    'a name in edge.hostedZone.name, example.com',
  ],
  ['a zone without a name', `{${zone}}`, 'edge.hostedZone', 'edge.domain as well'],
  ['Cloudflare without a name', `{${cloudflare()}}`, 'edge.cloudflare', 'edge.domain as well'],
  [
    'an origin without a zone',
    `{domain: a.example.com, ${cloudflare(', origin: o.example.com')}}`,
    'edge.cloudflare.origin',
    'edge.hostedZone as well',
  ],
  [
    'an origin in another zone',
    `{domain: a.example.com, ${zone}, ${cloudflare(', origin: o.example.org')}}`,
    'edge.cloudflare.origin',
    'a name in edge.hostedZone.name, example.com',
  ],
  [
    'an origin that resolves to Cloudflare',
    `{domain: a.example.com, ${zone}, ${cloudflare(', origin: a.example.com')}}`,
    'edge.cloudflare.origin',
    'a name other than edge.domain',
  ],
])('%s is refused', (_, text, path, expected) => {
  expect(problemsOf(edge(text))).toMatchObject([{ where: expect.stringContaining(` ${path}`), expected }]);
});

test('names fit into what AWS allows, for the longest deployment', () => {
  const site = siteOf('a'.repeat(24), 'recovery', settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
  expect(edgeLogBucketName(site, '111111111111').length).toBeLessThanOrEqual(63);
  expect(firewallName(site)).toMatch(/^[\w-]{1,128}$/);
  expect(firewallLogName(site)).toMatch(/^aws-waf-logs-/);
});
