// The fleet in the `collection` part of the configuration: bounds, and the rules between the settings.
import { fleetName, fleetServiceRoleSuffix } from '../../../../lib/config/names';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { siteOf } from '../../../../lib/config/site';
import { problemsOf } from '../folder';

const file = (line: string): string => `environment: production\nowner: platform-team\ncollection: {${line}}\n`;
const action = (name: string, cron: string, minimum: number) => `{name: ${name}, cron: "${cron}", minimum: ${minimum}}`;

test.each<[string, string, string, string, string]>([
  [
    'the least servers are no more than the most',
    'servers: {minimum: 5, maximum: 5}',
    'servers: {minimum: 6, maximum: 5}',
    'collection.servers.minimum',
    'at most maximum, 5',
  ],
  [
    'a schedule stays within the maximum',
    `servers: {maximum: 8}, scheduled: [${action('spot', '0 18 * * *', 8)}]`,
    `servers: {maximum: 8}, scheduled: [${action('spot', '0 18 * * *', 9)}]`,
    'collection.scheduled[0].minimum',
    'at most servers.maximum, 8',
  ],
  [
    'each action has its own name',
    `scheduled: [${action('up', '0 18 * * *', 8)}, ${action('down', '0 20 * * *', 3)}]`,
    `scheduled: [${action('up', '0 18 * * *', 8)}, ${action('up', '0 20 * * *', 3)}]`,
    'collection.scheduled[1].name',
    'a name other than that of collection.scheduled[0]',
  ],
  [
    'each action has its own letters and digits',
    `scheduled: [${action('up-1', '0 18 * * *', 8)}, ${action('up-2', '0 20 * * *', 3)}]`,
    `scheduled: [${action('up-1', '0 18 * * *', 8)}, ${action('up1', '0 20 * * *', 3)}]`,
    'collection.scheduled[1].name',
    'a name other than that of collection.scheduled[0]',
  ],
  [
    'what waits in the pool has room',
    'servers: {minimum: 2, maximum: 6}, warmPool: 4',
    'servers: {minimum: 2, maximum: 6}, warmPool: 5',
    'collection.warmPool',
    'at most 4, the difference between servers.maximum and servers.minimum',
  ],
  [
    'the types have one size',
    'instanceTypes: [c7g.xlarge, m8g.xlarge]',
    'instanceTypes: [c7g.xlarge, m8g.large]',
    'collection.instanceTypes[1]',
    'a type of the size of the first, xlarge',
  ],
  [
    'each type is named once',
    'instanceTypes: [m8g.large, c7g.large]',
    'instanceTypes: [m8g.large, c7g.large, c7g.large]',
    'collection.instanceTypes[2]',
    'each type once',
  ],
  [
    'production has several types, for a zone that has run out of one',
    'instanceTypes: [m8g.large, c7g.large]',
    'instanceTypes: [m8g.large]',
    'collection.instanceTypes',
    'at least 2 types in production',
  ],
])('%s', (_, good, bad, path, expected) => {
  expect(problemsOf(file(good))).toEqual([]);
  expect(problemsOf(file(bad))).toMatchObject([{ where: expect.stringContaining(` ${path}`), expected }]);
});

test.each([
  ['one server', 'servers: {minimum: 1}'],
  ['a schedule that leaves one', `scheduled: [${action('night', '0 0 * * *', 1)}]`],
  ['more servers than a load balancer takes', 'servers: {maximum: 2000}'],
  ['three disks, which are no pairs', 'disks: {count: 3}'],
  ['a disk that is too small for a spool', 'disks: {gibibytes: 1}'],
  ['a spool that fills the disk', 'spoolLimitPercent: 100'],
  ['a type that Paris does not have', 'instanceTypes: [m8g.large, c8g.large]'],
  ['a type that is no Graviton', 'instanceTypes: [m8g.large, m7i.large]'],
  ['a hit that waits for a second', 'commitDelayMilliseconds: 1000'],
  ['a schedule in words', `scheduled: [${action('spot', 'every day', 5)}]`],
  ['a schedule at minute 95', `scheduled: [${action('spot', '95 18 * * *', 5)}]`],
  ['a schedule at hour 24', `scheduled: [${action('spot', '0 24 * * *', 5)}]`],
  ['a schedule of six fields', `scheduled: [${action('spot', '0 18 * * ? *', 5)}]`],
  ['a name with capitals', `scheduled: [${action('Spot', '0 18 * * *', 5)}]`],
])('%s is refused', (_, line) => {
  expect(problemsOf(file(line))).toHaveLength(1);
});

test.each(['30 18 * * 5', '*/5 0-6 1,15 * *', '0 0 1 1 *'])('%s is a schedule', (cron) => {
  expect(problemsOf(file(`scheduled: [${action('spot', cron, 5)}]`))).toEqual([]);
});

test('rules do not report fields that are invalid by themselves', () => {
  expect(problemsOf(file('servers: {minimum: 1, maximum: many}, warmPool: 5'))).toHaveLength(2);
});

test('names fit into what AWS allows, for the longest deployment', () => {
  for (const name of ['home', 'recovery'] as const) {
    const site = siteOf('a'.repeat(24), name, settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
    expect(`AWSServiceRoleForAutoScaling_${fleetServiceRoleSuffix(site)}`.length).toBeLessThanOrEqual(64);
    expect(fleetName(site).length).toBeLessThanOrEqual(255);
  }
});
