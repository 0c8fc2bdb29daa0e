// The connection handler: it admits registered, valid certificates from listed addresses, and refuses on any error.
import fc from 'fast-check';
import { addressList, type ConnectionParts, connectionHandler, decide } from '../../../runtime/vpn/connection';
import type { Entry, Registry } from '../../../runtime/vpn/registry';
import { emptyRegistry } from '../../../runtime/vpn/registry';
import { inDays, now } from './parts';

const entry = (person: string, changed: object = {}): Entry => ({
  person,
  serial: '4'.repeat(32),
  commonName: `${person}-4444444444444444`,
  issued: now.toISOString(),
  expires: inDays(90).toISOString(),
  keyDigest: person,
  certificate: '',
  ...changed,
});

const registry: Registry = {
  ...emptyRegistry('', now),
  certificates: [
    entry('alice'),
    entry('bob', { revoked: { at: now.toISOString(), reason: 'left' } }),
    entry('carol', { expires: now.toISOString() }),
    entry('dave', { expires: new Date(now.getTime() + 1000).toISOString() }),
  ],
};

/** A request as AWS documents it. */
const request = (person: string, changed: object = {}) => ({
  'connection-id': 'cvpn-connection-04edd76f5201e0cb8',
  'endpoint-id': 'cvpn-endpoint-0f13eab7f860433cc',
  'common-name': `${person}-4444444444444444`,
  username: '',
  platform: 'mac',
  'platform-version': '',
  'public-ip': '203.0.113.7',
  'client-openvpn-version': '2.6.14',
  'aws-client-version': '',
  groups: '',
  'schema-version': 'v3',
  ...changed,
});

let lines: string[];
beforeEach(() => {
  lines = [];
});

const parts = (changed: Partial<ConnectionParts> = {}): ConnectionParts => ({
  addresses: 'any',
  isFederated: false,
  registry: async () => registry,
  now: () => now,
  write: (line) => lines.push(line),
  metrics: { deployment: 'production', namespace: 'Rempart/Probes' },
  ...changed,
});
const logged = () => lines.map((line) => JSON.parse(line));

test('a registered certificate that is valid is admitted, and the log has who connected', async () => {
  expect(await connectionHandler(parts())(request('alice'))).toEqual({
    allow: true,
    'error-msg-on-denied-connection': '',
    'posture-compliance-statuses': [],
    'schema-version': 'v3',
  });
  const Metrics = ['VpnConnections', 'VpnConnectionsRefused', 'VpnConnectionsUnchecked'].map((Name) => ({ Name, Unit: 'Count' }));
  expect(logged()).toEqual([
    {
      _aws: {
        Timestamp: now.getTime(),
        CloudWatchMetrics: [{ Namespace: 'Rempart/Probes', Dimensions: [['Deployment']], Metrics }],
      },
      Deployment: 'production',
      ...{ VpnConnections: 1, VpnConnectionsRefused: 0, VpnConnectionsUnchecked: 0 },
      event: 'vpn-connection',
      at: now.toISOString(),
      allowed: true,
      reason: 'admitted',
      person: 'alice',
      serial: '4'.repeat(32),
      'connection-id': 'cvpn-connection-04edd76f5201e0cb8',
      'endpoint-id': 'cvpn-endpoint-0f13eab7f860433cc',
      'common-name': 'alice-4444444444444444',
      username: '',
      'public-ip': '203.0.113.7',
      platform: 'mac',
      'platform-version': '',
      'client-openvpn-version': '2.6.14',
      'aws-client-version': '',
      'schema-version': 'v3',
    },
  ]);
});

test.each([
  ['bob', 'revoked', 'The certificate is revoked. Contact the administrator.'],
  ['carol', 'expired', 'The certificate is expired. Contact the administrator.'],
  ['mallory', 'unlisted', 'The certificate is not registered. Contact the administrator.'],
  ['', 'unlisted', 'The certificate is not registered. Contact the administrator.'],
  ['ALICE', 'unlisted', 'The certificate is not registered. Contact the administrator.'],
])('a certificate of %j is refused as %s', async (person, reason, message) => {
  expect(await connectionHandler(parts())(request(person))).toMatchObject({ allow: false, 'error-msg-on-denied-connection': message });
  const counts = { VpnConnections: 0, VpnConnectionsRefused: 1, VpnConnectionsUnchecked: 0 };
  expect(logged()).toMatchObject([{ allowed: false, reason, ...counts }]);
});

test.each([
  ['alice', true],
  ['Alice', true],
  ['alice@example.com', false],
  ['dave', false],
  ['', false],
  [undefined, false],
])('with federated sign-in, the certificate of alice and the user %j: %s', async (username, allow) => {
  const answer = await connectionHandler(parts({ isFederated: true }))(request('alice', { username }));
  const message = allow ? '' : 'The sign-in is not that of the person of the certificate. Contact the administrator.';
  expect(answer).toMatchObject({ allow, 'error-msg-on-denied-connection': message });
  expect(logged()).toMatchObject([{ allowed: allow, reason: allow ? 'admitted' : 'sign-in', VpnConnectionsUnchecked: 0 }]);
});

test('with federated sign-in, a certificate that is revoked stays refused, and the log has the user', async () => {
  const answer = await connectionHandler(parts({ isFederated: true }))(request('bob', { username: 'bob' }));
  expect(answer.allow).toBe(false);
  expect(logged()).toMatchObject([{ reason: 'revoked', username: 'bob' }]);
});

test('a certificate is admitted until its last second', () => {
  const at = (milliseconds: number) =>
    decide(request('dave'), registry, { addresses: 'any', isFederated: false }, new Date(now.getTime() + milliseconds)).allowed;
  expect([at(0), at(999), at(1000)]).toEqual([true, true, false]);
});

test.each([
  ['203.0.113.7', true],
  ['203.0.113.0', true],
  ['203.0.114.1', false],
  ['2001:db8::7', true],
  ['2001:db9::7', false],
  ['::ffff:203.0.113.7', true],
  ['203.0.113.7, 198.51.100.1', false],
  ['203.0.113', false],
  ['0313.0.113.7', false],
])('from the address %s, with a list: %s', async (address, allow) => {
  const listed = connectionHandler(parts({ addresses: ['203.0.113.0/24', '2001:db8::/32'] }));
  expect((await listed(request('alice', { 'public-ip': address }))).allow).toBe(allow);
  if (!allow) expect(logged()).toMatchObject([{ reason: 'address', person: 'alice', 'public-ip': address }]);
});

test.each([[['203.0.113.0']], [['203.0.113.0/33']], [['example.com/8']], [['']], [[]]])(
  'the list %j is an error before any event',
  (addresses) => {
    expect(() => connectionHandler(parts({ addresses }))).toThrow(/^addresses: expected ranges/);
    expect(() => addressList(addresses)).toThrow('addresses: expected ranges');
  },
);

test.each([
  ['no event', undefined],
  ['a text', 'alice'],
  ['no common name', request('alice', { 'common-name': undefined })],
  ['a list for a name', request('alice', { 'common-name': ['alice-4444444444444444'] })],
  ['no address', request('alice', { 'public-ip': '' })],
  ['no endpoint', request('alice', { 'endpoint-id': '' })],
  ['a later schema', request('alice', { 'schema-version': 'v4' })],
  ['an earlier schema', request('alice', { 'schema-version': 'v1' })],
])('%s is refused', async (_, event) => {
  expect(await connectionHandler(parts())(event)).toMatchObject({ allow: false, 'schema-version': 'v3' });
  expect(logged()).toMatchObject([{ allowed: false, reason: 'malformed', VpnConnectionsRefused: 1, VpnConnectionsUnchecked: 1 }]);
});

test('a registry that cannot be read refuses, and the log has the reason', async () => {
  const broken = connectionHandler(parts({ registry: async () => Promise.reject(new Error('access denied')) }));
  expect(await broken(request('alice'))).toMatchObject({
    allow: false,
    'error-msg-on-denied-connection': expect.stringContaining('Try again'),
  });
  expect(logged()).toMatchObject([
    { event: 'vpn-connection-error', error: 'access denied' },
    { allowed: false, reason: 'error' },
  ]);
});

test('a log or a clock that fails refuses', async () => {
  const fails = () => {
    throw new Error('full');
  };
  expect((await connectionHandler(parts({ write: fails }))(request('alice'))).allow).toBe(false);
  expect((await connectionHandler(parts({ now: fails }))(request('alice'))).allow).toBe(false);
});

test('any event is answered with a valid response and short lines, and admitted only with a valid certificate', async () => {
  const field = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.anything());
  const names = ['connection-id', 'endpoint-id', 'common-name', 'public-ip', 'platform', 'schema-version'] as const;
  const event = fc.oneof(
    fc.anything(),
    fc.dictionary(fc.constantFrom(...names), field).map((changed) => request('alice', changed)),
    fc.constantFrom('alice', 'bob', 'carol', 'dave', 'eve').map((person) => request(person)),
  );
  let admitted = 0;
  const handle = connectionHandler(parts());
  await fc.assert(
    fc.asyncProperty(event, async (any) => {
      lines = [];
      const response = await handle(any);
      if (response.allow) admitted++;
      const name = (any as Record<string, unknown> | null | undefined)?.['common-name'];
      expect(response.allow && !['alice-4444444444444444', 'dave-4444444444444444'].includes(String(name))).toBe(false);
      expect(Object.keys(response)).toEqual(['allow', 'error-msg-on-denied-connection', 'posture-compliance-statuses', 'schema-version']);
      expect(response['error-msg-on-denied-connection'].length).toBeLessThanOrEqual(255);
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toContain('\n');
      expect((lines[0] as string).length).toBeLessThan(20_000);
      expect(JSON.parse(lines[0] as string).allowed).toBe(response.allow);
    }),
    { seed: 23, numRuns: 1000 },
  );
  expect(admitted).toBeGreaterThan(50);
});
