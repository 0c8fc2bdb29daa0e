// The parts of the edge that the configuration decides: Cloudflare, its client authority, records and issuers.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { Assembly, type DeploymentFacts, Resource, type StackTemplate } from '../../../../lib/tom/template/assembly';
import { uploadedAuthority } from '../../../../lib/tom/world/client-authority';
import { declaredResources } from '../../../../lib/tom/world/declaration';
import { edgeDeclarations } from '../../../../lib/tom/world/edge';
import { facts } from '../rules/example';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rempart-authority-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A self-signed certificate as PEM, with a line break at its end. */
async function certificate(name: string, isAuthority: boolean): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [new BasicConstraintsExtension(isAuthority, undefined, true)];
  const made = await X509CertificateGenerator.createSelfSigned({ name, keys, signingAlgorithm: algorithm, extensions });
  return `${made.toString('pem')}\n`;
}

let files = 0;

/** Whether the form admits a trust store of these certificates. */
function isAdmitted(text: string, key = 'authority.pem'): boolean {
  const path = join(folder, `authority-${++files}.pem`);
  writeFileSync(path, text);
  const bucket = 'cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-3';
  const assets = [{ objectKey: 'authority.pem', bucket, path }];
  const stack: StackTemplate = { name: 'production-edge', region: 'eu-west-3', template: {}, assets };
  const resource = new Resource(stack, 'ClientAuthority', { Type: 'AWS::ElasticLoadBalancingV2::TrustStore' });
  const context = { resource, assembly: new Assembly(facts, [stack]), facts, variables: { region: 'eu-west-3' } };
  return uploadedAuthority.deviations({ value: key, path: '', context }).length === 0;
}

test('a trust store has certificates of an own authority, and nothing else', async () => {
  const own = await certificate('CN=Own authority', true);
  expect(isAdmitted(own)).toBe(true);
  expect(isAdmitted(`${own}${own}`)).toBe(true);
  expect(isAdmitted(own, 'another.pem')).toBe(false);
  expect(isAdmitted('')).toBe(false);
  expect(isAdmitted(`${own}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`)).toBe(false);
  expect(isAdmitted(`${own}${await certificate('CN=A client', false)}`)).toBe(false);
  expect(isAdmitted(await certificate('CN=origin-pull.cloudflare.net', true))).toBe(false);
});

const namesWith = (edge: object, changed: Partial<DeploymentFacts> = {}): readonly string[] => {
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', edge });
  return [...declaredResources(edgeDeclarations, { ...facts, ...changed, settings }).keys()].filter((name) => /Dns|ClientAuth/.test(name));
};

const hostedZone = { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' };
const domain = 'collect.example.com';
const issue = { contact: 'certificates@example.com' };
const cloudflare = { clientCa: 'config/ca.pem', origin: 'origin.example.com' };

test.each([
  ['no zone', { domain }, {}, []],
  ['a zone without a name', { hostedZone }, {}, []],
  ['a zone and a name', { domain, hostedZone }, {}, ['edge/DnsA', 'edge/DnsAAAA', 'edge/DnsHealth']],
  ['the recovery site', { domain, hostedZone }, { site: 'recovery' as const }, []],
  ['an issuer', { domain, hostedZone, certificate: { issue } }, {}, ['edge/DnsA', 'edge/DnsAAAA', 'edge/DnsIssuers', 'edge/DnsHealth']],
  [
    'an issuer that is not listed',
    { domain, hostedZone, certificate: { issue: { ...issue, directory: 'https://notletsencrypt.org/directory' } } },
    {},
    ['edge/DnsA', 'edge/DnsAAAA', 'edge/DnsHealth'],
  ],
  ['Cloudflare', { domain, hostedZone, cloudflare }, {}, ['edge/ClientAuthority', 'edge/DnsA', 'edge/DnsAAAA']],
  ['Cloudflare without an origin', { domain, hostedZone, cloudflare: { clientCa: 'config/ca.pem' } }, {}, ['edge/ClientAuthority']],
])('with %s the edge has the declared records', (_, edge, changed, names) => {
  expect(namesWith(edge, changed)).toEqual(names);
});
