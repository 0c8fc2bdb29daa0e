// The loader as a whole: real files, defaults, requests, and messages in full.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, deploymentsIn, loadSite } from '../../../lib/config/load';
import { messagesOf, problemsIn, problemsOf, settingsOf, shortest, withFolder } from './folder';

const realFolder = join(__dirname, '../../../config');

describe('the files of this repository', () => {
  test.each(['production', 'staging', 'development'])('%s loads at both sites, under its own name', (deployment) => {
    for (const site of ['home', 'recovery'] as const) {
      const loaded = loadSite({ directory: realFolder, deployment, site });
      expect(loaded.settings.environment).toBe(deployment);
      expect(loaded).toMatchObject({ deployment, name: site, region: site === 'home' ? 'eu-west-3' : 'eu-central-1' });
      expect([...loaded.otherDeployments, deployment].sort()).toEqual(deploymentsIn(realFolder));
    }
  });

  test('deployments have VPC ranges of their own', () => {
    const ranges = deploymentsIn(realFolder).map((deployment) => loadSite({ directory: realFolder, deployment }).settings.network.vpcCidr);
    expect(new Set(ranges).size).toBe(3);
  });

  test('only development relaxes promises, and the files refer editors to the schema', () => {
    const settings = (deployment: string) => loadSite({ directory: realFolder, deployment }).settings.network;
    expect(settings('production')).toMatchObject({ sharedNat: false, firewall: true, blockPublicAccess: true });
    expect(settings('staging')).toMatchObject({ sharedNat: false, firewall: true, blockPublicAccess: true });
    expect(settings('development')).toMatchObject({ sharedNat: true, firewall: false });
    for (const deployment of deploymentsIn(realFolder)) {
      const [first] = readFileSync(join(realFolder, `${deployment}.yaml`), 'utf8').split('\n');
      expect(first).toBe('# yaml-language-server: $schema=./schema.json');
    }
  });
});

test('two lines are a valid file, and defaults fill in everything else', () => {
  expect(settingsOf(shortest)).toStrictEqual({
    environment: 'production',
    owner: 'platform-team',
    region: 'eu-west-3',
    recoveryRegion: 'eu-central-1',
    network: { vpcCidr: '10.64.0.0/16', sharedNat: false, firewall: true, allowedDomains: [], blockPublicAccess: true },
    access: {
      credentialExemptions: [],
      instanceConnect: false,
      accessAnalyzer: 'managed',
      passwordPolicy: { minimumLength: 14 },
      vpnClientCidr: '10.60.0.0/22',
      managementGateway: {},
      vpnCertificate: {},
      vpnAddresses: [],
      managementNetworks: [],
      partnerNetworks: [],
      officeAddresses: [],
      signIn: 'users',
      timeouts: { shellIdleMinutes: 15, shellMaximumMinutes: 240, vpnSessionHours: 8, consoleSessionMinutes: 480, roleSessionMinutes: 60 },
    },
    data: {
      instanceClass: 'db.serverless',
      capacity: { minimum: 2, maximum: 16 },
      readers: 1,
      readerScaling: 'independent',
      storage: 'standard',
      backupHour: 1,
      maintenance: { day: 'sun', hour: 3 },
      keepMonths: 25,
      hotDays: 35,
      restoreFrom: {},
      lakeHeld: { home: false, recovery: false },
      generated: { sites: 20, hitsPerSite: 1000, seed: 1 },
    },
    edge: { certificate: { arn: {} }, rateLimits: { windowSeconds: 300, hits: 30_000, hitBatches: 6000, others: 1000 }, logDays: 90 },
    collection: {
      stream: { mode: 'on-demand' },
      ingest: { batchRecords: 100, batchSeconds: 5, parallel: 2 },
      instanceTypes: ['m8g.large', 'c7g.large'],
      servers: { minimum: 3, maximum: 40 },
      requestsPerServerPerSecond: 4000,
      disks: { count: 2, gibibytes: 100 },
      spoolLimitPercent: 80,
      commitDelayMilliseconds: 5,
      scheduled: [],
      predictive: false,
      warmPool: 0,
      dedicatedTenancy: false,
    },
    alarms: {},
    audit: { retentionDays: 400, logRetentionDays: 400 },
    backup: { retentionDays: 30, hour: 4, homeAnswers: false },
  });
});

describe('the request', () => {
  const request = (wanted: { deployment?: unknown; site?: unknown }) =>
    withFolder({ production: shortest, staging: shortest.replace('production', 'staging') }, (directory) => problemsIn(directory, wanted));

  test('without names it is production at home', () => {
    withFolder({ production: shortest, staging: shortest }, (directory) => {
      expect(loadSite({ directory })).toMatchObject({ deployment: 'production', name: 'home', otherDeployments: ['staging'] });
    });
  });

  test('an unknown deployment and an unknown site are reported together, with the known ones', () => {
    expect(request({ deployment: 'stagin', site: 'away' })).toEqual([
      {
        where: '-c deployment',
        expected: 'one of production, staging',
        got: '"stagin"',
        todo: 'use -c deployment=staging, or add config/stagin.yaml',
      },
      {
        where: '-c site',
        expected: 'one of home, recovery',
        got: '"away"',
        todo: 'use -c site=recovery to build the deployment in its recovery region',
      },
    ]);
  });

  test.each([
    '../config/production',
    'production.yaml',
    'Production',
    '/etc/passwd',
    '',
    '.',
    '__proto__',
    'a'.repeat(25),
    'a\u0000',
    7,
    null,
    {},
    true,
  ])('the deployment %j is refused', (deployment) => {
    const problems = request({ deployment });
    expect(problems).toMatchObject([{ where: '-c deployment', todo: 'name one of the deployments' }]);
  });

  test.each(['Home', '', null, 1, ['home'], 'constructor'])('the site %j is refused', (site) => {
    expect(request({ site })).toMatchObject([{ where: '-c site' }]);
  });

  test('files that are no deployments are ignored', () => {
    withFolder(
      { production: shortest, Staging: shortest, '.hidden': shortest, 'a b': shortest, sthree: shortest, 'amzn-s3-demo-x': shortest },
      (directory) => {
        writeFileSync(join(directory, 'schema.json'), '{}');
        expect(deploymentsIn(directory)).toEqual(['production']);
      },
    );
  });

  test('a folder that is missing or empty', () => {
    withFolder({}, (directory) => {
      expect(problemsIn(directory)).toMatchObject([{ where: '-c deployment', expected: 'a deployment, but config/ has none' }]);
      rmSync(directory, { recursive: true });
      expect(problemsIn(directory)).toMatchObject([{ where: 'config/', got: 'ENOENT' }]);
      writeFileSync(directory, '');
      expect(problemsIn(directory)).toMatchObject([{ where: 'config/', got: 'ENOTDIR' }]);
    });
  });
});

test('all problems are reported at once, in the order of their lines, as far as each field is valid by itself', () => {
  const file = `environment: production
owner: platform-team
regoin: eu-west-3
recoveryRegion: eu-west-3
network:
  vpcCidr: 10.60.0.0/16
  sharedNat: true
  firewall: "no"
access:
  timeouts:
    shellIdleMinutes: 90
    shellMaximumMinutes: 10
backup:
  retentionDays: 031
`;
  const keys = 'environment, owner, region, recoveryRegion, account, network, access, data, edge, collection, alarms, audit, backup';
  expect(messagesOf(file)).toEqual([
    `config/production.yaml:3 regoin: expected one of the keys ${keys}, got "regoin"; did you mean region?`,
    'config/production.yaml:4 recoveryRegion: expected a region other than the home region, got "eu-west-3"; choose another region of the EU',
    'config/production.yaml:7 network.sharedNat: expected false in production, got true; ' +
      'remove it; production has one NAT gateway in each zone (TOM-6.5)',
    'config/production.yaml:8 network.firewall: expected true or false, got "no"; correct it or leave it out for true. ' +
      'AWS Network Firewall for outbound traffic, which passes only allowed domains. Always on in production. Turning it off deletes its logs. (TOM-6.6)',
    'config/production.yaml:9 access.vpnClientCidr: expected a range that does not overlap network.vpcCidr, 10.60.0.0/16, ' +
      'got "10.60.0.0/22", the default; change one of the two ranges',
    'config/production.yaml:11 access.timeouts.shellIdleMinutes: expected a whole number from 1 to 20, got 90; ' +
      'correct it or leave it out for 15. Minutes without input after which a server shell ends; at most shellMaximumMinutes. (TOM-3.3)',
    'config/production.yaml:14 backup.retentionDays: expected exactly 30, got 031; correct it or leave it out for 30. ' +
      'Days that backups are kept: exactly 30. (TOM-6.7, DSS-5.4.3)',
  ]);
});

test('the error has its problems for programs and a message for people', () => {
  withFolder({ production: 'environment: production\nowner: 7\nbackup: 30\n' }, (directory) => {
    let error: unknown;
    try {
      loadSite({ directory });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ name: 'ConfigurationError', problems: [{ got: '7' }, { got: '30' }] });
    expect(String(error)).toMatch(/^ConfigurationError: 2 problems in the configuration:\nconfig\/production\.yaml:2 owner: expected /);
    expect(JSON.parse(JSON.stringify(error)).problems).toHaveLength(2);
  });
});

test('a file with many problems lists all of them for programs and the first 50 in the message', () => {
  const file = `${shortest}${Array.from({ length: 4000 }, (_, index) => `key${index}: 1`).join('\n')}\n`;
  expect(problemsOf(file)).toHaveLength(4000);
  withFolder({ production: file }, (directory) => {
    expect(() => loadSite({ directory })).toThrow(/\n\.\.\. and 3950 more$/);
  });
});

test('the loader prints nothing', () => {
  const load = join(__dirname, '../../../lib/config/load');
  const script = `require(${JSON.stringify(load)}).loadSite({ directory: ${JSON.stringify(realFolder)} })`;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--eval', script], {
    encoding: 'utf8',
    cwd: join(__dirname, '../../..'),
  });
  expect(run).toMatchObject({ stdout: '', stderr: '', status: 0 });
}, 30_000);
