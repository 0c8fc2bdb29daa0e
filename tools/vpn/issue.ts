// npm run vpn -- issue and renew: personal certificates for requests.
import { readCertificateRequest } from '../../runtime/vpn/certificate-request';
import { defaultDays, issueCertificate, mostDays } from '../../runtime/vpn/issue';
import { checkPerson } from '../../runtime/vpn/names';
import { messageOf, refusal } from '../../runtime/vpn/refusal';
import { type Entry, entryOf, validCertificatesOf } from '../../runtime/vpn/registry';
import type { RegistryStore } from '../../runtime/vpn/registry-store';
import { revokeCertificates } from '../../runtime/vpn/revoke';
import { checkNew, open, readOption, required, writeNew } from '../command-files';
import { ToolError } from '../command-line';
import { print } from '../command-output';
import { endpointOf, keyOf, placeOptions, placeUsage, storeOf } from './parts';
import { vpnCommand } from './vpn-command';

const requestUsage = `  --person NAME        the person; the request must be the person's
  --request FILE       the request that the person made
  --days N             validity in days, 1 to ${mostDays} (${defaultDays})
  --out FILE           new file for the certificate`;

const issueUsage = `npm run vpn -- issue --authority PLACE --registry PLACE --person NAME --request FILE --out FILE [options]

Issues a personal certificate for a request. A person has one valid certificate, unless --additional is given.

${requestUsage}
  --additional         the person has a valid certificate on another device, and keeps it
${placeUsage}
  --json               print the result as JSON
  --help               print this text`;

const renewUsage = `npm run vpn -- renew --authority PLACE --registry PLACE --person NAME --request FILE --out FILE [options]

Issues a certificate in place of one that is still valid, for another key of the same person. The old one stays valid until its end, or
is revoked with --revoke-old.

${requestUsage}
  --serial SERIAL      the certificate to renew, if the person has several
  --revoke-old         revoke the old certificate at once; needs --endpoint
${placeUsage}
  --json               print the result as JSON
  --help               print this text`;

const requestOptions = {
  ...placeOptions,
  person: { type: 'string' },
  request: { type: 'string' },
  days: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const issueCommand = vpnCommand(
  { usage: issueUsage, options: { ...requestOptions, additional: { type: 'boolean' } } },
  async (values) => {
    const { request, days, out } = await readRequest(values);
    const options = { days, additional: values.additional === true, now: new Date() };
    const entry = await issueCertificate(storeOf(values), keyOf(values), request, options);
    handOver(entry, out);
    print(values.json, resultOf(entry, out), summary(entry, out));
    return 0;
  },
);

export const renewCommand = vpnCommand(
  { usage: renewUsage, options: { ...requestOptions, serial: { type: 'string' }, 'revoke-old': { type: 'boolean' } } },
  async (values) => {
    const { request, days, out } = await readRequest(values);
    const [store, key, now] = [storeOf(values), keyOf(values), new Date()];
    const endpoint = values['revoke-old'] ? endpointOf(values) : undefined;
    const old = await renewedCertificate(store, request.person, values.serial, now);
    const entry = await issueCertificate(store, key, request, { days, additional: true, renews: old.serial, now });
    handOver(entry, out);
    if (endpoint) await revokeCertificates(store, key, endpoint, { serial: old.serial }, 'superseded', now);
    const remains = endpoint ? 'revoked' : `valid until ${old.expires}`;
    print(values.json, { ...resultOf(entry, out), renews: old.serial }, `${summary(entry, out)}\nold:         ${old.serial}, ${remains}`);
    return 0;
  },
);

/** Reads the options of a request; every mistake in them is found before anything is signed. */
async function readRequest(values: { person?: string; request?: string; days?: string; out?: string }) {
  const person = checkPerson(required('--person', values.person));
  const days = values.days === undefined ? defaultDays : Number(values.days);
  const out = checkNew('--out', values.out);
  const request = await readCertificateRequest(readOption('--request', values.request));
  if (request.person !== person) throw refusal('request', `a request of ${person}`, `one of ${request.person}`, 'check who sent it');
  return { request, days, out };
}

async function renewedCertificate(store: RegistryStore, person: string, serial: string | undefined, now: Date): Promise<Entry> {
  const registry = await store.read();
  if (serial !== undefined) return entryOf(registry, serial);
  const valid = validCertificatesOf(registry, person, now);
  const renewed = new Set(valid.map(({ renews }) => renews));
  const [only, ...others] = valid.filter((entry) => !renewed.has(entry.serial));
  if (only && others.length === 0) return only;
  const remedy = only ? 'name one with --serial' : 'issue a certificate instead';
  throw refusal(person, 'one certificate that is valid', String(only ? others.length + 1 : 0), remedy);
}

/** Writes the certificate. It is registered already: if the file cannot be written, the registry has it. */
function handOver(entry: Entry, out: string): void {
  try {
    writeNew({ path: out, text: entry.certificate, mode: open });
  } catch (error) {
    const remedy = `the certificate ${entry.serial} is registered: npm run vpn -- profile --serial ${entry.serial} writes it`;
    throw new ToolError(`${messageOf(error)}\n${remedy}`);
  }
}

const resultOf = ({ person, serial, commonName, expires }: Entry, file: string) => ({ person, serial, commonName, expires, file });

const summary = ({ serial, commonName, expires }: Entry, out: string): string =>
  [`certificate: ${out}`, `serial:      ${serial}`, `common name: ${commonName}`, `valid until: ${expires}`].join('\n');
