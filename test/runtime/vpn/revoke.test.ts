// Issues and revocations over a registry and an endpoint: failures leave no half, and writers at once lose nothing.
import fc from 'fast-check';
import { issueCertificate } from '../../../runtime/vpn/issue';
import { renewList } from '../../../runtime/vpn/list-renewal';
import { publishList } from '../../../runtime/vpn/publish';
import type { Entry } from '../../../runtime/vpn/registry';
import { statusOf } from '../../../runtime/vpn/registry';
import { readRevocationList } from '../../../runtime/vpn/revocation-list';
import { revokeCertificates } from '../../../runtime/vpn/revoke';
import { certificateTimeLimit, repetitionTimeLimit } from '../../time-limits';
import { inDays, MemoryKey, newVpn, now, requestOf, rsaKey, type Vpn } from './parts';

jest.setTimeout(certificateTimeLimit);

const owners = Array.from({ length: 6 }, () => rsaKey());
const people = owners.map((_, index) => `person${index}`);
const options = { days: 90, additional: false, now };
const issue = (vpn: Vpn, index: number, changed: object = {}): Promise<Entry> =>
  issueCertificate(vpn.store, vpn.key, requestOf(people[index] ?? '', owners[index] ?? rsaKey()), { ...options, ...changed });
const revoke = (vpn: Vpn, person: string) => revokeCertificates(vpn.store, vpn.key, vpn.endpoint, { person }, 'left', now);
const listed = (vpn: Vpn): readonly string[] => readRevocationList(vpn.endpoint.list ?? '')?.serials ?? [];

const silent = Object.assign(new MemoryKey(owners[0]), {
  sign: async () => {
    throw new Error('no answer');
  },
});

test('an issued certificate is in the registry', async () => {
  const vpn = await newVpn();
  const entry = await issue(vpn, 0);
  expect((await vpn.store.read()).certificates).toEqual([entry]);
  expect(entry).toMatchObject({ person: 'person0', expires: inDays(90).toISOString() });
});

test.each([0, 366, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a validity of %d days is refused before anything is signed',
  async (days) => {
    const vpn = await newVpn();
    const { signatures } = vpn.key;
    await expect(issue(vpn, 0, { days })).rejects.toThrow(
      `days: expected a whole number from 1 to 365, got ${days}; choose another number`,
    );
    expect(vpn.key.signatures).toBe(signatures);
  },
);

test('a key store that does not answer issues nothing', async () => {
  const vpn = await newVpn();
  const before = await vpn.store.read();
  const key = Object.assign(new MemoryKey(vpn.key.privateKey), { sign: silent.sign });
  await expect(issue({ ...vpn, key }, 0)).rejects.toThrow('no answer');
  expect(await vpn.store.read()).toEqual(before);
});

test('of two issues for one person at once, one is refused', async () => {
  const vpn = await newVpn();
  const other = rsaKey();
  const results = await Promise.allSettled([
    issue(vpn, 0),
    issueCertificate(vpn.store, vpn.key, requestOf('person0', other), options),
    issueCertificate(vpn.store, vpn.key, requestOf('person0', owners[0] ?? other), options),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect((await vpn.store.read()).certificates).toHaveLength(1);
});

test('an authority that is replaced while a certificate is signed registers none of the old one', async () => {
  const vpn = await newVpn();
  const [stored] = [...vpn.objects.objects.values()];
  vpn.objects.beforeWrite = () => {
    vpn.objects.beforeWrite = () => undefined;
    const registry = JSON.parse(stored?.text ?? '');
    registry.authority = `${registry.authority}\n`;
    vpn.objects.objects.set('certificates.json', { text: JSON.stringify(registry), version: '"other"' });
  };
  await expect(issue(vpn, 0)).rejects.toThrow('authority: expected the one that signed, got another one');
  expect((await vpn.store.read()).certificates).toEqual([]);
});

test('a revocation reaches the registry, the list and running connections of that person', async () => {
  const vpn = await newVpn();
  const [lost, second, other] = [await issue(vpn, 0), await issue(vpn, 1), await issue(vpn, 2)];
  vpn.endpoint.running = [lost, second, other, lost].map(({ commonName }, index) => ({ id: String(index), commonName }));
  const result = await revoke(vpn, 'person0');
  expect(result).toMatchObject({
    certificates: [{ revoked: { reason: 'left' } }],
    published: { number: 2 },
    ended: [lost.commonName, lost.commonName],
  });
  expect(vpn.endpoint.terminated).toEqual([lost.commonName, lost.commonName]);
  expect(listed(vpn)).toEqual([lost.serial]);
});

test('a second revocation changes nothing, and publishes and ends again', async () => {
  const vpn = await newVpn();
  const entry = await issue(vpn, 0);
  await revoke(vpn, 'person0');
  const before = await vpn.store.read();
  vpn.endpoint.list = undefined;
  vpn.endpoint.running = [{ id: '1', commonName: entry.commonName }];
  await revoke(vpn, 'person0');
  expect(await vpn.store.read()).toEqual(before);
  expect(listed(vpn)).toEqual([entry.serial]);
  expect(vpn.endpoint.terminated).toEqual([entry.commonName]);
});

test('a person without a certificate is refused before any change', async () => {
  const vpn = await newVpn();
  await expect(revoke(vpn, 'person5')).rejects.toThrow('person: expected a person with a certificate, got "person5"');
  expect(vpn.endpoint).toMatchObject({ imports: 0, list: undefined });
});

test.each([
  ['the key', 'no answer', { key: true }],
  ['the import', 'import down', { call: 'importList' }],
  ['the list of connections', 'connections down', { call: 'connections' }],
  ['one end of a connection', 'terminate down', { call: 'terminate' }],
])(
  'if %s fails, the certificate is revoked, the rest is done, and another run completes it',
  async (_, message, { key, call }: { key?: boolean; call?: string }) => {
    const vpn = await newVpn();
    const entry = await issue(vpn, 0);
    vpn.endpoint.running = [{ id: '1', commonName: entry.commonName }];
    vpn.endpoint.before = (name) => {
      if (name === call) throw new Error(message);
    };
    const broken = key ? { ...vpn, key: Object.assign(new MemoryKey(vpn.key.privateKey), { sign: silent.sign }) } : vpn;
    await expect(revoke(broken, 'person0')).rejects.toThrow(
      `revoked in the registry: ${entry.serial}; run the command again to complete what failed:\n${message}`,
    );
    const registered = (await vpn.store.read()).certificates[0] as Entry;
    expect(statusOf(registered, now)).toBe('revoked');
    expect(listed(vpn)).toEqual(key || call === 'importList' ? [] : [entry.serial]);
    expect(vpn.endpoint.terminated).toEqual(call === 'connections' || call === 'terminate' ? [] : [entry.commonName]);
    vpn.endpoint.before = () => undefined;
    await revoke(vpn, 'person0');
    expect(listed(vpn)).toEqual([entry.serial]);
  },
);

/** An endpoint, a registry and a key whose answers come in the order of a scheduler. */
function scheduled(vpn: Vpn, scheduler: fc.Scheduler): void {
  const { read, write } = vpn.objects;
  vpn.objects.read = scheduler.scheduleFunction(read.bind(vpn.objects));
  vpn.objects.write = scheduler.scheduleFunction(write.bind(vpn.objects));
  vpn.endpoint.before = () => scheduler.schedule(Promise.resolve());
}

test(
  'revocations, issues and renewals at once, in any order of their steps, lose no revocation and no certificate',
  async () => {
    const fresh = await newVpn();
    for (const index of [0, 1, 2, 3]) await issue(fresh, index);
    const [stored] = [...fresh.objects.objects.values()];
    let writers = 0;
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.subarray([0, 1, 2, 3], { minLength: 2 }),
      fc.boolean(),
      async (scheduler, left, renews) => {
        const vpn = { ...(await newVpn(fresh.key)) };
        vpn.objects.objects.set('certificates.json', { text: stored?.text ?? '', version: '"1"' });
        await publishList(vpn.store, vpn.key, vpn.endpoint);
        scheduled(vpn, scheduler);
        const works: Promise<unknown>[] = left.map((index) => revoke(vpn, people[index] ?? ''));
        works.push(issue(vpn, 4));
        if (renews) works.push(renewList({ ...vpn, now: inDays(10), pause: async () => undefined }, false));
        writers += works.length;
        await scheduler.waitFor(Promise.all(works));
        vpn.endpoint.before = () => undefined;
        const registry = JSON.parse([...vpn.objects.objects.values()][0]?.text ?? '');
        const revoked = registry.certificates.filter((entry: Entry) => entry.revoked);
        expect(revoked.map(({ person }: Entry) => person)).toEqual(left.map((index) => people[index]));
        expect(registry.certificates).toHaveLength(5);
        expect([...listed(vpn)].sort()).toEqual(revoked.map(({ serial }: Entry) => serial).sort());
        expect(readRevocationList(vpn.endpoint.list ?? '')?.number).toBe(registry.list.number);
      },
    );
    await fc.assert(property, { seed: 17, numRuns: 60 });
    process.stdout.write(`revocations at once: seed 17, ${writers} writers in 60 orders of their steps\n`);
  },
  repetitionTimeLimit,
);
