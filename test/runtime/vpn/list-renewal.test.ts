// The weekly renewal of the revocation list: in time, without needless imports, and never back to an older registry.

import { renewalHandler, renewalLine, renewList } from '../../../runtime/vpn/list-renewal';
import { publishList } from '../../../runtime/vpn/publish';
import { emptyRegistry, withNextList } from '../../../runtime/vpn/registry';
import { readRevocationList, revocationList } from '../../../runtime/vpn/revocation-list';
import { day, inDays, MemoryKey, newVpn, now, type Vpn } from './parts';

const pause = jest.fn(async () => undefined);
beforeEach(() => pause.mockClear());

const renew = (vpn: Vpn, at = now, force = false) => renewList({ ...vpn, now: at, pause }, force);

test('an endpoint without a list gets that of the registry', async () => {
  const vpn = await newVpn();
  expect(await renew(vpn)).toMatchObject({ number: 1, imported: true, entries: 0, listDays: 30 - 300 / 86_400 });
  expect(readRevocationList(vpn.endpoint.list ?? '')?.number).toBe(1);
});

test('a list that is new enough is not imported again: an import ends all connections', async () => {
  const vpn = await newVpn();
  await renew(vpn);
  expect(await renew(vpn, inDays(5))).toMatchObject({ number: 1, imported: false });
  expect(vpn.endpoint.imports).toBe(1);
  expect(await renew(vpn, inDays(5), true)).toMatchObject({ number: 2, imported: true });
});

test('a weekly run keeps the list at least 22 days from its end for two years, with a run every seven days', async () => {
  const vpn = await newVpn();
  let least = Number.POSITIVE_INFINITY;
  for (let week = 0; week < 104; week++) {
    const left = vpn.endpoint.list
      ? (readRevocationList(vpn.endpoint.list)?.nextUpdate.getTime() ?? 0) - inDays(7 * week).getTime()
      : 30 * day;
    least = Math.min(least, left / day);
    expect((await renew(vpn, inDays(7 * week))).listDays).toBeGreaterThan(29);
  }
  expect(least).toBeGreaterThan(22);
});

test('an expired list is renewed, and so is one that the endpoint lost or that is damaged', async () => {
  const vpn = await newVpn();
  await renew(vpn);
  expect((await renew(vpn, inDays(400))).listDays).toBeGreaterThan(29);
  for (const list of [undefined, '', 'no list']) {
    vpn.endpoint.list = list;
    expect(await renew(vpn, inDays(401))).toMatchObject({ number: 2, imported: true });
  }
});

test('an endpoint that cannot return a list before the import gets one', async () => {
  const vpn = await newVpn();
  vpn.endpoint.before = (call) => {
    if (call === 'revocationList' && vpn.endpoint.imports === 0) throw new Error('no list');
  };
  expect(await renew(vpn)).toMatchObject({ number: 1, imported: true });
});

test('a registry older than the list of the endpoint is refused: it would admit revoked certificates', async () => {
  const vpn = await newVpn();
  const registry = await vpn.store.read();
  vpn.endpoint.list = await revocationList(withNextList(withNextList(registry, now), now), vpn.key);
  await expect(renew(vpn, inDays(20))).rejects.toThrow(
    's3://bucket/certificates.json: expected at least the list number 3, which cvpn-endpoint-1 has, got number 1; restore the newest version',
  );
  expect(vpn.endpoint.imports).toBe(0);
  expect((await vpn.store.read()).list.number).toBe(1);
});

test('the endpoint is read until it returns the list, and a list that never comes is an error', async () => {
  const vpn = await newVpn();
  let answers = 3;
  const list = jest.spyOn(vpn.endpoint, 'revocationList');
  list.mockImplementation(async () => (answers-- > 0 ? undefined : vpn.endpoint.list));
  expect(await renew(vpn)).toMatchObject({ number: 1 });
  expect(pause).toHaveBeenCalledTimes(2);
  list.mockImplementation(async () => undefined);
  await expect(renew(vpn)).rejects.toThrow('cvpn-endpoint-1: expected the revocation list number 1, got none; run the function again');
});

test('a key store that does not answer is an error, and the list stays', async () => {
  const vpn = await newVpn();
  await renew(vpn);
  const { list } = vpn.endpoint;
  const key = Object.assign(new MemoryKey(vpn.key.privateKey), { sign: () => Promise.reject(new Error('no answer')) });
  await expect(renew({ ...vpn, key }, inDays(10))).rejects.toThrow('no answer');
  expect(vpn.endpoint.list).toBe(list);
});

test('a registry that others change in each round is an error', async () => {
  const vpn = await newVpn();
  vpn.endpoint.before = async (call) => {
    if (call === 'importList') await vpn.store.change((registry) => withNextList(registry, now));
  };
  await expect(publishList(vpn.store, vpn.key, vpn.endpoint)).rejects.toThrow(
    'expected a revocation list that stays, got changes of others in 20 rounds',
  );
});

test('the handler renews on its schedule, at once if the event forces it, and writes the days as metrics', async () => {
  const vpn = await newVpn();
  const lines: string[] = [];
  const handler = renewalHandler({
    ...vpn,
    deployment: 'example',
    namespace: 'Rempart/Vpn',
    now: () => now,
    pause,
    write: (line) => lines.push(line),
  });
  await handler({ source: 'aws.scheduler' });
  await handler(undefined);
  await handler({ force: true });
  expect(vpn.endpoint.imports).toBe(2);
  expect(lines.every((line) => /^[^\n]+\n$/.test(line))).toBe(true);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { number: 1, imported: true },
    { imported: false },
    { number: 2, imported: true },
  ]);
  const [line] = lines.map((text) => JSON.parse(text));
  expect(line).toMatchObject({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Rempart/Vpn',
          Dimensions: [['Deployment']],
          Metrics: [
            { Name: 'RevocationListDays', Unit: 'None' },
            { Name: 'AuthorityDays', Unit: 'None' },
          ],
        },
      ],
    },
    Deployment: 'example',
    AuthorityDays: 3650,
  });
  expect(line.RevocationListDays).toBeCloseTo(30, 1);
});

test('a failed run writes no metric', async () => {
  const vpn = await newVpn();
  const lines: string[] = [];
  vpn.endpoint.before = (call) => {
    if (call === 'importList') throw new Error('down');
  };
  const handler = renewalHandler({
    ...vpn,
    deployment: 'example',
    namespace: 'x',
    now: () => now,
    pause,
    write: (line) => lines.push(line),
  });
  await expect(handler({})).rejects.toThrow('down');
  expect(lines).toEqual([]);
});

test("the days of the server's certificate are a metric, once there is one", async () => {
  const vpn = await newVpn();
  const server = { name: 'vpn.example.com', serial: '4'.repeat(32), expires: inDays(12).toISOString(), place: 'arn' };
  await vpn.store.change((registry) => ({
    ...registry,
    server: { ...server, certificate: emptyRegistry(registry.authority, now).authority },
  }));
  const renewal = await renew(vpn);
  expect(JSON.parse(renewalLine(renewal, { deployment: 'example', namespace: 'x', at: now }))).toMatchObject({ ServerCertificateDays: 12 });
});
