// npm run vpn -- revoke: withdraws certificates and ends their connections.
import { type Reason, reasons, type Selection } from '../../runtime/vpn/registry';
import { revokeCertificates } from '../../runtime/vpn/revoke';
import { UsageError } from '../command-line';
import { print } from '../command-output';
import { endpointOf, keyOf, placeOptions, placeUsage, storeOf } from './parts';
import { vpnCommand } from './vpn-command';

const usage = `npm run vpn -- revoke --authority PLACE --registry PLACE --endpoint ID (--person NAME | --serial SERIAL) --reason REASON

Revokes the certificates of a person, or one of them: in the registry, which the connection handler reads, on the revocation list of the
endpoint, and in running connections. The import of the list ends all connections of the endpoint; clients connect again by themselves.
The command can be repeated: another run completes one that failed.

  --person NAME        all certificates of a person
  --serial SERIAL      one certificate
  --reason REASON      lost (the device or the key), left (the person), superseded (by another certificate) or unused
${placeUsage}
  --json               print the result as JSON
  --help               print this text`;

const options = {
  ...placeOptions,
  person: { type: 'string' },
  serial: { type: 'string' },
  reason: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const revokeCommand = vpnCommand({ usage, options }, async ({ person, serial, reason, json, ...places }) => {
  const [selection, why] = [selectionOf(person, serial), reasonOf(reason)];
  const [store, key, endpoint] = [storeOf(places), keyOf(places), endpointOf(places)];
  const { certificates, published, ended } = await revokeCertificates(store, key, endpoint, selection, why, new Date());
  const rows = certificates.map(({ serial: one, person: of, revoked, expires }) => ({ person: of, serial: one, revoked, expires }));
  const text = [
    ...rows.map((row) => `${row.serial} of ${row.person}: ${row.revoked ? `revoked ${row.revoked.at}` : `expired ${row.expires}`}`),
    `revocation list number ${published.number} until ${published.nextUpdate.toISOString()}`,
    `connections ended: ${ended.length}`,
  ];
  print(json, { certificates: rows, list: published.number, ended }, text.join('\n'));
  return 0;
});

function selectionOf(person: string | undefined, serial: string | undefined): Selection {
  if ((person === undefined) === (serial === undefined)) {
    const got = person === undefined ? 'neither' : 'both';
    throw new UsageError(`--person, --serial: expected one of them, got ${got}; name a person or a certificate`);
  }
  return person === undefined ? { serial: serial ?? '' } : { person };
}

function reasonOf(reason: string | undefined): Reason {
  const names = Object.keys(reasons) as Reason[];
  const found = names.find((name) => name === reason);
  if (!found) throw new UsageError(`--reason: expected ${names.join(', ')}, got ${reason ?? 'none'}; state why`);
  return found;
}
