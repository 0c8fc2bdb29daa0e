// Rows of the lake are the same after a file, for us and for DuckDB, whoever wrote it.
import fc from 'fast-check';
import { lakeColumnNames, rowGroupLimits } from '../../../runtime/lake/columns';
import { LakeFileReader } from '../../../runtime/lake/file';
import { encodeFile } from '../../../runtime/lake/write';
import { provideZstd } from '../../../tools/local-database/zstd';
import { type Duck, startDuck } from './duck';
import { anyRows, Bytes, ordered, readAll, row, unlimited } from './rows';

jest.setTimeout(120_000);

let duck: Duck;
beforeAll(async () => {
  await provideZstd();
  duck = await startDuck();
});
afterAll(() => duck.close());

const seed = 14;

test('any rows are read as they were written, in the order of visitor, time and id, by us and by DuckDB', async () => {
  let rows = 0;
  const property = fc.asyncProperty(anyRows, async (some) => {
    const file = await encodeFile(some);
    expect(await readAll(new Bytes(file.body))).toEqual(ordered(some));
    expect(await duck.rows(file.body)).toEqual(ordered(some));
    rows += some.length;
  });
  await fc.assert(property, { seed, numRuns: 200 });
  process.stdout.write(`lake: seed ${seed}, ${rows} rows in 200 files\n`);
});

test('any file that DuckDB writes of these columns is read as DuckDB reads it', async () => {
  const property = fc.asyncProperty(anyRows, async (some) => {
    const file = await duck.write('select * from $file', (await encodeFile(some)).body);
    expect(await readAll(new Bytes(file))).toEqual(ordered(some));
  });
  await fc.assert(property, { seed: seed + 1, numRuns: 100 });
});

test('a file that DuckDB makes by itself, in an order of its own, is read', async () => {
  const file = await duck.write(
    `select n::integer as site_id, 'v' || n % 7 as visitor, make_timestamptz(n * 1000001) as received_at, 'page' as kind, uuid() as id,
       make_timestamptz(-n) as occurred_at, null::varchar as client_time, 'https://a.example/' || n as url, null::varchar as referrer,
       n % 2 = 0 as visitor_returned, null::varchar as address, 'Firefox' as user_agent, json_object('n', n) as fields,
       json_array('url:cut') as repairs, 1 as key_version
     from range(1, 130001) as t (n)`,
  );
  const rows = await readAll(new Bytes(file));
  expect(rows).toHaveLength(130_000);
  expect(rows[129_998]).toMatchObject({
    site_id: 129_999,
    received_at: 129_999_129_999n,
    occurred_at: -129_999n,
    fields: '{"n":129999}',
    repairs: ['url:cut'],
  });
});

test('types are those of PostgreSQL, as far as DuckDB has them', async () => {
  const types = await duck.types((await encodeFile([row(1)])).body);
  expect(Object.keys(types)).toEqual(lakeColumnNames);
  expect(types).toMatchObject({
    id: 'UUID',
    received_at: 'TIMESTAMP WITH TIME ZONE',
    fields: 'JSON',
    repairs: 'JSON',
    visitor: 'VARCHAR',
    site_id: 'INTEGER',
  });
});

test('the same rows in another order are the same file', async () => {
  const rows = Array.from({ length: 1000 }, (_, number) => row(number, { visitor: number % 3 ? `v${number % 5}` : null }));
  const [file, same] = [await encodeFile(rows), await encodeFile(rows.toReversed())];
  expect(same.sha256).toBe(file.sha256);
  expect(same.body.equals(file.body)).toBe(true);
});

test('a file states its rows and times', async () => {
  const times = [5n, -3n, 2n];
  expect(await encodeFile(times.map((received_at, number) => row(number, { received_at })))).toMatchObject({
    rows: 3,
    firstReceived: -3n,
    lastReceived: 5n,
  });
});

test('row groups end at a number of rows, and of characters', async () => {
  const many = await encodeFile(Array.from({ length: 2 * rowGroupLimits.rows + 1 }, (_, number) => row(number)));
  expect(await partsOf(many.body)).toEqual([rowGroupLimits.rows, rowGroupLimits.rows, 1]);
  const url = 'x'.repeat(16_384);
  const long = await encodeFile(Array.from({ length: 1500 }, (_, number) => row(number, { visitor: 'v', url })));
  expect(await partsOf(long.body)).toEqual([1022, 478]);
});

async function partsOf(body: Buffer): Promise<readonly number[]> {
  const file = await LakeFileReader.open(new Bytes(body), unlimited());
  return file.groups.map(({ num_rows }) => Number(num_rows));
}

test('a file without rows and a text without UTF-8 are refused', async () => {
  await expect(encodeFile([])).rejects.toThrow('expected one row or more, got none; remove the object');
  await expect(encodeFile([row(1, { url: 'a\ud800' })])).rejects.toThrow('url: expected Unicode, got half a surrogate pair');
});
