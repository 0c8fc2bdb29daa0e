// The revocation list, as OpenSSL reads it, and random sequences of issues, renewals, revocations and days against a
// model.
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate, X509Crl } from '@peculiar/x509';
import fc from 'fast-check';
import { Refusal } from '../../../runtime/vpn/refusal';
import {
  listedEntries,
  type Registry,
  reasons,
  statusOf,
  withCertificate,
  withNextList,
  withRevocation,
} from '../../../runtime/vpn/registry';
import { readRevocationList, revocationList } from '../../../runtime/vpn/revocation-list';
import { repetitionTimeLimit } from '../../time-limits';
import { inDays, newVpn, now, registration, rsaKey, type Vpn } from './parts';

const owners = Array.from({ length: 8 }, () => rsaKey());
let vpn: Vpn;
let fresh: Registry;
let folder = '';

beforeAll(async () => {
  vpn = await newVpn();
  fresh = await vpn.store.read();
  folder = mkdtempSync(join(tmpdir(), 'rempart-vpn-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function revokedPeople(...why: readonly (keyof typeof reasons)[]): Promise<Registry> {
  let registry = fresh;
  for (const [index, reason] of why.entries()) {
    const person = `person${index}`;
    registry = withCertificate(registry, await registration(fresh, vpn.key, person, owners[index] ?? rsaKey()), now);
    registry = withRevocation(registry, { person }, reason, now);
  }
  return registry;
}

test('OpenSSL verifies the list, and reads its number, times, issuer and reasons', async () => {
  const registry = await revokedPeople('lost', 'left', 'superseded', 'unused');
  const [list, authority] = [join(folder, 'list.pem'), join(folder, 'authority.crt')];
  writeFileSync(list, await revocationList(registry, vpn.key));
  writeFileSync(authority, registry.authority);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', ['crl', '-in', list, ...args], { encoding: 'utf8', stdio: 'pipe' });
  const text = openssl('-noout', '-text', '-CAfile', authority);
  expect(text).toMatch(/Version 2 \(0x1\)[\s\S]*Issuer: CN ?= ?example VPN authority/);
  expect(text).toMatch(/Authority Key Identifier: \n\s+[0-9A-F:]{59}\n\s+X509v3 CRL Number: \n\s+5\n/);
  expect([...text.matchAll(/CRL Reason Code: \n\s+(.+)/g)].map(([, reason]) => reason)).toEqual([
    'Key Compromise',
    'Affiliation Changed',
    'Superseded',
    'Cessation Of Operation',
  ]);
  expect(openssl('-noout', '-lastupdate', '-nextupdate').split('\n').length).toBe(3);
});

test('a list without entries is valid too', async () => {
  const list = await revocationList(fresh, vpn.key);
  expect(readRevocationList(list)).toEqual({ number: 1, nextUpdate: new Date(fresh.list.nextUpdate), serials: [] });
  expect(await new X509Crl(Buffer.from(list)).verify({ publicKey: new X509Certificate(fresh.authority) })).toBe(true);
});

test('the same registry has the same list, and any number is read back', async () => {
  const registry = await revokedPeople('lost');
  expect(await revocationList(registry, vpn.key)).toBe(await revocationList(registry, vpn.key));
  for (const number of [1, 127, 128, 255, 256, 65_535, 2 ** 31, 2 ** 40]) {
    const list = await revocationList({ ...registry, list: { ...registry.list, number } }, vpn.key);
    expect(readRevocationList(list)?.number).toBe(number);
  }
});

test('a text that is no list is undefined', () => {
  for (const text of ['', 'x', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n', fresh.authority])
    expect(readRevocationList(text)).toBeUndefined();
});

type Step =
  | { readonly kind: 'issue' | 'renew'; readonly person: number; readonly days: number }
  | { readonly kind: 'revoke'; readonly person: number; readonly reason: keyof typeof reasons }
  | { readonly kind: 'pass'; readonly days: number }
  | { readonly kind: 'list' };

const person = fc.integer({ min: 0, max: 3 });
const days = fc.integer({ min: 1, max: 365 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('issue' as const, 'renew' as const), person, days }),
  fc.record({
    kind: fc.constant('revoke' as const),
    person,
    reason: fc.constantFrom(...(Object.keys(reasons) as (keyof typeof reasons)[])),
  }),
  fc.record({ kind: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant('list' as const) }),
);

/** A certificate as the model has it; times in days. */
interface Modelled {
  readonly person: string;
  readonly ends: number;
  revokedAt?: number;
  renewed?: Modelled;
}

test(
  'random sequences leave the registry and its list as the model has them',
  async () => {
    let [steps, refused] = [0, 0];
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (sequence) => {
      let registry = fresh;
      let today = 0;
      let number = 1;
      const model: Modelled[] = [];
      for (const one of sequence) {
        steps++;
        const at = inDays(today);
        if (one.kind === 'pass') today += one.days;
        else if (one.kind === 'list') {
          registry = withNextList(registry, at);
          number++;
        } else {
          const name = `person${one.person}`;
          const valid = model.filter(({ person: of, ends, revokedAt }) => of === name && ends > today && revokedAt === undefined);
          if (one.kind === 'revoke') {
            if (!model.some(({ person: of }) => of === name)) {
              expect(() => withRevocation(registry, { person: name }, one.reason, at)).toThrow(Refusal);
              refused++;
              continue;
            }
            registry = withRevocation(registry, { person: name }, one.reason, at);
            for (const entry of valid) entry.revokedAt = today;
            if (valid.length > 0) number++;
          } else {
            const registered = await added(registry, name, one, model, today);
            if (registered === undefined) refused++;
            else registry = registered;
          }
        }
        expect(registry.list.number).toBe(number);
      }
      await agrees(registry, model, today);
    });
    await fc.assert(property, { seed: 5280, numRuns: 150 });
    process.stdout.write(`revocation list: seed 5280, ${steps} steps in 150 sequences, ${refused} refused as the model has it\n`);
    expect(refused).toBeGreaterThan(50);
  },
  repetitionTimeLimit,
);

/** Issues or renews; undefined if the model, and so the registry, refuses. */
async function added(registry: Registry, name: string, one: { kind: 'issue' | 'renew'; days: number }, model: Modelled[], today: number) {
  const valid = model.filter(({ person: of, ends, revokedAt }) => of === name && ends > today && revokedAt === undefined);
  const old = model.indexOf(valid[0] as Modelled);
  const renews = one.kind === 'renew' ? (registry.certificates[old]?.serial ?? 'none') : undefined;
  const serial = `4${model.length.toString(16).padStart(31, '0')}`;
  const issued = { certificate: fresh.authority, serial, commonName: serial, issued: inDays(today), expires: inDays(today + one.days) };
  const more = { person: name, keyDigest: serial, issued, additional: false, ...(renews === undefined ? {} : { renews }) };
  const renewedBy = model[old]?.renewed;
  const isAllowed = one.kind === 'issue' ? valid.length === 0 : old >= 0 && (renewedBy === undefined || renewedBy.revokedAt !== undefined);
  if (!isAllowed) {
    expect(() => withCertificate(registry, more, inDays(today))).toThrow(Refusal);
    return undefined;
  }
  const entry: Modelled = { person: name, ends: today + one.days };
  model.push(entry);
  const before = model[old];
  if (one.kind === 'renew' && before) before.renewed = entry;
  return withCertificate(registry, more, inDays(today));
}

async function agrees(registry: Registry, model: readonly Modelled[], today: number): Promise<void> {
  const statuses = model.map(({ ends, revokedAt }) => (revokedAt !== undefined ? 'revoked' : ends <= today ? 'expired' : 'valid'));
  expect(registry.certificates.map((entry) => statusOf(entry, inDays(today)))).toEqual(statuses);
  const facts = readRevocationList(await revocationList(registry, vpn.key));
  expect(facts?.number).toBe(registry.list.number);
  const serials = new Set(facts?.serials);
  expect(serials).toEqual(new Set(listedEntries(registry).map(({ serial }) => serial)));
  // Each revoked certificate that could still be used is on the list, and no valid one.
  for (const [index, entry] of registry.certificates.entries()) {
    const { ends, revokedAt } = model[index] as Modelled;
    if (revokedAt !== undefined && ends > today) expect(serials.has(entry.serial)).toBe(true);
    if (revokedAt === undefined) expect(serials.has(entry.serial)).toBe(false);
  }
}
