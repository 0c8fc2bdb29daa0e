// npm run vpn -- profile: the file that a VPN client imports.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { DescribeClientVpnEndpointsCommand } from '@aws-sdk/client-ec2';
import { vpnServices } from '../../lib/config/flows/access';
import { checkPerson } from '../../runtime/vpn/names';
import { messageOf, refusal } from '../../runtime/vpn/refusal';
import { type Entry, entryOf, type Registry, statusOf, validCertificatesOf } from '../../runtime/vpn/registry';
import { checkNew, open, readOption, secret, writeNew } from '../command-files';
import { UsageError } from '../command-line';
import { print } from '../command-output';
import { ec2Of, type Places, placeOptions, placeUsage, regionOf, storeOf } from './parts';
import { type ProfileFacts, profileText, withPrivateKey } from './profile-text';
import { vpnCommand } from './vpn-command';

const usage = `npm run vpn -- profile --registry PLACE --endpoint ID (--person NAME | --serial SERIAL) --out FILE [options]
npm run vpn -- profile --from FILE --key FILE --out FILE

Writes the profile of a certificate for OpenVPN 2.x and the client of AWS. The administrator makes it without the private key; the person
adds the key on the own machine, in the second form, which needs no credentials.

  --person NAME        the person, with one valid certificate
  --serial SERIAL      the certificate, if the person has several
  --host NAME          host name of the server, in place of --endpoint
  --port N             port of the server (443)
  --protocol NAME      udp or tcp (udp)
  --resolver ADDRESS   resolver of the VPC, as in 10.64.0.2: the endpoints of AWS services in the VPC are found through the VPN; for
                       OpenVPN 2.6 and later, not for the client of AWS
  --from FILE          a profile without private key
  --key FILE           the private key of the certificate
  --out FILE           new file for the profile
${placeUsage}
  --json               print the result as JSON
  --help               print this text`;

const options = {
  ...placeOptions,
  person: { type: 'string' },
  serial: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  protocol: { type: 'string' },
  resolver: { type: 'string' },
  from: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = Readonly<Partial<Record<Exclude<keyof typeof options, 'json'>, string>>>;

export const profileCommand = vpnCommand({ usage, options }, async ({ json, ...values }) => {
  const out = checkNew('--out', values.out);
  const key = values.key === undefined ? undefined : readOption('--key', values.key);
  const text = values.from === undefined ? await newProfile(values) : readOption('--from', values.from);
  if (values.from !== undefined && key === undefined) throw new UsageError('--key: expected the private key, got none; add it');
  const profile = key === undefined ? text : withPrivateKey(text, privateKeyOf(key, certificateIn(text)));
  writeNew({ path: out, text: profile, mode: key === undefined ? open : secret });
  const next =
    key === undefined ? 'without private key; the person adds it: npm run vpn -- profile --from ... --key ...' : 'with private key';
  print(json, { file: out, hasPrivateKey: key !== undefined }, `profile: ${out}, ${next}`);
  return 0;
});

async function newProfile(values: Values): Promise<string> {
  const registry = await storeOf(values).read();
  if (!registry.server) throw refusal('registry', "the server's certificate", 'none', 'run npm run vpn -- init');
  const entry = certificateOf(registry, values, new Date());
  const server = await serverOf(values);
  const { authority } = registry;
  return profileText({ ...server, ...namesOf(values), serverName: registry.server.name, authority, certificate: entry.certificate });
}

/** The names of the services that the VPN reaches by their endpoints, resolved in the VPC. */
function namesOf(values: Values): Pick<ProfileFacts, 'names'> {
  const { resolver } = values;
  if (resolver === undefined) return {};
  if (!isIPv4(resolver))
    throw new UsageError(`--resolver: expected an address as in 10.64.0.2, got ${JSON.stringify(resolver)}; correct it`);
  const region = regionOf(values);
  if (region === undefined) throw new UsageError('--region: expected the region of the endpoints, got none; add it');
  return { names: { resolver, domains: Object.keys(vpnServices).map((service) => `${service}.${region}.amazonaws.com`) } };
}

function certificateOf(registry: Registry, { person, serial }: Values, now: Date): Entry {
  if (serial !== undefined) {
    const entry = entryOf(registry, serial);
    const status = statusOf(entry, now);
    if (status !== 'valid') throw refusal('serial', 'a certificate that is valid', status, 'issue another one');
    return entry;
  }
  if (person === undefined) throw new UsageError('--person, --serial: expected one of them, got neither; name a person or a certificate');
  const [only, ...others] = validCertificatesOf(registry, checkPerson(person), now);
  if (only && others.length === 0) return only;
  const remedy = only ? 'name one with --serial' : 'issue one';
  throw refusal(person, 'one certificate that is valid', String(only ? others.length + 1 : 0), remedy);
}

type Server = Pick<ProfileFacts, 'host' | 'port' | 'protocol' | 'hasRandomHosts' | 'isFederated'>;

/** The server by its name, or by its endpoint, whose DNS name has a random first label ("*."). */
async function serverOf(values: Values): Promise<Server> {
  const { host, port = '443', protocol = 'udp', endpoint } = values;
  if (protocol !== 'udp' && protocol !== 'tcp') throw new UsageError(`--protocol: expected udp or tcp, got ${protocol}; choose one`);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new UsageError(`--port: expected 1 to 65535, got ${port}; choose one`);
  if (host !== undefined) {
    if (!/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/i.test(host))
      throw new UsageError(`--host: expected a host name, got ${JSON.stringify(host)}; correct it`);
    return { host, port: Number(port), protocol, hasRandomHosts: false, isFederated: false };
  }
  if (endpoint === undefined) throw new UsageError('--endpoint: expected the id of a Client VPN endpoint, or --host, got neither; add one');
  return describedServer(values, endpoint);
}

async function describedServer(places: Places, endpoint: string): Promise<Server> {
  const request = new DescribeClientVpnEndpointsCommand({ ClientVpnEndpointIds: [endpoint] });
  const { ClientVpnEndpoints: [found] = [] } = await ec2Of(places)
    .send(request)
    .catch((error: unknown) => {
      throw refusal(endpoint, 'an endpoint', messageOf(error), 'check the id, the region and your permissions');
    });
  const { DnsName: name, VpnPort: port = 443, TransportProtocol: protocol = 'udp' } = found ?? {};
  if (name === undefined) throw refusal(endpoint, 'an endpoint with a DNS name', 'none', 'check the id and the region');
  const isFederated = (found?.AuthenticationOptions ?? []).some(({ Type }) => Type === 'federated-authentication');
  return { host: name.replace(/^\*\./, ''), port, protocol, hasRandomHosts: name.startsWith('*.'), isFederated };
}

const certificateIn = (profile: string): X509Certificate => {
  const [, pem = ''] = /<cert>\n([\s\S]*?)<\/cert>/.exec(profile) ?? [];
  try {
    return new X509Certificate(pem);
  } catch {
    throw refusal('--from', 'a profile with a certificate', 'another file', 'name the file that the administrator made');
  }
};

/** The key in PEM, checked: a profile with the key of another certificate cannot connect. */
function privateKeyOf(pem: string, certificate: X509Certificate): string {
  try {
    const key = createPrivateKey(pem);
    if (certificate.checkPrivateKey(key)) return key.export({ format: 'pem', type: 'pkcs8' }) as string;
  } catch (error) {
    throw refusal('--key', 'a private key in PEM', messageOf(error), 'name the file that npm run vpn -- request wrote');
  }
  throw refusal('--key', 'the private key of the certificate', 'another key', 'name the key of this request');
}
