// A share of npm run prove:lake: it finds nothing, and it does find each hole that is made for it.
import type { Assembly, JsonObject } from '../../../lib/tom/template/assembly';
import { provideZstd } from '../../../tools/local-database/zstd';
import { LakePolicies } from '../../../tools/prove-lake/policies';
import { attack } from '../../../tools/prove-lake/prove';
import { openWorld, type World } from '../../../tools/prove-lake/world';
import { changed, production, withProperties } from '../rehearse/production';

jest.setTimeout(300_000);

const seed = 20261130;
let world: World;
beforeAll(async () => {
  await provideZstd();
  world = await openWorld(new LakePolicies(production));
});
afterAll(() => world?.close());

test('attempts across sites find nothing, each family among them', async () => {
  const { families, tried, found } = await attack(world, { tries: 400, seed, enumerated: 150 });
  expect(found).toEqual([]);
  expect(tried).toBe(550);
  expect(Object.keys(families).toSorted()).toEqual([
    'a catalogue that lies',
    'calls of upkeep',
    'files with rows of another site',
    'filters of a read',
    'keys at the store',
    'requests of a session',
    'roles of the deployment',
    'sessions of the roles',
    'sites at the same time',
    'statements before a read',
    'statements on the catalogue',
  ]);
  // The attempts run: many of the reads are answered, and the own hits with them.
  for (const name of ['statements before a read', 'statements on the catalogue', 'filters of a read', 'sites at the same time'])
    expect([name, families[name]?.answered]).not.toEqual([name, 0]);
  // Nothing else than the comparison of the rows refuses a file.
  expect(families['files with rows of another site']?.refused).toBeGreaterThan(0);
  process.stdout.write(`lake: seed ${seed}, ${tried} attempts across sites, ${found.length} found\n`);
});

const weakened = (name: string, from: string, to: string): Assembly =>
  changed(
    name,
    withProperties((properties) => JSON.parse(JSON.stringify(properties).replace(from, to)) as JsonObject),
  );

test.each<[string, string, string, string, string]>([
  ['a role that reads every site', 'data/LakeRolesReaderPermissions', '${aws:PrincipalTag/rempart:site}', '*', 'requests of a session'],
  ['a role that writes every site', 'data/LakeRolesWriterPermissions', '${aws:PrincipalTag/rempart:site}', '*', 'changed by one of'],
  ['a bucket that every role reads', 'data/ArchivePolicy', '/lake/*', '/lakes/*', 'roles of the deployment'],
])('the search finds %s', async (_, name, from, to, family) => {
  const { policies: before, objects } = world.bucket;
  const kept = [...objects];
  world.bucket.policies = new LakePolicies(weakened(name, from, to));
  try {
    const { found } = await attack(world, { tries: 300, seed, enumerated: 300 });
    expect(found.map((each) => each.slice(0, family.length))).toContain(family);
  } finally {
    world.bucket.policies = before;
    objects.clear();
    for (const [key, body] of kept) objects.set(key, body);
  }
});

test.each([
  ['files of all sites', 'create policy hole on rempart.lake_files using (true)', 'drop policy hole on rempart.lake_files', /^statements/],
  ['hits of all sites', 'create policy hole on rempart.hits using (true)', 'drop policy hole on rempart.hits', /^filters of a read/],
  ['counts of all sites', 'create policy hole on rempart.hit_counts using (true)', 'drop policy hole on rempart.hit_counts', /^statements/],
])('the search finds %s', async (_, make, mend, family) => {
  await world.db.superuser.query(make);
  try {
    const { found } = await attack(world, { tries: 150, seed, enumerated: 0 });
    expect(found.filter((each) => family.test(each))).not.toEqual([]);
  } finally {
    await world.db.superuser.query(mend);
  }
});
