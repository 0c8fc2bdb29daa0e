// The validation against real databases: one that is restored from a copy of the source's files, as Aurora restores a
// snapshot, and copies of it that are damaged on purpose, each in one way. (DSS-5.5.1)
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countedPart, damagesOf, type RestoredFacts } from '../../../../lambda/backup/restore-validation/damages';
import { parseState, type RestoredState } from '../../../../lambda/backup/restore-validation/state';
import { type ReadLimits, readState } from '../../../../lambda/backup/restored-state/read';
import { dayFrom } from '../../../../runtime/hit-days';
import type { SiteId } from '../../../../runtime/site';
import { localPassword } from '../../../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { type LocalServer, startServer } from '../../../../tools/local-database/server';
import { addHit, daysAgo } from '../../../database/lake-days';
import { deployedFunctionTimeLimit } from '../../../time-limits';

jest.setTimeout(deployedFunctionTimeLimit);

let folder: string;
let source: LocalDatabase;
let restored: LocalServer;
let site: SiteId;
let other: SiteId;

const partition = `hits_${daysAgo(3).replaceAll('-', '_')}`;
const addPerson = (of: SiteId, name: string) =>
  source.application.withSite(of, tester, (session) =>
    session.query('insert into rempart.people (site_id, name) values ($1, $2)', [of, name]),
  );

/** A person and three hits on two days; then the record, and what happens between it and the snapshot. */
async function fill(): Promise<void> {
  site = await source.createSite('first');
  other = await source.createSite('second');
  for (const one of [site, other]) {
    await addPerson(one, 'kept');
    await addHit(source, one, daysAgo(3), { visitor: 'v1' });
    await addHit(source, one, daysAgo(3), { visitor: 'v2' });
    await addHit(source, one, daysAgo(1), { visitor: 'v3' });
  }
  await source.maintenance.upkeep('recordNight');
  for (const name of await source.maintenance.upkeep('partitionsToCount')) await source.maintenance.upkeep('countPartition', String(name));
  await addPerson(site, 'came later');
  await addHit(source, site, daysAgo(1), { visitor: 'v4' });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rempart-restore-'));
  await chmod(folder, 0o755);
  source = await startDatabase('development', '--folder', folder);
  await fill();
  await source.close();
  restored = await startServer('--template', join(folder, 'data'));
});
afterAll(async () => {
  await restored?.close();
  await rm(folder, { recursive: true, force: true });
});

const now = new Date();
const key = 'arn:aws:kms:eu-west-3:111111111111:key/data';
const sound: RestoredFacts = { pointCreated: now, encrypted: true, key, expectedKey: key };

let copies = 0;

/** What the validation finds in a copy of the restored database, damaged by these statements of a superuser. */
const damagesAfter = async (statements: readonly string[], facts: RestoredFacts = sound): Promise<readonly string[]> =>
  damagesOf(await stateAfter(statements), facts);

async function stateAfter(statements: readonly string[], limits?: ReadLimits, lock?: string): Promise<RestoredState> {
  const database = `copy_${++copies}`;
  const maker = await restored.connect('postgres', 'postgres');
  await maker.query(`create database ${database} template rempart`);
  await maker.query(`grant connect on database ${database} to rempart_validation`);
  const damager = await restored.connect('postgres', database);
  for (const statement of statements) await damager.query(statement);
  if (lock !== undefined) await damager.query(`begin; lock table rempart.${lock} in access exclusive mode`);
  await maker.end();
  const address = { host: '127.0.0.1', port: restored.port, database, credentials: { password: localPassword }, tls: 'off' } as const;
  try {
    return parseState(await readState(address, now, limits));
  } finally {
    await damager.end();
  }
}

/** Statements that change rows without the triggers that log it. */
const unlogged = (...statements: string[]) => [`set session_replication_role = replica`, ...statements];

test('a restored database that nobody damaged passes, with rows that came after the record', async () => {
  expect(await damagesAfter([])).toEqual([]);
});

test('a missing partition, and a missing table', async () => {
  expect(await damagesAfter([`drop table rempart.${partition}`])).toEqual([
    `The partition rempart.${partition} is missing; restore it from an older recovery point, and examine who dropped it.`,
  ]);
  expect(await damagesAfter([`drop table rempart.lake_progress`])).toEqual(
    expect.arrayContaining([expect.stringMatching(/^The table rempart\.lake_progress is missing/)]),
  );
});

test('an empty partition that is missing is found too', async () => {
  const empty = `hits_${dayFrom(new Date(), 9).replaceAll('-', '_')}`;
  expect(await damagesAfter([`drop table rempart.${empty}`])).toEqual([expect.stringContaining(`rempart.${empty} is missing`)]);
});

test.each(['disable row level security', 'no force row level security'])(
  'row security off: %s, of a table and of a partition',
  async (off) => {
    for (const table of ['people', partition])
      expect(await damagesAfter([`alter table rempart.${table} ${off}`])).toEqual([
        `Row security of rempart.${table} is not enabled and forced; enable and force it in the source with a migration.`,
      ]);
  },
);

test('a policy that is dropped, replaced by a wider one, or given to another role', async () => {
  expect(await damagesAfter(['drop policy application on rempart.people'])).toEqual([
    expect.stringMatching(/^The policy application of rempart\.people is missing; /),
  ]);
  const changed = [expect.stringMatching(/^The policy application of rempart\.people is not that of the record; /)];
  expect(await damagesAfter(['alter policy application on rempart.people using (true)'])).toEqual(changed);
  expect(await damagesAfter(['alter policy application on rempart.people to public'])).toEqual(changed);
});

test('a dropped policy of the role that counts is found, and not taken for a loss that is none', async () => {
  const found = await damagesAfter(['drop policy counter on rempart.people']);
  expect(found).toContainEqual(expect.stringMatching(/^The policy counter of rempart\.people is missing/));
});

test('rows of one site lost: of a table, of one partition, and of its log', async () => {
  expect(
    await damagesAfter(
      unlogged(
        `delete from rempart.people where site_id = ${site} and name = 'kept'`,
        `delete from rempart.people where site_id = ${site}`,
      ),
    ),
  ).toEqual([`Site ${site} has lost 1 of 1 rows of rempart.people; restore them from an older recovery point.`]);
  expect(await damagesAfter(unlogged(`delete from rempart.hits where site_id = ${other} and visitor = 'v1'`))).toEqual([
    `Site ${other} has lost 1 of 2 rows of rempart.${partition}; restore them from an older recovery point.`,
  ]);
  expect(await damagesAfter(unlogged(`delete from rempart.access_log where site_id = ${other}`))).toEqual([
    expect.stringMatching(new RegExp(`^Site ${other} has lost \\d+ of \\d+ rows of rempart\\.access_log`)),
  ]);
  expect(
    await damagesAfter(
      unlogged(
        `delete from rempart.site_settings where site_id = ${other}`,
        `delete from rempart.people where site_id = ${other}`,
        `delete from rempart.sites where id = ${other}`,
      ),
    ),
  ).toHaveLength(3);
});

test('rows that were removed since the record, with an entry in the log, are no damage; one more is', async () => {
  const removed = [
    `delete from rempart.hits where site_id = ${site} and visitor = 'v1'`,
    `delete from rempart.people where site_id = ${site} and name = 'kept'`,
  ];
  expect(await damagesAfter(removed)).toEqual([]);
  expect(await damagesAfter([...removed, ...unlogged(`delete from rempart.hits where site_id = ${site} and visitor = 'v2'`)])).toEqual([
    expect.stringContaining(`Site ${site} has lost 1 of 2 rows of rempart.${partition}`),
  ]);
  // As many as were removed, of another partition: the sum shows it.
  const elsewhere = [
    `delete from rempart.hits where site_id = ${other} and visitor = 'v1'`,
    ...unlogged(`delete from rempart.hits where site_id = ${other} and visitor = 'v3'`),
  ];
  expect(await damagesAfter(elsewhere)).toEqual([
    `Site ${other} has lost 1 of 3 rows of rempart.hits; restore them from an older recovery point.`,
  ]);
});

test('a removal before the record excuses nothing', async () => {
  const before = [
    `delete from rempart.hits where site_id = ${site} and visitor = 'v1'`,
    `select rempart.record_night()`,
    // Its day is over, and it would not be counted again.
    `delete from rempart_private.day_counts`,
    `select rempart.count_partition('${partition}')`,
  ];
  expect(await damagesAfter([...before, ...unlogged(`delete from rempart.hits where site_id = ${site} and visitor = 'v2'`)])).toEqual([
    expect.stringContaining(`Site ${site} has lost 1 of 1 rows`),
  ]);
});

test('a partition without a count in the source is no damage, and is named as not counted', async () => {
  const begun = 32;
  const whole = await stateAfter([]);
  expect([countedPart(whole), whole.notCounted]).toEqual([`${begun} of ${begun} partitions counted.`, []]);
  const uncounted = await stateAfter([
    `delete from rempart_private.day_counts where name = '${partition}'`,
    ...unlogged(`delete from rempart.hits where received_at < '${daysAgo(2)}'`),
  ]);
  expect([damagesOf(uncounted, sound), countedPart(uncounted)]).toEqual([[], `${begun - 1} of ${begun} partitions counted.`]);
});

test('a partition whose count takes longer than its limit is left out, the others are counted, and a loss there is found', async () => {
  const lost = unlogged(`delete from rempart.hits where site_id = ${other} and visitor = 'v3'`);
  const state = await stateAfter(lost, { total: 60_000, statement: 2_000 }, partition);
  expect([state.notCounted, countedPart(state)]).toEqual([[partition], '31 of 32 partitions counted.']);
  expect(damagesOf(state, sound)).toEqual([expect.stringContaining(`Site ${other} has lost 1 of 1 rows`)]);
});

test('without time none is counted, and a missing one is found all the same', async () => {
  const state = await stateAfter([`drop table rempart.${partition}`], { total: 0, statement: 60_000 });
  expect(countedPart(state)).toBe('0 of 32 partitions counted.');
  expect(damagesOf(state, sound)).toEqual([expect.stringContaining(`The partition rempart.${partition} is missing`)]);
});

test('hits that came late do not hide that the newest of their partition is lost', async () => {
  const day = `received_at >= '${daysAgo(3)}' and received_at < '${daysAgo(2)}' and site_id = ${site}`;
  const swap = [
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind)
     select site_id, received_at - interval '1 hour', gen_random_uuid(), occurred_at, kind from rempart.hits where ${day}`,
    `delete from rempart.hits where site_id in (${site}, ${other}) and received_at >= '${daysAgo(3)} 11:30Z' and received_at < '${daysAgo(2)}'`,
    `insert into rempart.hits (site_id, received_at, id, occurred_at, kind)
     select ${other}, received_at, gen_random_uuid(), occurred_at, kind from rempart.hits where ${day}`,
  ];
  expect(await damagesAfter(unlogged(...swap))).toEqual([expect.stringContaining(`The newest hit of rempart.${partition}, of `)]);
});

test('a partition that upkeep detaches and drops is no damage', async () => {
  const detach = `alter table rempart.hits detach partition rempart.${partition}`;
  expect(await damagesAfter([detach])).toEqual([]);
  const forget = `select rempart.forget_hits('${daysAgo(3)}', '${daysAgo(2)}', '${daysAgo(3)}')`;
  expect(await damagesAfter([detach, `drop table rempart.${partition}`, forget])).toEqual([]);
});

test('old data: a record that is a day older than the recovery point, or none', async () => {
  const hours = (after: number) => ({ ...sound, pointCreated: new Date(now.getTime() + after * 3_600_000) });
  expect(await damagesAfter([], hours(23))).toEqual([]);
  expect(await damagesAfter([], hours(25))).toEqual([
    expect.stringMatching(/^The newest record is of .*, 2[45] hours older than the recovery point/),
  ]);
  expect(await damagesAfter(['delete from rempart_private.night_records'])).toEqual([expect.stringContaining('has no record of a night')]);
});

test('the newest hits lost', async () => {
  expect(await damagesAfter(unlogged(`delete from rempart.hits where received_at >= '${daysAgo(1)}'`))).toEqual(
    expect.arrayContaining([
      expect.stringContaining('The database has the newest hit of'),
      expect.stringContaining(`Site ${site} has lost 1 of 1 rows`),
    ]),
  );
});

test('a wrong key, and none', async () => {
  const another = key.replace('/data', '/other');
  expect(await damagesAfter([], { ...sound, key: another })).toEqual([
    expect.stringContaining(`encrypted by the key ${another}, and not by ${key}`),
  ]);
  expect(await damagesAfter([], { ...sound, encrypted: false })).toEqual([expect.stringContaining('encrypted by no key')]);
});

test('an index that is invalid, of a table and of a partition, and one that is missing', async () => {
  const invalid = (index: string) => `update pg_index set indisvalid = false where indexrelid = 'rempart.${index}'::regclass`;
  expect(await damagesAfter([invalid('people_visitor')])).toEqual([
    'The index rempart.people_visitor is invalid; run "reindex index concurrently rempart.people_visitor" in the source.',
  ]);
  expect(await damagesAfter([invalid(`${partition}_pkey`)])).toEqual([expect.stringContaining(`rempart.${partition}_pkey is invalid`)]);
  expect(await damagesAfter(['drop index rempart.people_visitor'])).toEqual([expect.stringContaining('rempart.people_visitor is missing')]);
});

test('several damages at once are all found', async () => {
  const found = await damagesAfter([
    `drop table rempart.${partition}`,
    'alter table rempart.people disable row level security',
    'drop policy application on rempart.sites',
  ]);
  expect(found).toHaveLength(3);
});
