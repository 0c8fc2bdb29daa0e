// npm run vpn over a local authority: a person joins, renews, loses a laptop, leaves; mistakes are refused.
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRevocationList } from '../../../runtime/vpn/revocation-list';
import { ToolError, UsageError } from '../../../tools/command-line';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { certificateTimeLimit } from '../../time-limits';
import { type Issued, LocalVpn } from './commands';

jest.setTimeout(certificateTimeLimit);

const vpn = new LocalVpn();
beforeAll(() => vpn.run('init', '--deployment', 'example'));
afterAll(() => vpn.remove());

interface Listing {
  readonly list: { readonly number: number };
  readonly certificates: readonly { readonly person: string; readonly serial: string; readonly status: string; readonly days: number }[];
}

const list = (...args: readonly string[]): Promise<Listing> => vpn.json<Listing>('list', ...args);
const serialsOnList = (): readonly string[] =>
  readRevocationList(readFileSync(vpn.authorityPath('revocation-list.pem'), 'utf8'))?.serials ?? [];
const tool = (...args: readonly string[]) => ['--import', 'tsx', join('tools', 'vpn.ts'), ...args];
const spawned = (...args: readonly string[]) => spawnSync(process.execPath, tool(...args), { cwd: projectRoot, encoding: 'utf8' });

describe('init', () => {
  test('a second run changes nothing', async () => {
    const before = readdirSync(vpn.authorityPath('')).map((name) => [name, statSync(vpn.authorityPath(name)).ino]);
    await vpn.run('init', '--deployment', 'example');
    const after = readdirSync(vpn.authorityPath('')).map((name) => [name, statSync(vpn.authorityPath(name)).ino]);
    const ofList = ([name]: readonly unknown[]) => name !== 'revocation-list.pem';
    expect(after.filter(ofList)).toEqual(before.filter(ofList));
  });

  test('keys are readable by their owner only', () => {
    for (const name of ['authority.key', 'server.pem', 'certificates.json.1'])
      expect(statSync(vpn.authorityPath(name)).mode & 0o077).toBe(0);
    expect(statSync(vpn.authorityPath('')).mode & 0o077).toBe(0);
  });

  test('another name or a renewal replaces the certificate of the server, and a renewed authority signs it', async () => {
    const other = new LocalVpn();
    try {
      await other.run('init', '--deployment', 'example', '--server-name', 'vpn.example.com');
      const read = (name: string) => new X509Certificate(readFileSync(other.authorityPath(name)));
      const [server, authority] = [read('server.pem'), read('authority.crt')];
      expect(server.checkHost('vpn.example.com')).toBe('vpn.example.com');
      await other.run('init', '--deployment', 'example', '--renew-server');
      const renewed = read('server.pem');
      expect([renewed.checkHost('vpn.example.com'), renewed.serialNumber === server.serialNumber]).toEqual(['vpn.example.com', false]);
      await other.run('init', '--deployment', 'example', '--renew-authority');
      expect(read('authority.crt').serialNumber).not.toBe(authority.serialNumber);
      expect(read('authority.crt').publicKey.equals(authority.publicKey)).toBe(true);
      expect(read('server.pem').verify(authority.publicKey)).toBe(true);
      await expect(other.run('init', '--deployment', 'example', '--server-name', 'vpn')).rejects.toThrow('server name: expected a domain');
    } finally {
      other.remove();
    }
  });
});

describe('a person', () => {
  test('joins: a key that stays, a request, a certificate, a profile', async () => {
    expect(await vpn.request('alice@example.com', 'alice')).toContain('never send it');
    expect(statSync(vpn.path('alice.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(vpn.path('alice.csr'), 'utf8')).not.toContain('PRIVATE KEY');
    const issued = await vpn.issue('alice@example.com', 'alice', '--days', '180');
    const certificate = new X509Certificate(readFileSync(vpn.path('alice.crt')));
    expect(certificate.subject).toBe(`CN=${issued.commonName}`);
    expect(Math.round((Date.parse(certificate.validTo) - Date.now()) / 86_400_000)).toBe(180);
    await vpn.run('profile', '--person', 'alice@example.com', '--host', 'vpn.example.com', '--out', vpn.path('alice.ovpn'));
    await vpn.run('profile', '--from', vpn.path('alice.ovpn'), '--key', vpn.path('alice.key'), '--out', vpn.path('alice-key.ovpn'));
    expect(statSync(vpn.path('alice-key.ovpn')).mode & 0o777).toBe(0o600);
    const resolved = ['--resolver', '10.64.0.2', '--region', 'eu-west-3', '--out', vpn.path('alice-names.ovpn')];
    await vpn.run('profile', '--person', 'alice@example.com', '--host', 'vpn.example.com', ...resolved);
    expect(readFileSync(vpn.path('alice-names.ovpn'), 'utf8')).toMatch(
      /\ndns server 0 resolve-domains sts\.eu-west-3\.amazonaws\.com .*\n/,
    );
    expect(readFileSync(vpn.path('alice.ovpn'), 'utf8')).not.toContain('PRIVATE KEY');
  });

  test('no private key of a person reaches a file of the authority', () => {
    const key = readFileSync(vpn.path('alice.key'), 'utf8').split('\n')[3] as string;
    for (const name of readdirSync(vpn.authorityPath(''))) expect(readFileSync(vpn.authorityPath(name), 'utf8')).not.toContain(key);
  });

  test('renews: the old certificate stays valid until its end, or is revoked at once', async () => {
    await vpn.request('bob');
    const first = await vpn.issue('bob');
    await vpn.request('bob', 'bob2');
    const renewal = ['--person', 'bob', '--request', vpn.path('bob2.csr'), '--out', vpn.path('bob2.crt')];
    const second = await vpn.json<Issued & { renews: string }>('renew', ...renewal);
    expect(second.renews).toBe(first.serial);
    expect((await list('--person', 'bob')).certificates.map(({ serial }) => serial)).toEqual([first.serial, second.serial]);
    await vpn.request('bob', 'bob3');
    const third = await vpn.json<Issued & { renews: string }>(
      'renew',
      ...['--person', 'bob', '--request', vpn.path('bob3.csr'), '--out', vpn.path('bob3.crt'), '--revoke-old'],
    );
    expect(third.renews).toBe(second.serial);
    expect((await list('--person', 'bob', '--all')).certificates.map(({ status }) => status)).toEqual(['valid', 'revoked', 'valid']);
    expect(serialsOnList()).toContain(second.serial);
  });

  test('loses a laptop, and gets another certificate; then leaves', async () => {
    await vpn.request('carol');
    const lost = await vpn.issue('carol');
    const text = await vpn.run('revoke', '--serial', lost.serial, '--reason', 'lost');
    expect(text).toMatch(new RegExp(`^${lost.serial} of carol: revoked 20.*\nrevocation list number \\d+ until .*\nconnections ended: 0$`));
    await vpn.request('carol', 'carol2');
    const second = await vpn.issue('carol', 'carol2');
    await vpn.run('revoke', '--person', 'carol', '--reason', 'left');
    await vpn.run('revoke', '--person', 'carol', '--reason', 'left');
    expect((await list('--person', 'carol', '--all')).certificates.map(({ status }) => status)).toEqual(['revoked', 'revoked']);
    expect(serialsOnList()).toEqual(expect.arrayContaining([lost.serial, second.serial]));
    expect(await vpn.run('list')).not.toContain('carol');
    expect(await vpn.run('list', '--all')).toMatch(/carol +revoked 20\d\d-\d\d-\d\d \(lost\) +20/);
  });

  test('two revocations at once, in two processes, lose nothing', async () => {
    const people = ['dave', 'erin'];
    const serials: string[] = [];
    for (const person of people) {
      await vpn.request(person);
      serials.push((await vpn.issue(person)).serial);
    }
    const runs = people.map((person) =>
      spawn(process.execPath, tool('revoke', '--authority', vpn.authority, '--person', person, '--reason', 'left'), { cwd: projectRoot }),
    );
    const codes = await Promise.all(runs.map(async (run) => (await once(run, 'exit'))[0]));
    expect(codes).toEqual([0, 0]);
    expect(serialsOnList()).toEqual(expect.arrayContaining(serials));
    expect(readRevocationList(readFileSync(vpn.authorityPath('revocation-list.pem'), 'utf8'))?.number).toBe((await list()).list.number);
  });
});

describe('mistakes', () => {
  beforeAll(async () => {
    await vpn.request('frank');
    await vpn.issue('frank');
    await vpn.request('frank', 'frank2');
    await vpn.request('grace');
  });

  const requestOf = (name: string, out = 'new.crt') => ['--request', vpn.path(`${name}.csr`), '--out', vpn.path(out)];

  test.each<[string, string, () => readonly string[], string]>([
    [
      'a person that has a certificate',
      'issue',
      () => ['--person', 'frank', ...requestOf('frank2')],
      'frank: expected no valid certificate',
    ],
    [
      'a request of another person',
      'issue',
      () => ['--person', 'henry', ...requestOf('grace')],
      'request: expected a request of henry, got one of grace',
    ],
    [
      'a request that was used',
      'issue',
      () => ['--person', 'frank', '--additional', ...requestOf('frank')],
      'request: expected a key without a certificate',
    ],
    ['a certificate for nobody', 'issue', () => ['--person', ' ', ...requestOf('grace')], 'person: expected'],
    [
      'a year and a day',
      'issue',
      () => ['--person', 'grace', '--days', '366', ...requestOf('grace')],
      'days: expected a whole number from 1 to 365',
    ],
    ['no number of days', 'issue', () => ['--person', 'grace', '--days', 'ten', ...requestOf('grace')], 'days: expected'],
    [
      'a file that exists',
      'issue',
      () => ['--person', 'grace', ...requestOf('grace', 'frank.crt')],
      '--out: expected the path of a new file',
    ],
    ['a request that is not there', 'issue', () => ['--person', 'grace', ...requestOf('nobody')], '--request: expected a file, got ENOENT'],
    [
      'a private key for a request',
      'issue',
      () => ['--person', 'grace', '--request', vpn.path('grace.key'), '--out', vpn.path('x')],
      'got a private key',
    ],
    [
      'a person without a certificate',
      'renew',
      () => ['--person', 'grace', ...requestOf('grace')],
      'grace: expected one certificate that is valid, got 0',
    ],
    ['a certificate of another person', 'profile', () => ['--serial', 'x', '--host', 'h', '--out', vpn.path('x')], 'serial: expected'],
    [
      'an unknown person',
      'revoke',
      () => ['--person', 'henry', '--reason', 'left'],
      'person: expected a person with a certificate, got "henry"',
    ],
    ['an unknown serial number', 'revoke', () => ['--serial', '41', '--reason', 'left'], 'serial: expected the serial number'],
    [
      'a key that exists',
      'request',
      () => ['--person', 'frank', '--key', vpn.path('frank.key'), '--request', vpn.path('x')],
      '--key: expected the path',
    ],
  ])('%s: refused, and nothing changes', async (_, command, args, message) => {
    const before = await vpn.run('list', '--all', '--json');
    const run = vpn.run(command, ...args());
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(ToolError);
    expect(await vpn.run('list', '--all', '--json')).toBe(before);
    expect([existsSync(vpn.path('new.crt')), existsSync(vpn.path('x'))]).toEqual([false, false]);
  });

  test.each<[string, readonly string[], string]>([
    ['revoke', ['--reason', 'left'], '--person, --serial: expected one of them, got neither'],
    ['revoke', ['--person', 'a', '--serial', 'b', '--reason', 'left'], '--person, --serial: expected one of them, got both'],
    ['revoke', ['--person', 'frank', '--reason', 'bored'], '--reason: expected lost, left, superseded, unused, got bored'],
    ['revoke', ['--person', 'frank'], '--reason: expected lost, left, superseded, unused, got none'],
    ['issue', ['--request', 'x'], '--person: expected a value, got none'],
    ['init', [], '--deployment: expected a value, got none'],
    ['profile', ['--person', 'frank', '--out', 'x'], '--endpoint: expected the id of a Client VPN endpoint, or --host'],
    ['profile', ['--person', 'frank', '--out', 'x', '--host', 'a b'], '--host: expected a host name, got "a b"'],
    ['profile', ['--person', 'frank', '--out', 'x', '--host', 'h', '--port', '0'], '--port: expected 1 to 65535, got 0'],
    ['profile', ['--person', 'frank', '--out', 'x', '--host', 'h', '--protocol', 'icmp'], '--protocol: expected udp or tcp, got icmp'],
    [
      'profile',
      ['--person', 'frank', '--out', 'x', '--host', 'h', '--resolver', 'r'],
      '--resolver: expected an address as in 10.64.0.2, got "r"',
    ],
    ['profile', ['--out', 'x', '--host', 'h'], '--person, --serial: expected one of them, got neither'],
  ])('%s %j is a mistake in the command line', async (command, args, message) => {
    const run = vpn.run(command, ...args);
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(UsageError);
  });

  test('a profile takes the key of its certificate only', async () => {
    await vpn.run('profile', '--person', 'frank', '--host', 'h', '--out', vpn.path('frank.ovpn'));
    const from = ['--from', vpn.path('frank.ovpn'), '--out', vpn.path('y')];
    await expect(vpn.run('profile', ...from, '--key', vpn.path('grace.key'))).rejects.toThrow(
      '--key: expected the private key of the certificate',
    );
    await expect(vpn.run('profile', ...from, '--key', vpn.path('frank.csr'))).rejects.toThrow('--key: expected a private key in PEM');
    await expect(vpn.run('profile', ...from)).rejects.toThrow('--key: expected the private key, got none');
    const other = ['--from', vpn.path('frank.csr'), '--out', vpn.path('y'), '--key', vpn.path('frank.key')];
    await expect(vpn.run('profile', ...other)).rejects.toThrow('--from: expected a profile with a certificate');
    expect(existsSync(vpn.path('y'))).toBe(false);
  });

  test('a registry that is damaged is an error, not an empty one', async () => {
    const other = new LocalVpn();
    try {
      await expect(other.run('list')).rejects.toThrow('expected a registry, got none; create it with npm run vpn -- init');
      await other.run('init', '--deployment', 'example');
      writeFileSync(other.authorityPath('certificates.json.9'), '{}');
      await expect(other.run('list')).rejects.toThrow('expected a registry of format 1, got nothing');
    } finally {
      other.remove();
    }
  });
});

describe('the command line', () => {
  test.each([
    [['--help'], 0, /^npm run vpn -- COMMAND/],
    [['issue', '--help'], 0, /^npm run vpn -- issue --authority PLACE/],
  ])('%j prints its usage', (args, code, usage) => {
    const { status, stdout, stderr } = spawned(...args);
    expect({ status, stderr }).toEqual({ status: code, stderr: '' });
    expect(stdout).toMatch(usage);
  });

  test.each([
    [[], /^command line: expected request, init, issue, list, renew, revoke or profile, got nothing; write it after/],
    [['isue'], /^command line: expected request, .*, got "isue"; did you mean issue\?\n\nnpm run vpn -- COMMAND/],
    [['constructor'], /^command line: expected request, .*, got "constructor"/],
    [['list'], /^--registry: expected s3:\/\/BUCKET\/KEY, got none; add it\n\nnpm run vpn -- list/],
    [['issue', '--persn', 'x'], /^command line: expected --authority, .*, got --persn; did you mean --person\?\n\nnpm run vpn -- issue/],
    [
      ['init', '--deployment', 'x', '--registry', 's3://b/k', '--authority', 'alias/x'],
      /^--authority: expected kms:KEY or local:FOLDER, got "alias/,
    ],
  ])('%j is a mistake with exit code 2', (args, message) => {
    const { status, stdout, stderr } = spawned(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a refusal has exit code 1 and no stack trace', () => {
    const { status, stdout, stderr } = spawned('revoke', '--authority', vpn.authority, '--person', 'henry', '--reason', 'left');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('person: expected a person with a certificate, got "henry"; run npm run vpn -- list\n');
  });
});
