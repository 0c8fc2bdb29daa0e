// The `data` part of the configuration: its bounds, and the rules between its settings and others.
import { dataBucketName, databaseIdentifier } from '../../../../lib/config/names';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { siteOf } from '../../../../lib/config/site';
import { largestAcu } from '../../../../lib/cost/limits';
import { problemsOf } from '../folder';

const file = (environment: string, ...lines: string[]): string =>
  `environment: ${environment}\nowner: platform-team\n${lines.join('\n')}\n`;
const snapshot = (region = 'eu-west-3', account = '111111111111') => `arn:aws:rds:${region}:${account}:cluster-snapshot:awsbackup:job-1`;
const account = 'account: "111111111111"';

test.each([
  ['a standby in production', 'readers: 1', 'readers: 0', 'data.readers', 'at least 1 in production'],
  [
    'bounds in order',
    'capacity: {minimum: 4, maximum: 4}',
    'capacity: {minimum: 4.5, maximum: 4}',
    'data.capacity.minimum',
    'at most maximum, 4',
  ],
  ['windows apart', 'backupHour: 2, maintenance: {hour: 3}', 'backupHour: 3', 'data.backupHour', 'an hour other than maintenance.hour'],
  [
    'a window within the months',
    'hotDays: 84, keepMonths: 3',
    'hotDays: 85, keepMonths: 3',
    'data.hotDays',
    'at most 84, the days of keepMonths',
  ],
])('%s', (_, good, bad, path, expected) => {
  expect(problemsOf(file('production', `data: {${good}}`))).toEqual([]);
  expect(problemsOf(file('production', `data: {${bad}}`))).toMatchObject([{ where: expect.stringContaining(` ${path}`), expected }]);
});

test.each([
  ['the hour of the backup window', 1, 'data.backupHour, 1'],
  ['the hour before it', 0, 'data.backupHour, 1'],
  ['the hour of the maintenance', 3, 'data.maintenance.hour, 3'],
  ['the hour before it', 2, 'data.maintenance.hour, 3'],
])('no backup begins in %s', (_, hour, window) => {
  const expected = `an hour that is neither ${window}, nor the one before`;
  expect(problemsOf(file('production', `backup: {hour: ${hour}}`))).toMatchObject([
    { where: expect.stringContaining(' backup.hour'), expected },
  ]);
});

test('a backup may begin in the hour after a window, and before midnight', () => {
  for (const hour of [4, 22]) expect(problemsOf(file('production', `backup: {hour: ${hour}}`))).toEqual([]);
  expect(problemsOf(file('production', 'data: {backupHour: 0}', 'backup: {hour: 23}'))).toHaveLength(1);
});

test('the maximum may be that of the largest instance, which the cost model advises', () => {
  expect(problemsOf(file('production', `data: {capacity: {maximum: ${largestAcu}}}`))).toEqual([]);
});

test('outside production the database may have no reader', () => {
  expect(problemsOf(file('staging', 'data: {readers: 0}'))).toEqual([]);
});

test.each([
  ['minimum: 0.25', 'capacity: {minimum: 0.25}'],
  ['a third of a step', 'capacity: {minimum: 1.3}'],
  ['a pause, which the proxy prevents', 'capacity: {minimum: 0}'],
  ['more than a serverless instance has', 'capacity: {maximum: 256.5}'],
  ['a class that is none', 'instanceClass: db.big'],
  ['a scaling that Aurora does not have', 'readerScaling: none'],
  ['a storage that Aurora does not have', 'storage: gp3'],
  ['an hour past midnight', 'backupHour: 24'],
  ['no month', 'keepMonths: 1'],
  ['fewer days than late hits have', 'hotDays: 31'],
  ['more than 400 days', 'hotDays: 401'],
  ['more readers than zones', 'readers: 3'],
])('%s is refused', (_, line) => {
  expect(problemsOf(file('production', `data: {${line}}`))).toHaveLength(1);
});

describe('a snapshot to restore from', () => {
  const restore = (site: string, arn: string) => file('production', account, `data: {restoreFrom: {${site}: "${arn}"}}`);

  test('is of the account, in the region of its site', () => {
    expect(problemsOf(restore('home', snapshot()))).toEqual([]);
    expect(problemsOf(restore('recovery', snapshot('eu-central-1')))).toEqual([]);
  });

  test.each([
    ['another region', restore('home', snapshot('eu-central-1')), 'a snapshot in eu-west-3'],
    ['the home region for the recovery site', restore('recovery', snapshot()), 'a snapshot in eu-central-1'],
    ['another account', restore('home', snapshot('eu-west-3', '222222222222')), 'a snapshot of the account that `account` names'],
    [
      'an account that is not named',
      file('production', `data: {restoreFrom: {home: "${snapshot()}"}}`),
      'a snapshot of the account that `account` names',
    ],
    ['an instance', restore('home', 'arn:aws:rds:eu-west-3:111111111111:snapshot:x'), 'the ARN of a snapshot of a database cluster'],
  ])('is not from %s', (_, text, expected) => {
    expect(problemsOf(text)).toMatchObject([{ expected }]);
  });
});

describe('names', () => {
  const site = (data = {}, name: 'home' | 'recovery' = 'home') =>
    siteOf('a'.repeat(24), name, settingsSchema.parse({ environment: 'production', owner: 'platform', data }), []);

  test('fit into what AWS allows, for the longest deployment', () => {
    expect(dataBucketName(site(), 'archive', '111111111111').length).toBeLessThanOrEqual(63);
    expect(databaseIdentifier(site({ restoreFrom: { home: snapshot() } })).length).toBeLessThanOrEqual(63);
  });

  test('of a restored database differ, at the restored site alone', () => {
    const data = { restoreFrom: { home: snapshot() } };
    expect(databaseIdentifier(site(data))).not.toBe(databaseIdentifier(site()));
    expect(databaseIdentifier(site(data, 'recovery'))).toBe(databaseIdentifier(site()));
  });
});
