import { erasedInTime } from '../../../../../lib/tom/rules/lake/erased-in-time';
import { type Json, type JsonObject, valueAt } from '../../../../../lib/tom/template/assembly';
import { changed, type Resources, resource } from '../example';
import { findings, lake } from './example-lake';

const on = (resources: Resources, id = 'Archive') => findings(erasedInTime, resources, id);
const rules = valueAt(lake.Archive?.Properties, 'LifecycleConfiguration.Rules') as readonly JsonObject[];
const withRule = (folder: string, change: JsonObject) =>
  on(
    changed(lake, 'Archive', {
      LifecycleConfiguration: { Rules: rules.map((rule) => (rule.Prefix === folder ? { ...rule, ...change } : rule)) },
    }),
  );
const versions = (NoncurrentDays: Json, more: JsonObject = {}) => ({ NoncurrentVersionExpiration: { NoncurrentDays, ...more } });

test('the bucket of the lake complies; another one is not its concern', () => {
  expect(on(lake)).toEqual([]);
  expect(on({ ...lake, Uploads: resource('AWS::S3::Bucket') }, 'Uploads')).toBe('not-applicable');
});

test('shorter times comply, and their sum counts', () => {
  expect(withRule('hits/', { ExpirationInDays: 7, ...versions(21) })).toEqual([]);
  expect(withRule('hits/', { ExpirationInDays: 7, ...versions(22) })).toEqual(['raw::hits/']);
  expect(withRule('lake/', versions(26))).toEqual([]);
});

test.each<[string, string, JsonObject, string[]]>([
  ['raw hits for a month', 'hits/', { ExpirationInDays: 30 }, ['raw::hits/']],
  ['raw hits for ever', 'hits/', { ExpirationInDays: null }, ['raw::hits/']],
  ['versions as long as backups', 'hits/', versions(30), ['raw::hits/']],
  ['hits in error for a month', 'hits-errors/', { ExpirationInDays: 30 }, ['raw::hits-errors/']],
  ['exports of a person for a month, and their versions', 'exports/', { ExpirationInDays: 30 }, ['raw::exports/']],
  ['the newest versions for ever', 'hits/', versions(14, { NewerNoncurrentVersions: 1 }), ['raw::hits/']],
  ['a rule that is off', 'hits/', { Status: 'Disabled' }, ['raw::hits/']],
  ['a rule for large objects alone', 'hits/', { ObjectSizeGreaterThan: 1000 }, ['raw::hits/']],
  ['a rule for some objects alone', 'hits/', { TagFilters: [{ Key: 'a', Value: 'b' }] }, ['raw::hits/']],
  ['a rule for a folder below', 'hits/', { Prefix: 'hits/day=2026-01-01/' }, ['raw::hits/']],
  ['versions of the lake as long as backups', 'lake/', versions(30), ['versions']],
  ['a lake for ever', 'lake/', { ExpirationInDays: 3650 }, ['end']],
  ['a lake that ends before the months of the configuration', 'lake/', { ExpirationInDays: 14 }, ['end']],
  ['no rule for the lake', 'lake/', { Prefix: 'lakes/' }, ['versions', 'end']],
])('%s does not', (_, folder, change, ids) => {
  expect(withRule(folder, change)).toEqual(ids);
});

test.each<[string, JsonObject]>([
  ['locked objects', { ObjectLockEnabled: true }],
  ['a lock that a parameter decides', { ObjectLockEnabled: { Ref: 'Lock' } }],
  ['a lock by default', { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } }],
])('%s do not', (_, properties) => {
  expect(on(changed(lake, 'Archive', properties))).toEqual(['lock']);
});

const replica = (days: number, folders = ['hits/', 'hits-errors/', 'lake/']): Resources => ({
  ArchiveReplica: resource('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: rules
        .filter(({ Prefix }) => folders.includes(String(Prefix)))
        .map((rule) => (rule.Prefix === 'lake/' ? { ...rule, ...versions(days) } : rule)),
    },
  }),
});
const onReplica = (...args: Parameters<typeof replica>) => findings(erasedInTime, lake, 'ArchiveReplica', replica(...args));

test('the replica has the same ends, with days for the markers and without exports', () => {
  expect(onReplica(24)).toEqual([]);
  expect(onReplica(25)).toEqual(['versions']);
  expect(onReplica(14, ['lake/'])).toEqual(['raw::hits/', 'raw::hits-errors/']);
});
