// Each key of the schema: values that it accepts, values that it refuses, and the message of the refusal.
import { problemsOf, settingsOf, shortest } from '../folder';

const with_ = (lines: string): string => `${shortest}${lines}\n`;

describe('values', () => {
  test.each([
    ['region', 'eu-west-3', ['us-east-1', 'eu-west-2', 'EU-WEST-3', '', '7', '[eu-west-1]'], /^one of eu-central-1, eu-north-1, /],
    ['account', '"012345678901"', ['111111111111', '"11111111111"', '"1111 11111111"', '~'], /^twelve digits in quotes$/],
    [
      'network.vpcCidr',
      '10.1.0.0/16',
      ['10.1.0.0', '10.1.0/16', '010.1.0.0/16', '10.1.0.0/33', '256.1.0.0/16', 'fd00::/48', '10'],
      /^an IPv4 range such as/,
    ],
    ['network.firewall', 'true', ['yes', 'on', '1', '"true"', '~'], /^true or false$/],
    ['network.blockPublicAccess', 'true', ['off', '0'], /^true or false$/],
    ['network.sharedNat', 'false', ['no', '{}'], /^true or false$/],
    ['access.vpnClientCidr', '10.2.0.0/20', ['10.2.0.0/', 'vpn'], /^an IPv4 range such as/],
    [
      'access.timeouts.shellIdleMinutes',
      '20',
      ['0', '21', '1.5', '0.5', '20.5', '-1e300', '.nan', '.inf', '1e999', '-1', '"15"'],
      /^a whole number from 1 to 20$/,
    ],
    ['access.timeouts.shellMaximumMinutes', '480', ['0', '481'], /^a whole number from 1 to 480$/],
    ['access.timeouts.vpnSessionHours', '12', ['24', '9', '"8"'], /^one of 8, 10, 12$/],
    ['access.timeouts.roleSessionMinutes', '60', ['59', '481'], /^a whole number from 60 to 480$/],
    ['audit.retentionDays', '3650', ['364', '3651'], /^a whole number from 365 to 3650$/],
    ['audit.logRetentionDays', '731', ['30', '366'], /^one of 90, 120, 150, 180, 365, 400, 545, 731$/],
    ['backup.retentionDays', '30', ['29', '31', '"30"', '30.5'], /^exactly 30$/],
    ['network', '{}', ['~', '[]', 'x'], /^a group of the keys vpcCidr, sharedNat, /],
    ['network.allowedDomains', '[]', ['~', '.example.com', '{}'], /^a list$/],
    ['access.partnerNetworks', '[]', ['7', '{name: a}'], /^a list$/],
  ])('%s', (path, good, bad, expected) => {
    const keys = path.split('.');
    const write = (value: string) =>
      with_(
        `${keys
          .map((key) => `{${key}: `)
          .join('')
          .slice(1)}${value}${'}'.repeat(keys.length - 1)}`,
      );
    expect(problemsOf(write(good))).toEqual([]);
    for (const value of bad) {
      expect(problemsOf(write(value))).toMatchObject([
        {
          where: `config/production.yaml:3 ${path}`,
          expected: expect.stringMatching(expected),
          todo: expect.stringMatching(/^correct it or leave it out/),
        },
      ]);
    }
  });

  test.each([
    '',
    'x',
    '"-team"',
    '" x"',
    '"x "',
    '"platform, data"',
    '"a;b"',
    '"a(b)"',
    '"#team"',
    `"${'a'.repeat(64)}"`,
    '"a\\nb"',
    '7',
    'équipe',
  ])('the owner cannot be %s', (owner) => {
    expect(problemsOf(`environment: production\nowner: ${owner}\n`)).toMatchObject([{ where: 'config/production.yaml:2 owner' }]);
  });

  test('a list entry is named with its position, and can be removed', () => {
    expect(
      problemsOf(with_('access:\n  partnerNetworks:\n    - name: good\n      cidr: 192.168.0.0/24\n    - name: Bad\n    - 7')),
    ).toEqual([
      {
        where: 'config/production.yaml:7 access.partnerNetworks[1].name',
        expected: '2 to 31 lower-case letters, digits and hyphens, a letter first',
        got: '"Bad"',
        todo: 'correct it. Short name of the network, in kebab-case, unique among the networks.',
      },
      {
        where: 'config/production.yaml:7 access.partnerNetworks[1].cidr',
        expected: 'an IPv4 range such as 10.64.0.0/16',
        got: 'nothing',
        todo: 'add it. Private IPv4 range of the network, as in 192.168.40.0/24.',
      },
      {
        where: 'config/production.yaml:8 access.partnerNetworks[2]',
        expected: 'a group of the keys name, cidr',
        got: '7',
        todo: 'correct it or remove it from the list. Networks of partners that transfer data through the VPN. (TOM-5.3)',
      },
    ]);
  });
});

describe('allowed domains', () => {
  test.each([
    'example.com',
    '.example.com',
    'a.b.c.example.co',
    'xn--bcher-kva.example',
    'deb.debian.org',
    '1and1.fr',
    'x-y.example',
    'example.xn--p1ai',
    `${'a'.repeat(63)}.com`,
  ])('%s is one', (domain) => {
    expect(settingsOf(with_(`network: {allowedDomains: ["${domain}"]}`)).network.allowedDomains).toEqual([domain]);
  });

  test.each([
    '*',
    '*.example.com',
    'com',
    '.com',
    '10.0.0.1',
    '1.1',
    '.',
    '',
    'example.com.',
    'EXAMPLE.com',
    'a..com',
    '-a.com',
    'a-.com',
    'a_b.com',
    'https://a.com',
    'a.com/x',
    'a.com:443',
    'a b.com',
    '::1',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(126)}com`,
    'exämple.com',
    'a.c',
  ])('%s is none', (domain) => {
    expect(problemsOf(with_(`network: {allowedDomains: [good.example, "${domain}"]}`))).toMatchObject([
      {
        where: 'config/production.yaml:3 network.allowedDomains[1]',
        expected: 'a domain in lower case such as example.com or .example.com, without * and not an address',
        todo: expect.stringMatching(/^correct it or remove it from the list\. Domains that servers may reach/),
      },
    ]);
  });
});

describe('domains that assign subdomains to customers', () => {
  test.each(['.amazonaws.com', 'amazonaws.com', '.eu-west-3.amazonaws.com', '.cloudfront.net', '.github.io', '.co.uk'])(
    '%s is refused',
    (domain) => {
      expect(problemsOf(with_(`network: {allowedDomains: [good.example, "${domain}"]}`))).toMatchObject([
        {
          where: 'config/production.yaml:3 network.allowedDomains[1]',
          expected: 'a domain whose subdomains have one owner, unlike amazonaws.com, github.io and co.uk',
          got: JSON.stringify(domain),
          todo: expect.stringMatching(
            /^correct it or remove it from the list\..* name the single hosts of a cloud provider\. \(TOM-6\.6\)$/,
          ),
        },
      ]);
    },
  );
});

describe('unknown keys', () => {
  test.each([
    ['Region: eu-west-3', 'Region', 'did you mean region?'],
    ['recovery-region: eu-west-1', 'recovery-region', 'did you mean recoveryRegion?'],
    ['enviroment: production', 'enviroment', 'did you mean environment?'],
    ['network: {vpccidr: 10.0.0.0/16}', 'network.vpccidr', 'did you mean vpcCidr?'],
    ['network: {allowedDomain: []}', 'network.allowedDomain', 'did you mean allowedDomains?'],
    ['access: {timeouts: {shell_idle_minutes: 5}}', 'access.timeouts.shell_idle_minutes', 'did you mean shellIdleMinutes?'],
    ['backup: {retention: 30}', 'backup.retention', 'did you mean retentionDays?'],
    ['vpcCidr: 10.0.0.0/16', 'vpcCidr', 'move it to network.vpcCidr'],
    ['access: {shellIdleMinutes: 5}', 'access.shellIdleMinutes', 'move it to access.timeouts.shellIdleMinutes'],
    ['zzzzzzzzzz: 1', 'zzzzzzzzzz', 'remove it'],
    ['toString: 1', 'toString', 'remove it'],
    ['hasOwnProperty: 1', 'hasOwnProperty', 'remove it'],
    ['valueOf: {valueOf: 1}', 'valueOf', 'remove it'],
  ])('%s', (lines, path, todo) => {
    expect(problemsOf(with_(lines))).toMatchObject([
      {
        where: `config/production.yaml:3 ${path}`,
        expected: expect.stringMatching(/^one of the keys /),
        got: `"${path.split('.').at(-1)}"`,
        todo,
      },
    ]);
  });

  test('every one is reported, at every level', () => {
    expect(problemsOf(with_('a1: 1\nnetwork:\n  b1: 1\n  c1: 1\naccess:\n  timeouts:\n    d1: 1')).map(({ where }) => where)).toEqual([
      'config/production.yaml:3 a1',
      'config/production.yaml:5 network.b1',
      'config/production.yaml:6 network.c1',
      'config/production.yaml:9 access.timeouts.d1',
    ]);
  });
});
