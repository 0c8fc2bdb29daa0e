// npm run vpn -- init: creates the authority's certificate, the registry and the server's certificate.
import { generateKeyPairSync } from 'node:crypto';
import { modulusBits } from '../../runtime/vpn/certificate-request';
import { authorityCertificate, checkAuthority, checkAuthorityKey, serverCertificate } from '../../runtime/vpn/certificates';
import { checkServerName } from '../../runtime/vpn/names';
import { publishList } from '../../runtime/vpn/publish';
import { emptyRegistry, type Registry } from '../../runtime/vpn/registry';
import type { RegistryStore } from '../../runtime/vpn/registry-store';
import { daysUntil } from '../../runtime/vpn/revocation-list';
import type { SigningKey } from '../../runtime/vpn/signing-key';
import { required } from '../command-files';
import { print } from '../command-output';
import { createLocalAuthority } from './local-folder';
import { findEndpoint, keyOf, localFolderOf, placeOptions, placeUsage, serverCertificatesOf, storeOf } from './parts';
import type { ServerCertificates } from './server-certificates';
import { vpnCommand } from './vpn-command';

const usage = `npm run vpn -- init --authority PLACE --deployment NAME [options]

Creates the certificate of the authority, the registry, and the certificate of the VPN server, whose private key goes to AWS Certificate
Manager only. A second run changes nothing, except for a server certificate that ends within 60 days: it is renewed in place. With
--endpoint, the revocation list is imported too.

  --deployment NAME    the deployment, as in production
  --server-name NAME   domain in the server's certificate (vpn.NAME.rempart.invalid); clients compare it
  --renew-server       renew the server's certificate in any case
  --renew-authority    renew the authority's certificate for the same key, and the server's; profiles are made again with it
${placeUsage}
  --json               print the result as JSON
  --help               print this text`;

const options = {
  ...placeOptions,
  deployment: { type: 'string' },
  'server-name': { type: 'string' },
  'renew-server': { type: 'boolean' },
  'renew-authority': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Days before its end from which the server's certificate is renewed. */
const renewServerBefore = 60;

export const initCommand = vpnCommand({ usage, options }, async ({ json, ...values }) => {
  const deployment = required('--deployment', values.deployment);
  const folder = localFolderOf(values);
  const [store, key] = [storeOf(values), keyOf(values)];
  if (folder !== undefined) createLocalAuthority(folder);
  const parts = { store, key, server: serverCertificatesOf(values, deployment) };
  const registry = await initialize(parts, {
    deployment,
    serverName: values['server-name'],
    renewServer: values['renew-server'] === true,
    renewAuthority: values['renew-authority'] === true,
    now: new Date(),
  });
  const endpoint = findEndpoint(values);
  const list = endpoint ? await publishList(store, key, endpoint) : undefined;
  const { server } = registry;
  const result = {
    registry: store.place,
    server: server?.place,
    serverName: server?.name,
    serverExpires: server?.expires,
    list: list?.number,
    setting: settingOf(server?.place),
  };
  const text = [
    `registry: ${store.place}`,
    `server:   ${server?.place} for ${server?.name} until ${server?.expires}`,
    ...(result.setting === undefined
      ? []
      : [`setting:  access.vpnCertificate: { home: ${result.setting} }, or recovery; then deploy again`]),
  ];
  print(json, result, text.join('\n'));
  return 0;
});

/** Value of `access.vpnCertificate`: the id of a certificate in ACM, the last part of its ARN. */
const settingOf = (place: string | undefined): string | undefined => /^arn:.*:certificate\/([0-9a-f-]{36})$/.exec(place ?? '')?.[1];

interface Parts {
  readonly store: RegistryStore;
  readonly key: SigningKey;
  readonly server: ServerCertificates;
}

interface Wanted {
  readonly deployment: string;
  readonly serverName: string | undefined;
  readonly renewServer: boolean;
  readonly renewAuthority: boolean;
  readonly now: Date;
}

/** Creates what is missing and renews what is due. Another `init` at the same time creates no second authority. */
export async function initialize(parts: Parts, wanted: Wanted): Promise<Registry> {
  const { store, key } = parts;
  const { deployment, now } = wanted;
  const found = await store.find();
  if (found === undefined) await store.create(emptyRegistry(await authorityCertificate(key, deployment, now), now));
  else if (wanted.renewAuthority) {
    await checkAuthorityKey({ certificate: found.authority, key });
    const authority = await authorityCertificate(key, deployment, now);
    await store.change((registry) => ({ ...registry, authority }));
  }
  const registry = await store.read();
  await checkAuthority({ certificate: registry.authority, key }, now);
  const { server } = registry;
  const isNamed = wanted.serverName === undefined || wanted.serverName === server?.name;
  const isLasting = server !== undefined && daysUntil(new Date(server.expires), now) >= renewServerBefore;
  return isNamed && isLasting && !wanted.renewServer && !wanted.renewAuthority ? registry : renewServer(parts, registry, wanted);
}

async function renewServer({ store, key, server }: Parts, registry: Registry, wanted: Wanted): Promise<Registry> {
  const name = checkServerName(wanted.serverName ?? registry.server?.name ?? `vpn.${wanted.deployment}.rempart.invalid`);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: modulusBits });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const issued = await serverCertificate({ certificate: registry.authority, key }, name, spki, wanted.now);
  const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const place = await server.import(issued.certificate, registry.authority, pkcs8, registry.server?.place);
  const { serial, certificate, expires } = issued;
  return store.change((now) => ({ ...now, server: { name, serial, expires: expires.toISOString(), certificate, place } }));
}
