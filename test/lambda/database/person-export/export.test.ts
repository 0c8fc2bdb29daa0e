// Export of one person's data on a real server: complete, without data of others, with a checksum, and logged.
// (DSS-4.2)
import { createHash, randomUUID } from 'node:crypto';
import { exportPerson } from '../../../../lambda/database/person-export/export';
import type { Archive } from '../../../../runtime/archive';
import { ingest } from '../../../../runtime/ingest';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';
import { provideZstd } from '../../../../tools/local-database/zstd';
import { MemoryLake } from '../../../runtime/lake/memory-lake';
import { databaseTimeLimit } from '../../../time-limits';

let db: LocalDatabase;
let site: SiteId;
let ada: string;
const now = new Date();
const operator = { name: 'operator', from: 'console' };

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('export');
  const other = await db.createSite('elsewhere');
  const hit = (of: number, visitor: string) =>
    Buffer.from(JSON.stringify({ site: of, id: randomUUID(), received: now.toISOString(), kind: 'page', visitor }));
  await ingest(db.application, [
    ...Array(5003)
      .fill(0)
      .map(() => hit(site, 'v-ada')),
    hit(site, 'v-bob'),
    hit(other, 'v-ada'),
  ]);
  ada = await db.application.withSite(site, tester, async (session) => {
    await session.query(`insert into rempart.people (site_id, name, visitor) values ($1, 'Bob', 'v-bob')`, [site]);
    const { rows } = await session.query<{ id: string }>(
      `insert into rempart.people (site_id, name, visitor) values ($1, 'Ada "\n', 'v-ada') returning id`,
      [site],
    );
    const id = rows[0]?.id ?? '';
    await session.query(`insert into rempart.person_rights (site_id, person_id, role) values ($1, $2, 'reader')`, [site, id]);
    return id;
  });
}, databaseTimeLimit);
afterAll(() => db.close());

/** An archive in memory: a mock that checks digests as S3 does. */
function memoryArchive(): Archive & { readonly objects: Map<string, Buffer> } {
  const objects = new Map<string, Buffer>();
  return {
    objects,
    async put(key, body, _, sha256) {
      if (objects.has(key) || !createHash('sha256').update(body).digest().equals(sha256)) throw new Error(`${key} refused`);
      objects.set(key, body);
    },
  };
}

test("a person's rows of one site, all pages of them, with a checksum beside", async () => {
  const archive = memoryArchive();
  const done = await exportPerson(db.application, archive, new MemoryLake(), { site, person: { id: ada }, actor: operator }, now, 'unique');
  expect(done).toMatchObject({ key: `exports/site-${site}/${now.toISOString().replaceAll(':', '')}-unique.jsonl`, lines: 5005 });
  const file = archive.objects.get(done.key) ?? Buffer.alloc(0);
  expect(createHash('sha256').update(file).digest('hex')).toBe(done.sha256);
  expect(archive.objects.get(`${done.key}.sha256`)?.toString()).toBe(`${done.sha256}  ${done.key.split('/').at(-1)}\n`);
  const lines = file
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.every(({ row }) => row.site_id === site && row.visitor !== 'v-bob')).toBe(true);
  expect(new Set(lines.filter(({ table }) => table === 'hits').map(({ row }) => row.id)).size).toBe(5003);
  expect(lines[0]).toMatchObject({ table: 'people', row: { name: 'Ada "\n' } });
  const { rows } = await db.superuser.query(
    `select actor, source, outcome from rempart.access_log where action = 'export person' and site_id = $1`,
    [site],
  );
  expect(rows).toEqual([{ actor: 'operator', source: 'console', outcome: 'done' }]);
});

test('a visitor by the pseudonym, and a person without data', async () => {
  const archive = memoryArchive();
  expect(
    await exportPerson(db.application, archive, new MemoryLake(), { site, person: { visitor: 'v-bob' }, actor: operator }, now, 'a'),
  ).toMatchObject({
    lines: 2,
  });
  expect(
    await exportPerson(db.application, archive, new MemoryLake(), { site, person: { visitor: 'nobody' }, actor: operator }, now, 'b'),
  ).toMatchObject({
    lines: 0,
  });
  expect(
    await exportPerson(db.application, archive, new MemoryLake(), { site, person: { id: randomUUID() }, actor: operator }, now, 'c'),
  ).toMatchObject({
    lines: 0,
  });
});

const entriesOf = async (pattern: string) =>
  (
    await db.superuser.query('select action, outcome, detail, actor from rempart.access_log where site_id = $1 and action like $2', [
      site,
      pattern,
    ])
  ).rows;

test('a second entry has the location of the export', async () => {
  const { key } = await exportPerson(
    db.application,
    memoryArchive(),
    new MemoryLake(),
    { site, person: { visitor: 'v-bob' }, actor: operator },
    now,
    'second',
  );
  expect(await entriesOf('store export %second.jsonl')).toEqual([
    { action: `store export ${key}`, outcome: 'done', detail: null, actor: 'operator' },
  ]);
});

test('an export that was read and not stored is logged as such', async () => {
  const archive: Archive = { put: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) };
  const request = { site, person: { visitor: 'v-bob' }, actor: operator };
  await expect(exportPerson(db.application, archive, new MemoryLake(), request, now, 'denied')).rejects.toThrow('no');
  expect(await entriesOf('store export %denied.jsonl')).toMatchObject([{ outcome: 'failed', detail: 'AccessDenied' }]);
});

test('more than fits is refused before anything is written, and logged', async () => {
  const archive = memoryArchive();
  const before = (await entriesOf('export person')).length;
  const request = { site, person: { id: ada }, actor: operator };
  await expect(exportPerson(db.application, archive, new MemoryLake(), request, now, 'large', 100_000)).rejects.toThrow(
    'export: expected at most 100000 bytes for one person, got more',
  );
  expect(archive.objects.size).toBe(0);
  expect((await entriesOf('export person')).slice(before)).toMatchObject([{ outcome: 'failed', detail: 'RangeError' }]);
});

test('an export that ends before the lake is read says so, and writes nothing', async () => {
  await provideZstd();
  const large = await db.createSite('large-lake');
  await db.superuser.query(
    `insert into rempart.lake_files (site_id, day, object_key, rows, bytes, sha256, first_received, last_received)
     values ($1::integer, '2026-01-05', 'lake/site=' || $1::integer || '/day=2026-01-05/' || left(encode(sha256('x'), 'hex'), 16) || '.parquet',
       1, 1000, sha256('x'), '2026-01-05 01:00Z', '2026-01-05 01:00Z')`,
    [large],
  );
  const archive = memoryArchive();
  const request = { site: large, person: { visitor: 'v-ada' }, actor: operator };
  await expect(exportPerson(db.application, archive, new MemoryLake(), request, new Date(0), 'late')).rejects.toThrow(
    /^export: expected hits of the lake within 600 seconds and 20 GiB, got more after 0 bytes; nothing was written/,
  );
  expect(archive.objects.size).toBe(0);
});
