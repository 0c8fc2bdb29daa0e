// Accounts across the files of a folder: production shares its own with nothing else, and one deployment holds what an
// account has once.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { problemsIn, shortest, withFolder } from '../folder';

const one = 'account: "111111111111"\n';
const two = 'account: "222222222222"\n';
const unblocked = 'network: {blockPublicAccess: false}\n';
const existing = 'access: {accessAnalyzer: existing}\n';
const as = (environment: string, lines = ''): string => `${shortest.replace('production', environment)}${lines}`;

const problemsWith = (files: Record<string, string>, deployment = 'production') =>
  withFolder(files, (directory) => problemsIn(directory, { deployment }));

describe('accounts', () => {
  test.each(['staging', 'development'])('production and %s in one account are a problem of either', (environment) => {
    const files = { production: as('production', one), other: as(environment, one) };
    expect(problemsWith(files)).toEqual([
      {
        where: 'config/production.yaml:3 account',
        expected: 'an account that config/other.yaml does not have',
        got: '"111111111111" in both',
        todo: 'give production an account of its own (TOM-7.3)',
      },
    ]);
    expect(problemsWith(files, 'other')).toMatchObject([{ where: 'config/other.yaml:3 account' }]);
  });

  test.each([
    ['accounts differ', as('production', one), as('staging', two)],
    ['only one is given', as('production', one), as('staging')],
    ['only the other is given', as('production'), as('staging', one)],
    ['none is given', as('production'), as('staging')],
    ['both are production', as('production', one), as('production', one + unblocked + existing)],
    ['neither is production', as('staging', one), as('development', one + unblocked + existing)],
  ])('there is no problem where %s', (_, production, staging) => {
    expect(problemsWith({ production, staging })).toEqual([]);
  });

  test('the environment in a file counts, not its name', () => {
    expect(problemsWith({ production: as('staging', one + unblocked + existing), staging: as('staging', one) })).toEqual([]);
  });
});

describe('VPC Block Public Access, which an account has once a region', () => {
  const blocked = 'network: {blockPublicAccess: true}\n';
  const elsewhere = 'region: eu-north-1\n';

  test('two deployments that hold it are a problem of either, by default too', () => {
    const files = { production: as('staging', one + existing), other: as('development', one + blocked) };
    expect(problemsWith(files)).toEqual([
      {
        where: 'config/production.yaml:1 network.blockPublicAccess',
        expected: 'false, because config/other.yaml enables VPC Block Public Access in the same account and region',
        got: 'true, the default',
        todo: 'turn it off here or there, or give each deployment its own account; one deployment enables it for the account and region (DSS-5.6.2)',
      },
    ]);
    expect(problemsWith(files, 'other')).toMatchObject([{ where: 'config/other.yaml:4 network.blockPublicAccess', got: 'true' }]);
  });

  test.each([
    ['it is off here', as('staging', one + unblocked + existing), as('development', one)],
    ['it is off there', as('staging', one + existing), as('development', one + unblocked)],
    ['it is off in both', as('staging', one + unblocked + existing), as('development', one + unblocked)],
    ['regions differ', as('staging', one + existing), as('development', one + elsewhere)],
    ['accounts differ', as('staging', one + existing), as('development', two)],
    ['one account is not given', as('staging', one + existing), as('development')],
    ['no account is given, and it is off here', as('staging', unblocked + existing), as('development')],
    ['no account is given, and it is off there', as('staging', existing), as('development', unblocked)],
    ['no account is given, and regions differ', as('staging', existing), as('development', elsewhere)],
    ['no account is given, and one is production, which has its own', as('production'), as('development')],
    ['no account is given, and the other does not say its environment', as('staging', existing), as('test')],
    ['the other does not say for certain', as('staging', one + existing), as('development', `${one}network: {blockPublicAccess: maybe}\n`)],
    ['the other has no valid region', as('staging', one + existing), as('development', `${one}region: mars\n`)],
  ])('there is no problem where %s', (_, production, other) => {
    expect(problemsWith({ production, other })).toEqual([]);
  });

  test('two deployments that enable it are a problem of both where none names an account: both use that of the credentials', () => {
    const files = { production: as('staging', existing), other: as('development') };
    expect(problemsWith(files)).toEqual([
      {
        where: 'config/production.yaml:1 network.blockPublicAccess',
        expected: 'false, because config/other.yaml enables VPC Block Public Access in the same account and region',
        got: 'true, the default',
        todo: 'turn it off here or there, or give each deployment its own account; one deployment enables it for the account and region (DSS-5.6.2)',
      },
    ]);
    expect(problemsWith(files, 'other')).toMatchObject([{ where: 'config/other.yaml:1 network.blockPublicAccess' }]);
  });

  test('other settings of the other file do not hide it', () => {
    const other = as('development', `${one}network: {vpcCidr: here, blockPublicAccess: true}\nregoin: x\n`);
    expect(problemsWith({ production: as('staging', one + existing), other })).toMatchObject([
      { where: 'config/production.yaml:1 network.blockPublicAccess' },
    ]);
  });

  test('only a shared account of production is reported', () => {
    expect(problemsWith({ production: as('production', one), other: as('staging', one) })).toMatchObject([
      { where: 'config/production.yaml:3 account' },
    ]);
  });
});

describe('the analyzer of access, which an account has once a region', () => {
  test('two deployments that manage it are a problem of either, by default too', () => {
    const files = { production: as('staging', one + unblocked), other: as('development', one) };
    const todo =
      'set it to existing here or there, or give each deployment its own account; one deployment manages it for the account and region (TOM-3.5)';
    expect(problemsWith(files)).toEqual([
      {
        where: 'config/production.yaml:1 access.accessAnalyzer',
        expected: 'existing, because config/other.yaml manages the access analyzer in the same account and region',
        got: 'managed, the default',
        todo,
      },
    ]);
    expect(problemsWith(files, 'other')).toMatchObject([{ where: 'config/other.yaml:1 access.accessAnalyzer' }]);
  });

  test.each([
    ['it exists here', as('staging', one + unblocked + existing), as('development', one)],
    ['it exists there', as('staging', one + unblocked), as('development', one + existing)],
    ['regions differ', as('staging', one + unblocked), as('development', `${one}region: eu-north-1\n`)],
    ['accounts differ', as('staging', one), as('development', two)],
  ])('there is no problem where %s', (_, production, other) => {
    expect(problemsWith({ production, other })).toEqual([]);
  });
});

describe('a broken file of another deployment', () => {
  const broken: readonly (readonly [string, string, string])[] = [
    ['is not YAML', 'account: "1', 'config/staging.yaml:1:12'],
    ['is a list', '- 1', 'config/staging.yaml:1 account'],
    ['has an invalid account', as('staging', 'account: 111111111111\n'), 'config/staging.yaml:3 account'],
    ['has the account twice', as('staging', one + two), 'config/staging.yaml:4 account'],
    ['has the same account and no valid environment', as('test', one), 'config/staging.yaml:1 environment'],
  ];

  test.each(broken)('that %s stops where accounts are compared', (_, staging, where) => {
    expect(problemsWith({ production: as('production', one), staging })).toMatchObject([{ where }]);
  });

  test.each(broken)('that %s does not stop where none is given', (_, staging) => {
    expect(problemsWith({ production: as('production'), staging })).toEqual([]);
  });

  test('its other settings are none of this deployment', () => {
    expect(problemsWith({ production: as('production', one), staging: as('staging', `${two}region: mars\nregoin: x\n`) })).toEqual([]);
  });

  test('that cannot be read stops where accounts are compared', () => {
    const problems = withFolder({ production: as('production', one) }, (directory) => {
      mkdirSync(join(directory, 'staging.yaml'));
      return problemsIn(directory);
    });
    expect(problems).toMatchObject([{ where: 'config/staging.yaml', expected: 'a regular file' }]);
  });
});
