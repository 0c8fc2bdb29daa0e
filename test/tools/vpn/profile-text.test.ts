// The text of a profile: the directives of AWS's client only, in the form of an exported configuration.
import { profileText, withPrivateKey } from '../../../tools/vpn/profile-text';

/** "OpenVPN directives" of "Connect to an AWS Client VPN endpoint using an AWS provided client". */
const supported = [
  ...['auth-federate', 'auth-nocache', 'auth-retry', 'auth-user-pass', 'block-outside-dns', 'ca', 'cert', 'cipher', 'client'],
  ...['connect-retry', 'connect-retry-max', 'cryptoapicert', 'dev', 'dev-type', 'dhcp-option', 'ifconfig-ipv6', 'inactive', 'keepalive'],
  ...['key', 'mssfix', 'nobind', 'persist-key', 'persist-tun', 'ping', 'ping-exit', 'ping-restart', 'proto', 'pull', 'pull-filter'],
  ...['rcvbuf', 'remote', 'remote-cert-tls', 'remote-random-hostname', 'reneg-sec', 'resolv-retry', 'route', 'route-ipv6'],
  ...['server-poll-timeout', 'static-challenge', 'tap-sleep', 'tun-mtu', 'tun-mtu-extra', 'verb', 'verify-x509-name'],
];

const facts = {
  host: 'cvpn-endpoint-1.prod.clientvpn.eu-west-3.amazonaws.com',
  port: 443,
  protocol: 'udp',
  hasRandomHosts: true,
  isFederated: false,
  serverName: 'vpn.example.com',
  authority: '-----BEGIN CERTIFICATE-----\nroot\n-----END CERTIFICATE-----\n',
  certificate: '-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n',
} as const;

const directives = (profile: string): readonly string[] =>
  profile
    .replace(/<(\w+)>[\s\S]*?<\/\1>/g, '$1')
    .trim()
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '');

test('every directive is one that the client of AWS supports', () => {
  const all = directives(withPrivateKey(profileText(facts), 'key'));
  expect(all.filter((directive) => !supported.includes(directive))).toEqual([]);
  expect(all).toEqual(expect.arrayContaining(['remote-random-hostname', 'verify-x509-name', 'remote-cert-tls', 'ca', 'cert', 'key']));
});

test('the server is the one of the facts, by its name', () => {
  const lines = profileText({ ...facts, protocol: 'tcp', port: 1194 }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([`remote ${facts.host} 1194`, 'proto tcp', 'verify-x509-name vpn.example.com name', 'cipher AES-256-GCM']),
  );
  expect(directives(profileText({ ...facts, hasRandomHosts: false }))).not.toContain('remote-random-hostname');
});

test('with a resolver, OpenVPN resolves the names of the endpoints through the VPN, and no others', () => {
  const lines = profileText({
    ...facts,
    names: { resolver: '10.64.0.2', domains: ['sts.eu-west-3.amazonaws.com', 'ssm.eu-west-3.amazonaws.com'] },
  });
  expect(lines).toContain(
    '\ndns server 0 address 10.64.0.2\ndns server 0 resolve-domains sts.eu-west-3.amazonaws.com ssm.eu-west-3.amazonaws.com\n',
  );
  expect(directives(profileText(facts))).not.toContain('dns');
});

test('with federated sign-in, the client of AWS opens the sign-in', () => {
  const all = directives(profileText({ ...facts, isFederated: true }));
  expect(all).toEqual(expect.arrayContaining(['auth-federate', 'auth-nocache', 'auth-retry', 'cert']));
  expect(all.filter((directive) => !supported.includes(directive))).toEqual([]);
  expect(directives(profileText(facts)).filter((directive) => directive.startsWith('auth'))).toEqual([]);
});

test('a private key replaces one that is there', () => {
  const once = withPrivateKey(profileText(facts), 'first\n');
  expect(withPrivateKey(once, 'second')).toBe(once.replace('first', 'second'));
  expect(once.endsWith('<key>\nfirst\n</key>\n')).toBe(true);
});
