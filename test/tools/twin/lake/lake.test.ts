// The lake of the twin on a real server and the stand-in of S3: the code of the deployed functions writes files, and
// DuckDB reads them. The comparison finds what is made wrong.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayFrom } from '../../../../runtime/hit-days';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { checkLake } from '../../../../tools/twin/lake/check';
import { playLake } from '../../../../tools/twin/lake/play';
import { eraseVisitor, exportDays, fill, read } from '../../../../tools/twin/lake/steps';
import { lakeOn, openTwinLake, siteOf, type TwinLake } from '../../../../tools/twin/lake/twin-lake';
import { archiveBucket } from '../../../../tools/twin/parts/archive';
import { type StandIn, startStandIn } from '../../../../tools/twin/parts/stand-in';

jest.setTimeout(240_000);

let folder = '';
let s3: StandIn;
let db: LocalDatabase;
let lake: TwinLake;

beforeAll(async () => {
  await provideZstd();
  folder = mkdtempSync(join(tmpdir(), 'rempart-twin-lake-'));
  [db, s3] = await Promise.all([
    startDatabase(),
    startStandIn({
      name: 'archive',
      script: require.resolve('../../../../tools/twin/parts/archive-process.ts'),
      args: [folder, archiveBucket],
      janitor: { watch: () => undefined, forget: () => undefined, dismiss: async () => undefined },
      signal: new AbortController().signal,
      lost: (error) => {
        throw error;
      },
    }),
  ]);
  for (const key of ['gazette', 'clinic']) await db.createSite(key);
  const { application, maintenance, superuser } = db;
  const look: TwinLake['look'] = async (text, values = []) => (await superuser.query(text, [...values])).rows;
  lake = await lakeOn({ application, maintenance, look, archiveEndpoint: s3.endpoint, archiveFolder: folder });
});
afterAll(async () => {
  await lake?.close();
  await Promise.all([db?.close(), s3?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

test('hits are exported, leave the window, and are erased; both readers have the same rows after each step', async () => {
  const lines: string[] = [];
  const played = await playLake(lake, { hits: 30, days: 12, seed: 1 }, (line) => lines.push(line));
  // Days 4 to 15 ago, 30 and 15 hits a day; those over for 10 days are exported, and those over for 12 leave.
  expect(played).toMatchObject({ stored: 540, exported: 225, left: 0, problems: [] });
  expect(played.erased).toBeGreaterThan(0);
  expect(played.compared).toBeGreaterThan(0);
  expect(lines).toHaveLength(5);
  const files = await lake.files.rows();
  expect(new Set(files.map(({ site }) => site))).toEqual(new Set([1, 2]));
  expect(files.map(({ key }) => key).every((key) => /^lake\/site=[12]\/day=\d{4}-\d\d-\d\d\/[0-9a-f]{16}\.parquet$/.test(key))).toBe(true);
});

test('one day of one site is exported now, and read from the window while it is there', async () => {
  const site = await siteOf(lake, 'clinic');
  const day = dayFrom(new Date(), -5);
  expect(await exportDays(lake, { day, site })).toMatchObject({ days: 1, objects: 1 });
  expect(await exportDays(lake, { day: '2000-01-01' })).toEqual({ days: 0, rows: 0, objects: 0 });
  const bounds = { from: new Date(day), to: new Date(Date.parse(day) + 86_400_000) };
  expect(await read(lake, site, bounds)).toMatchObject({ objects: 0, bytes: 0 });
  const old = await read(lake, site, { to: new Date(dayFrom(new Date(), -12)) });
  expect(old.objects).toBeGreaterThan(0);
  expect(old.bytes).toBeGreaterThan(0);
});

test('the comparison finds a file of another site, a lost row, and a person who is still there', async () => {
  const problemsAfter = async (change: () => void | Promise<void>, mend: () => void | Promise<void>) => {
    await change();
    const { problems } = await checkLake(lake).finally(mend);
    return problems.map((problem) => problem.replace(/[0-9a-f]{16}\.parquet/, 'x.parquet'));
  };
  expect((await checkLake(lake)).problems).toEqual([]);
  const pathOf = (key: string) => join(folder, archiveBucket, `${key}._S3rver_object`);
  const files = await lake.files.rows();
  const [one, two] = [1, 2].map((site) => files.find((file) => file.site === site)?.key ?? '') as [string, string];
  const [first, second] = [readFileSync(pathOf(one)), readFileSync(pathOf(two))];
  const foreign = await problemsAfter(
    async () => {
      writeFileSync(pathOf(one), second);
      // As if the runtime did not compare: the size is that of the catalogue.
      await lake.look('update rempart.lake_files set bytes = $2 where object_key = $1', [one, second.length]);
    },
    async () => {
      writeFileSync(pathOf(one), first);
      await lake.look('update rempart.lake_files set bytes = $2 where object_key = $1', [one, first.length]);
    },
  ).catch((error: Error) => [error.message]);
  // The runtime refuses the file before the comparison ends.
  expect(foreign.join()).toMatch(/expected rows of site 1, got one of another site|expected rows of its site and day/);

  const counted = await problemsAfter(
    async () => void (await lake.look('update rempart.lake_files set rows = rows + 1 where object_key = $1', [two])),
    async () => void (await lake.look('update rempart.lake_files set rows = rows - 1 where object_key = $1', [two])),
  );
  expect(counted).toEqual([
    expect.stringMatching(/^lake\/site=2\/day=[\d-]+\/x\.parquet: expected \d+ rows, as in the catalogue, got \d+$/),
  ]);

  const unknown = await problemsAfter(
    () => writeFileSync(pathOf(two.replace(/[0-9a-f]{16}\.parquet/, '0000000000000000.parquet')), second),
    () => rmSync(pathOf(two.replace(/[0-9a-f]{16}\.parquet/, '0000000000000000.parquet'))),
  );
  expect(unknown).toEqual(expect.arrayContaining([expect.stringMatching(/x\.parquet: expected an entry of the catalogue, got none/)]));

  const [visitor = ''] = await lake.files.visitors(2);
  const here = await problemsAfter(
    async () =>
      void (await lake.look(
        `insert into rempart.erasures (site_id, id, visitor, requested_by, requested_at, due_at, lake_removed_at)
         values (2, '00000000-0000-4000-8000-000000000001', $1, 'test', '2000-01-01', now() + interval '30 days', now())`,
        [visitor],
      )),
    async () => void (await lake.look(`delete from rempart.erasures where id = '00000000-0000-4000-8000-000000000001'`)),
  );
  expect(here).toEqual(expect.arrayContaining([expect.stringMatching(/^site 2: expected no row of an erased person, got \d+$/)]));
});

test('a person of whom nothing is there can be erased, and a site that does not exist is an error', async () => {
  const site = await siteOf(lake, 'gazette');
  expect(await eraseVisitor(lake, site, 'nobody')).toMatchObject({ removed: 0 });
  await expect(siteOf(lake, 'unknown')).rejects.toThrow('--site: expected a site of the twin, got "unknown"; its page lists them');
  await expect(openTwinLake(folder)).rejects.toThrow(`--folder: expected the folder of a running twin, got ${folder}`);
});

test('the same filling stores nothing twice', async () => {
  expect(await fill(lake, { hits: 30, days: 2, seed: 1 })).toBe(0);
});
