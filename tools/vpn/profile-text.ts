// The text of a VPN profile.

export interface ProfileFacts {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
  /** Whether the host name needs a random first label, as that of a Client VPN endpoint. */
  readonly hasRandomHosts: boolean;
  /** Whether the endpoint requires a sign-in beside the certificate. */
  readonly isFederated: boolean;
  /** Name in the server's certificate. */
  readonly serverName: string;
  /** Names that the VPN resolves, and its resolver. @default - the client resolves every name by itself */
  readonly names?: { readonly resolver: string; readonly domains: readonly string[] };
  /** Certificate of the authority, in PEM. */
  readonly authority: string;
  /** Personal certificate, in PEM. */
  readonly certificate: string;
}

/**
 * A profile without private key. Every directive is one that the client of AWS supports, and as the exported
 * configuration of an endpoint has it ("Connect to an AWS Client VPN endpoint using an AWS provided client", "OpenVPN
 * directives"), except those of `names`: OpenVPN 2.6 and later resolve single domains through the VPN, and all others
 * as before. `auth-federate` opens the sign-in in a browser, which only the AWS provided client does. The name of the
 * server is compared, so that no person's certificate can stand in for the server.
 */
export const profileText = (facts: ProfileFacts): string =>
  [
    'client',
    'dev tun',
    `proto ${facts.protocol}`,
    `remote ${facts.host} ${facts.port}`,
    ...(facts.hasRandomHosts ? ['remote-random-hostname'] : []),
    'resolv-retry infinite',
    'nobind',
    'remote-cert-tls server',
    `verify-x509-name ${facts.serverName} name`,
    'cipher AES-256-GCM',
    'reneg-sec 0',
    'verb 3',
    ...(facts.isFederated ? ['auth-federate', 'auth-nocache', 'auth-retry interact'] : []),
    ...namesOf(facts),
    block('ca', facts.authority),
    block('cert', facts.certificate),
    '',
  ].join('\n');

function namesOf({ names }: ProfileFacts): readonly string[] {
  if (names === undefined) return [];
  return [`dns server 0 address ${names.resolver}`, `dns server 0 resolve-domains ${names.domains.join(' ')}`];
}

/** The profile with a private key, in place of one that it has. */
export const withPrivateKey = (profile: string, privateKey: string): string =>
  `${profile.replace(/<key>[\s\S]*?<\/key>\n?/g, '').trimEnd()}\n${block('key', privateKey)}\n`;

const block = (name: string, pem: string): string => `<${name}>\n${pem.trimEnd()}\n</${name}>`;
