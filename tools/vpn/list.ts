// npm run vpn -- list: the certificates of the registry.
import { X509Certificate } from 'node:crypto';
import { checkPerson } from '../../runtime/vpn/names';
import { type Registry, statusOf } from '../../runtime/vpn/registry';
import { daysUntil } from '../../runtime/vpn/revocation-list';
import { columns, print } from '../command-output';
import { placeOptions, placeUsage, storeOf } from './parts';
import { vpnCommand } from './vpn-command';

const usage = `npm run vpn -- list --registry PLACE [options]

Lists the personal certificates that are valid, and the ends of the authority, the server's certificate and the revocation list.

  --person NAME        only those of a person
  --all                also those that are expired or revoked
${placeUsage}
  --json               print the list as JSON, without the certificates themselves
  --help               print this text`;

const options = { ...placeOptions, person: { type: 'string' }, all: { type: 'boolean' }, json: { type: 'boolean' } } as const;

export const listCommand = vpnCommand({ usage, options }, async ({ person, all, json, ...places }) => {
  if (person !== undefined) checkPerson(person);
  const now = new Date();
  const shown = listing(await storeOf(places).read(), { person, all: all === true }, now);
  print(json, shown, text(shown));
  return 0;
});

type Listing = ReturnType<typeof listing>;

function listing(registry: Registry, { person, all }: { readonly person: string | undefined; readonly all: boolean }, now: Date) {
  const certificates = registry.certificates.flatMap(({ certificate: _, keyDigest: __, ...entry }) => {
    const status = statusOf({ certificate: '', keyDigest: '', ...entry }, now);
    const isListed = (all || status === 'valid') && (person === undefined || entry.person === person);
    return isListed ? [{ ...entry, status, days: Math.floor(daysUntil(new Date(entry.expires), now)) }] : [];
  });
  return {
    authorityExpires: new Date(new X509Certificate(registry.authority).validTo).toISOString(),
    serverExpires: registry.server?.expires,
    list: registry.list,
    certificates,
  };
}

function text({ authorityExpires, serverExpires, list, certificates }: Listing): string {
  const rows = certificates.map(({ person, status, days, expires, serial, revoked }) => {
    const state = revoked ? `revoked ${revoked.at.slice(0, 10)} (${revoked.reason})` : status;
    return [person, state, expires.slice(0, 10), status === 'valid' ? String(days) : '', serial];
  });
  return [
    columns([['person', 'status', 'ends', 'days', 'serial'], ...rows]),
    '',
    columns([
      ['authority', `ends ${authorityExpires.slice(0, 10)}`],
      ['server', serverExpires === undefined ? 'no certificate' : `ends ${serverExpires.slice(0, 10)}`],
      ['revocation list', `number ${list.number}, ends ${list.nextUpdate.slice(0, 10)}`],
    ]),
  ].join('\n');
}
