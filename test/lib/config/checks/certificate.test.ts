// The source of the certificate, as configurations set it. (DSS-5.3.2)
import { provableName } from '../../../../lib/config/checks/certificate-checks';
import { problemsOf, settingsOf } from '../folder';

const file = (environment: string, ...lines: string[]): string =>
  `environment: ${environment}\nowner: platform-team\naccount: "111111111111"\n${lines.join('\n')}\n`;
const arn = (region = 'eu-west-3', account = '111111111111') =>
  `arn:aws:acm:${region}:${account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`;
const edge = (certificate: string, rest = '') => `edge: {${rest}certificate: {${certificate}}}`;
const given = (site: string, value: string) => edge(`arn: {${site}: "${value}"}`);
const zone = 'domain: www.example.com, hostedZone: {id: Z123, name: example.com}, ';
const issue = 'issue: {contact: certificates@example.com}';

test('no source is the default: the certificate is then self-signed', () => {
  expect(settingsOf(file('production')).edge.certificate).toEqual({ arn: {} });
});

test('the default authority is a public one', () => {
  expect(settingsOf(file('production', edge(issue, zone))).edge.certificate.issue).toEqual({
    contact: 'certificates@example.com',
    directory: 'https://acme-v02.api.letsencrypt.org/directory',
    renewDaysBefore: 30,
  });
});

test('a certificate is issued for the origin where Cloudflare has the domain in a zone of its own', () => {
  const behind =
    'domain: www.example.org, hostedZone: {id: Z123, name: example.com}, cloudflare: {clientCa: config/ca.pem, origin: o.example.com}, ';
  expect(problemsOf(file('staging', edge(issue, behind)))).toEqual([]);
  expect(provableName(settingsOf(file('production', edge(issue, behind))).edge)).toBe('o.example.com');
  expect(provableName(settingsOf(file('production', edge(issue, zone))).edge)).toBe('www.example.com');
});

test('a certificate is not issued without a domain and a zone that proves it', () => {
  const where = expect.stringContaining(' edge.certificate.issue');
  expect(problemsOf(file('staging', edge(issue)))).toMatchObject([
    { where, expected: 'edge.domain as well' },
    { where, expected: 'edge.hostedZone as well' },
  ]);
});

test('a certificate of the account, in the region of its site, is accepted', () => {
  expect(problemsOf(file('staging', given('home', arn())))).toEqual([]);
  expect(problemsOf(file('staging', given('recovery', arn('eu-central-1'))))).toEqual([]);
  expect(problemsOf(file('production', edge(`arn: {home: "${arn()}", recovery: "${arn('eu-central-1')}"}`)))).toEqual([]);
});

test.each<[string, string, string, string]>([
  ['another region', file('staging', given('home', arn('eu-central-1'))), 'edge.certificate.arn.home', 'a certificate in eu-west-3'],
  ['the region of CloudFront', file('staging', given('home', arn('us-east-1'))), 'edge.certificate.arn.home', 'a certificate in eu-west-3'],
  [
    'the home region for the recovery site',
    file('staging', given('recovery', arn())),
    'edge.certificate.arn.recovery',
    'a certificate in eu-central-1',
  ],
  [
    'another account',
    file('staging', given('home', arn('eu-west-3', '222222222222'))),
    'edge.certificate.arn.home',
    'a certificate of the account that `account` names',
  ],
  [
    'IAM',
    file('staging', given('home', 'arn:aws:iam::111111111111:server-certificate/x')),
    'edge.certificate.arn.home',
    'the ARN of a certificate in ACM',
  ],
  [
    'one site of production alone',
    file('production', given('home', arn())),
    'edge.certificate.arn.recovery',
    'a certificate for both sites in production',
  ],
  [
    'two sources',
    file('staging', edge(`${issue}, arn: {home: "${arn()}"}`, zone)),
    'edge.certificate.issue',
    'no issue together with edge.certificate.arn',
  ],
  [
    'an authority without a zone to prove it in',
    file('staging', edge(issue, 'domain: www.example.com, ')),
    'edge.certificate.issue',
    'edge.hostedZone as well',
  ],
  [
    'an authority for a domain that the zone does not hold',
    file(
      'staging',
      edge(issue, 'domain: www.example.org, hostedZone: {id: Z123, name: example.com}, cloudflare: {clientCa: config/ca.pem}, '),
    ),
    'edge.certificate.issue',
    'edge.domain or edge.cloudflare.origin in edge.hostedZone.name, example.com',
  ],
  [
    'a contact that is none',
    file('staging', edge('issue: {contact: nobody}', zone)),
    'edge.certificate.issue.contact',
    'an e-mail address such as certificates@example.com',
  ],
  [
    'a directory over HTTP',
    file('staging', edge('issue: {contact: a@example.com, directory: "http://acme.example.org/directory"}', zone)),
    'edge.certificate.issue.directory',
    'the https URL of an ACME directory',
  ],
  [
    'renewal in the last days',
    file('staging', edge('issue: {contact: a@example.com, renewDaysBefore: 5}', zone)),
    'edge.certificate.issue.renewDaysBefore',
    'a whole number from 20 to 60',
  ],
])('is not from %s', (_, text, path, expected) => {
  expect(problemsOf(text)).toMatchObject([{ where: expect.stringContaining(` ${path}`), expected }]);
});
