// npm run offboard in a mocked account: plans, removals, records with signatures, and what is refused.
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetPublicKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import type { Site } from '../../../lib/config/site';
import { ToolError, UsageError } from '../../../tools/command-line';
import { apply, type Offboarding, plan, signLater } from '../../../tools/offboard/offboard';
import { checkVpnOptions, nextCommand, personOf } from '../../../tools/offboard/options';
import { canonicalJson, digestOf, type OffboardingRecord } from '../../../tools/offboard/record';
import { KmsRecordKey, LocalRecordKey, type RecordKey } from '../../../tools/offboard/record-key';
import type { Places } from '../../../tools/offboard/steps';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { certificateTimeLimit } from '../../time-limits';
import { commandArguments } from '../command-arguments';
import { site as production } from '../preflight/production-site';
import { account } from './account';
import { alice, everything, type Having, leftOf, start, worldOf } from './leaver';

jest.setTimeout(certificateTimeLimit);

const folder = mkdtempSync(join(tmpdir(), 'rempart-offboard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ec = (namedCurve = 'prime256v1') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const keyFile = join(folder, 'key.pem');
const privateKey = ec();
writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));

let printed: string[];
let seconds = 0;
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
});
afterEach(() => jest.restoreAllMocks());

const surroundings = {
  now: () => new Date(start.getTime() + 1000 * seconds),
  pause: async () => undefined,
  progress: () => undefined,
};
const operator = { account, arn: `arn:aws:sts::${account}:assumed-role/administrators/carol` };
const offboarding = (places: Places, more: Partial<Offboarding> = {}): Offboarding => ({
  ...{ person: alice, site: production as Site, operator, places, key: new LocalRecordKey(keyFile), out: folder, json: true },
  ...{ next: 'npm run offboard -- --person alice --apply', ...more },
});

/** A removal, its exit code and its record; a second later than the one before. */
async function applied(places: Places, more: Partial<Offboarding> = {}) {
  seconds++;
  const code = await apply(offboarding(places, more), surroundings);
  const output = JSON.parse(printed.at(-1) ?? '') as OffboardingRecord & { files: Record<string, string>; sha256: string };
  return { code, ...output };
}

const nothing: Having = { users: [], shells: 0, certificates: 0, connections: 0, isInDirectory: false, assignments: 0 };

test('a plan names everything and exits with 0; a removal leaves nothing and signs its record', async () => {
  const world = await worldOf(everything);
  expect(await plan(offboarding(world.places, { json: false }), surroundings)).toBe(0);
  expect(printed.join('\n')).toMatch(
    /password of alice[\s\S]*nothing was changed\. To remove: npm run offboard -- --person alice --apply$/,
  );
  const { code, complete, files, sha256, steps } = await applied(world.places);
  expect([code, complete, await leftOf(world)]).toEqual([0, true, []]);
  const text = readFileSync(files.record ?? '', 'utf8');
  expect(text).toBe(canonicalJson(JSON.parse(text)));
  expect(digestOf(text)).toBe(sha256);
  expect(JSON.parse(text)).toMatchObject({ operator: operator.arn, account, deployment: 'production', person: alice, complete: true });
  expect(steps.flatMap(({ items }) => items.map(({ what }) => what))).toContain('access key AKIA-alice-0 of alice');
  const verify = ['dgst', '-sha256', '-verify', files.publicKey ?? '', '-signature', files.signature ?? ''];
  expect(spawnSync('openssl', [...verify, files.record ?? ''], { encoding: 'utf8' }).stdout).toBe('Verified OK\n');
  writeFileSync(join(folder, 'forged.json'), text.replace('carol', 'mallory'));
  expect(spawnSync('openssl', [...verify, join(folder, 'forged.json')], { encoding: 'utf8' }).status).toBe(1);
});

test('a second run finds nothing, and exits with 0', async () => {
  const world = await worldOf(everything);
  await applied(world.places);
  const { code, steps } = await applied(world.places);
  expect([code, new Set(steps.map(({ outcome }) => outcome))]).toEqual([0, new Set(['nothing'])]);
  expect(await plan(offboarding(world.places, { json: false }), surroundings)).toBe(0);
  expect(printed.at(-1)).toMatch(/nothing is left$/);
});

test('a failure names the step, what remains and the next command; the other steps run', async () => {
  const world = await worldOf(everything);
  world.account.fault = (call) => (call === 'DeleteAccessKey' ? 'before' : undefined);
  const { code, steps } = await applied(world.places);
  expect(code).toBe(1);
  const outcomes = Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome]));
  expect(outcomes).toMatchObject({ 'access-keys': 'failed', groups: 'done', directory: 'done', user: 'waiting' });
  expect(steps.find(({ step }) => step === 'access-keys')).toMatchObject({
    reason: 'ThrottlingException: ThrottlingException of the mock',
    remains: expect.arrayContaining(['access key AKIA-alice-0 of alice']),
  });
  expect(steps.find(({ step }) => step === 'user')?.reason).toBe('waits for access-keys');
  expect(world.account.users.get('alice')?.keys.map(({ Status }) => Status)).toEqual(['Inactive', 'Inactive']);
  seconds++;
  await apply(offboarding(world.places, { json: false }), surroundings);
  expect(printed.at(-1)).toMatch(
    /left: access key[\s\S]*not complete: access-keys, user\. Run again: npm run offboard -- --person alice --apply$/,
  );
  world.account.fault = () => undefined;
  expect(await applied(world.places)).toMatchObject({ code: 0, complete: true });
});

test('a registry that does not answer does not keep the user from losing access', async () => {
  const world = await worldOf(everything);
  const failing = { ...world.vpn, store: { ...world.vpn.store, read: async () => Promise.reject(new Error('no answer')) } } as never;
  const { code, steps } = await applied({ ...world.places, vpn: failing });
  expect([code, steps.find(({ step }) => step === 'certificates')?.reason]).toEqual([1, 'no answer']);
  expect(world.account.users.get('alice')).toMatchObject({
    password: false,
    keys: [],
    inline: new Map([['rempart-leaving', expect.any(String)]]),
  });
});

test('a user without a password, and a person with a certificate alone, leave', async () => {
  const user = {
    ...{ password: false, keys: 0, devices: 0, certificates: 0, sshKeys: 0, credentials: 0 },
    groups: 0,
    inline: 0,
    attached: 0,
  };
  expect(await applied((await worldOf({ ...nothing, users: [user] })).places)).toMatchObject({ code: 0, complete: true });
  const world = await worldOf({ ...nothing, certificates: 1, connections: 1 });
  expect(await applied(world.places)).toMatchObject({ code: 0, complete: true });
  expect(await leftOf(world)).toEqual([]);
});

test('a person without a trace is an error, and nothing is changed', async () => {
  const { places, account: of } = await worldOf(nothing);
  const message =
    /^person: expected a user, certificate or session of alice, alice-admin, alice@example\.com, got none; check the spelling/;
  await expect(plan(offboarding(places), surroundings)).rejects.toThrow(message);
  await expect(apply(offboarding(places), surroundings)).rejects.toThrow(message);
  expect(of.sent.filter((call) => !/^(?:Get|List|Describe)/.test(call))).toEqual([]);
});

test('a user whose name has another case is an error: its sessions bear the name as it was created', async () => {
  const { places, account: of } = await worldOf(everything);
  const message = 'IAM user: expected the name as it was created, got Alice for alice; name it with --user alice';
  const person = { ...alice, users: ['alice-admin', 'Alice'] };
  await expect(plan(offboarding(places, { person }), surroundings)).rejects.toThrow(message);
  await expect(apply(offboarding(places, { person }), surroundings)).rejects.toThrow(message);
  expect(of.sent.filter((call) => !/^(?:Get|List|Describe)/.test(call))).toEqual([]);
});

test('the person cannot be the operator', async () => {
  const { places, account: of } = await worldOf(everything);
  const own = { account, arn: `arn:aws:sts::${account}:assumed-role/administrators/alice` };
  await expect(apply(offboarding(places, { operator: own }), surroundings)).rejects.toThrow('operator: expected another person');
  expect(of.sent).toEqual([]);
});

test('what was left out is stated', async () => {
  const { vpn: _, ...places } = (await worldOf(everything)).places;
  const { steps } = await applied(places);
  expect(steps.find(({ step }) => step === 'certificates')).toMatchObject({ outcome: 'left out', reason: '--without-vpn' });
  seconds++;
  await apply(offboarding(places, { json: false }), surroundings);
  expect(printed.at(-1)).toMatch(/nothing of alice is left, except what was left out: certificates$/);
});

test('denials of sessions that have ended are removed by a later run', async () => {
  const { places, account: of } = await worldOf(everything);
  await applied(places);
  const denials = () => of.roles.flatMap(({ policies }) => [...policies.keys()]);
  // Three session names on six roles, and the sessions of three roles that deploy.
  const former = denials();
  expect(former).toHaveLength(21);
  const later = { ...surroundings, now: () => new Date(start.getTime() + 14 * 3_600_000) };
  of.users.set('dave', of.users.get('bob') ?? (undefined as never));
  await apply(offboarding(places, { person: { name: 'dave', users: ['dave'] } }), later);
  expect(denials().filter((name) => former.includes(name))).toEqual([]);
  expect(denials()).not.toHaveLength(0);
});

describe('the key of the records', () => {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const kms = (spec = 'ECC_NIST_P256', signs = true) => ({
    send: (async (command: object) => {
      if (command instanceof GetPublicKeyCommand) return { KeySpec: spec, KeyUsage: 'SIGN_VERIFY', PublicKey: spki };
      if (!(command instanceof SignCommand) || !signs) throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' });
      const record = readFileSync(newestRecord());
      expect(Buffer.from(command.input.Message ?? []).toString('hex')).toBe(digestOf(record.toString('utf8')));
      return { Signature: sign('sha256', record, privateKey) };
    }) as never,
  });
  const newestRecord = () =>
    join(
      folder,
      readdirSync(folder)
        .filter((name) => /^offboard-alice-.*\.json$/.test(name))
        .toSorted()
        .at(-1) ?? '',
    );

  test('in KMS it signs the digest', async () => {
    const key = new KmsRecordKey(kms(), 'alias/production-records');
    const { files } = await applied((await worldOf(everything)).places, { key });
    const verify = ['dgst', '-sha256', '-verify', files.publicKey ?? '', '-signature', files.signature ?? '', files.record ?? ''];
    expect(spawnSync('openssl', verify, { encoding: 'utf8' }).stdout).toBe('Verified OK\n');
  });

  test('a key of another type is refused before any change', async () => {
    const { places, account: of } = await worldOf(everything);
    const p384 = join(folder, 'p384.pem');
    writeFileSync(p384, ec('secp384r1').export({ format: 'pem', type: 'pkcs8' }));
    const keys: readonly RecordKey[] = [
      new KmsRecordKey(kms('RSA_2048'), 'alias/x'),
      new LocalRecordKey(p384),
      new LocalRecordKey('/nowhere'),
    ];
    for (const key of keys) await expect(apply(offboarding(places, { key }), surroundings)).rejects.toThrow(ToolError);
    expect(of.sent.filter((call) => !/^(?:Get|List|Describe)/.test(call))).toEqual([]);
  });

  test('a record that was not signed is signed later', async () => {
    const key = new KmsRecordKey(kms('ECC_NIST_P256', false), 'alias/production-records');
    seconds++;
    const { places } = await worldOf(everything);
    await expect(apply(offboarding(places, { key }), surroundings)).rejects.toThrow(
      /AccessDeniedException: not allowed[\s\S]*nothing of alice is left; the record is not signed: npm run offboard -- --sign .*\.json$/,
    );
    expect(await signLater(newestRecord(), new LocalRecordKey(keyFile))).toBe(0);
    await expect(signLater(keyFile, new LocalRecordKey(keyFile))).rejects.toThrow('--sign: expected the record of an off-boarding');
  });
});

describe('the folder of the record', () => {
  test.each(['key.pem', 'key.pem/records', '/proc'])('%s is refused before any change', async (name) => {
    const { places, account: of } = await worldOf(everything);
    const failed = apply(offboarding(places, { out: resolve(folder, name) }), surroundings);
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(/^--out: expected a folder for the record, got .*; name another one$/);
    expect(of.sent.filter((call) => !/^(?:Get|List|Describe)/.test(call))).toEqual([]);
  });

  test('is made by a removal, not by a plan, and has the record and its signature alone', async () => {
    const { places } = await worldOf(everything);
    const out = join(folder, 'new', 'records');
    await plan(offboarding(places, { out }), surroundings);
    expect(existsSync(out)).toBe(false);
    const { code, files } = await applied(places, { out });
    expect([code, readdirSync(out).map((name) => join(out, name))]).toEqual([0, Object.values(files).toSorted()]);
  });

  test('a record that cannot be written is in the error, and can be signed', async () => {
    const world = await worldOf(everything);
    const out = mkdtempSync(join(folder, 'full-'));
    seconds++;
    const time = surroundings.now().toISOString().slice(0, 19).replace(/[-:]/g, '');
    writeFileSync(join(out, `offboard-alice-${time}Z.json`), 'of another run');
    const error = await apply(offboarding(world.places, { out }), surroundings).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolError);
    const { message } = error as ToolError;
    expect(message).toMatch(/EEXIST.*\nnothing of alice is left; the record is not written: save the last line as a file/);
    const text = message.split('\n').at(-1) ?? '';
    expect(text).toBe(canonicalJson(JSON.parse(text)));
    expect(JSON.parse(text)).toMatchObject({ kind: 'off-boarding', person: alice, complete: true, operator: operator.arn });
    writeFileSync(join(out, 'saved.json'), text);
    expect(await signLater(join(out, 'saved.json'), new LocalRecordKey(keyFile))).toBe(0);
    expect(await leftOf(world)).toEqual([]);
  });
});

test.each(['*', 'a*', 'alic?', '${aws:username}', '$', '', ' ', 'alice bob', 'alice\n', 'a'.repeat(129)])(
  'a user name of IAM Identity Center is not %j',
  (name) => {
    expect(() => personOf({ person: 'alice', 'directory-user': name }, true)).toThrow(UsageError);
    expect(() => personOf({ person: 'alice', 'directory-user': name }, true)).toThrow(/^--directory-user: expected a user name/);
  },
);

test.each(['alice', 'Alice.Liddell@example.com', 'élise+admin', 'a'.repeat(128)])('a user name of IAM Identity Center: %s', (name) => {
  expect(personOf({ person: 'alice', 'directory-user': name }, true).directoryUser).toBe(name);
});

test('the command line', () => {
  expect(personOf({ person: 'alice' }, false)).toEqual({ name: 'alice', users: ['alice'] });
  expect(personOf({ person: 'alice', user: ['A.Liddell'], 'directory-user': 'alice@example.com' }, true)).toEqual({
    ...{ name: 'alice', users: ['A.Liddell'], directoryUser: 'alice@example.com' },
  });
  expect(() => personOf({}, false)).toThrow(UsageError);
  expect(() => personOf({ person: 'Alice' }, false)).toThrow(/--person: person: expected .*; name another IAM user with --user$/);
  expect(() => personOf({ person: 'alice', user: ['a/b'] }, false)).toThrow('--user: expected the name of an IAM user');
  expect(() => checkVpnOptions({})).toThrow('--without-vpn');
  expect(() => checkVpnOptions({ 'without-vpn': true, endpoint: 'x' })).toThrow('remove one of them');
  expect(nextCommand(['--person', "o'brien", '--apply'])).toBe("npm run offboard -- --person 'o'\\''brien' --apply");
});

test('--help, and a mistake in the command line', () => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, commandArguments('tools/offboard.ts', ...args), { cwd: projectRoot, encoding: 'utf8' });
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('Takes all access from a person who leaves') });
  expect(run('--person', 'alice')).toMatchObject({ status: 2, stderr: expect.stringContaining('--without-vpn') });
  expect(run('--persn', 'alice')).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean --person?') });
});
