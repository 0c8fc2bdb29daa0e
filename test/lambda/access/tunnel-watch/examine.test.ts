// Connections against the promise: every difference is one finding, a failed call is none, and keys have an age.
import fc from 'fast-check';
import { readAlgorithms } from '../../../../lambda/access/tunnel-watch/algorithms';
import { type Connection, type ConnectionSource, examine, type Tunnel } from '../../../../lambda/access/tunnel-watch/examine';
import { longestTunnelKeyDays } from '../../../../lib/access/tunnel-options';
import { tunnelsOfVpn } from '../../../../lib/tom/figures';
import { outsideSecrets } from '../../../../lib/tom/world/secrets';

const now = new Date('2026-12-01T12:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const algorithms = readAlgorithms('ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21');
const examined = { algorithms, keyDays: longestTunnelKeyDays, deployment: 'production', connection: 'vpn-01', now };
const secret = 'arn:aws:secretsmanager:eu-west-3:111111111111:secret:s2svpn!vpn-01-AbCdEf';

const both = <Value>(list: Value) => ({ 1: list, 2: list });
const good = (address: string): Tunnel => ({
  address,
  ikeVersions: ['ikev2'],
  encryption: both(['AES256-GCM-16']),
  integrity: both(['SHA2-384', 'SHA2-512']),
  groups: both(['19', '20', '21']),
  log: 'arn:aws:logs:eu-west-3:111111111111:log-group:/rempart/production/tunnels',
});
const connection: Connection = { secret, tunnels: [good('192.0.2.1'), good('192.0.2.2')] };

/** A stand-in with typed answers of EC2 and Secrets Manager. */
const source = (found: Connection | undefined, changed: Date | undefined = daysAgo(1)): ConnectionSource => ({
  read: async () => found,
  keysChanged: async (arn) => {
    expect(arn).toBe(secret);
    return changed;
  },
});

const idsOf = async (found: Connection | undefined, changed?: Date): Promise<readonly string[]> =>
  (await examine(source(found, changed), examined)).findings.map(({ id }) => id);

const withTunnel = (more: Partial<Tunnel>): Connection => ({ secret, tunnels: [good('192.0.2.1'), { ...good('192.0.2.2'), ...more }] });

test('a connection as the template has it has no finding, and the figures are those of the clauses', async () => {
  expect(await examine(source(connection), examined)).toEqual({ looked: { connections: 1, tunnels: 2 }, findings: [], unseen: [] });
  expect(connection.tunnels).toHaveLength(tunnelsOfVpn);
  expect(outsideSecrets.find(({ probe }) => probe === 'tunnel-watch')?.longestAgeDays).toBe(longestTunnelKeyDays);
});

test('a connection that does not exist is a finding', async () => {
  expect(await idsOf(undefined)).toEqual(['connection']);
});

test.each<[string, Connection, readonly string[]]>([
  ['one tunnel', { secret, tunnels: [good('192.0.2.1')] }, ['tunnels']],
  ['no tunnel', { secret, tunnels: [] }, ['tunnels']],
  ['IKEv1 besides', withTunnel({ ikeVersions: ['ikev1', 'ikev2'] }), ['192.0.2.2::IKE versions']],
  ['no list of IKE versions', withTunnel({ ikeVersions: [] }), ['192.0.2.2::IKE versions']],
  ['CBC in phase 1', withTunnel({ encryption: { 1: ['AES256'], 2: ['AES256-GCM-16'] } }), ['192.0.2.2::phase 1 encryption']],
  ['SHA-1 in phase 2', withTunnel({ integrity: { 1: ['SHA2-512'], 2: ['SHA1', 'SHA2-512'] } }), ['192.0.2.2::phase 2 integrity']],
  ['group 2 in phase 1', withTunnel({ groups: { 1: ['2', '20'], 2: ['20'] } }), ['192.0.2.2::phase 1 groups']],
  ['no log', withTunnel({ log: undefined }), ['192.0.2.2::log']],
  ['the log of another deployment', withTunnel({ log: 'arn:aws:logs:eu-west-3:1:log-group:/rempart/staging/tunnels' }), ['192.0.2.2::log']],
  ['keys in the service', { ...connection, secret: undefined }, ['storage']],
  ['keys in another secret', { ...connection, secret: 'arn:aws:secretsmanager:eu-west-3:1:secret:ours' }, ['storage']],
])('%s is a finding', async (_, found, ids) => {
  expect(await idsOf(found)).toEqual(ids);
});

test('fewer algorithms than the template has are no finding', async () => {
  expect(await idsOf(withTunnel({ groups: both(['21']), integrity: both(['SHA2-512']) }))).toEqual([]);
});

test.each([
  [329, []],
  [330, ['age']],
  [400, ['age']],
])('keys of %i days have the findings %j', async (days, ids) => {
  expect(await idsOf(connection, daysAgo(days))).toEqual(ids);
});

test('a secret without a present version is a finding', async () => {
  const empty: ConnectionSource = { read: async () => connection, keysChanged: async () => undefined };
  expect((await examine(empty, examined)).findings.map(({ id }) => id)).toEqual(['keys']);
});

test.each<[string, ConnectionSource]>([
  ['EC2', { read: () => Promise.reject(new Error('RequestLimitExceeded')), keysChanged: async () => now }],
  ['Secrets Manager', { read: async () => connection, keysChanged: () => Promise.reject(new Error('AccessDenied')) }],
])('a call that %s refuses makes the run incomplete, and is no finding', async (_, refusing) => {
  const { findings, unseen } = await examine(refusing, examined);
  expect([findings, unseen.length]).toEqual([[], 1]);
});

test('any tunnel with an algorithm outside the lists is a finding, and none within them is', async () => {
  const values = { ikeVersions: ['ikev1'], encryption: ['AES128', 'AES256'], integrity: ['SHA1', 'SHA2-256'], groups: ['2', '14', '24'] };
  const lists = ['ikeVersions', 'encryption', 'integrity', 'groups'] as const;
  const listOf = (list: (typeof lists)[number]) =>
    fc.subarray([...algorithms[list], ...values[list]], { minLength: 1 }).map((chosen) => ({
      chosen,
      isStrong: chosen.every((value) => algorithms[list].includes(value)),
    }));
  await fc.assert(
    fc.asyncProperty(fc.tuple(...lists.map(listOf)), async ([ike, encryption, integrity, groups]) => {
      const found = withTunnel({
        ikeVersions: ike?.chosen ?? [],
        ...{ encryption: both(encryption?.chosen ?? []), integrity: both(integrity?.chosen ?? []), groups: both(groups?.chosen ?? []) },
      });
      const weak = [ike, encryption, encryption, integrity, integrity, groups, groups].filter((list) => list?.isStrong === false).length;
      expect(await idsOf(found)).toHaveLength(weak);
    }),
    { seed: 1318, numRuns: 300 },
  );
});
