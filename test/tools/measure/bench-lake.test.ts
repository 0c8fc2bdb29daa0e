// npm run bench:lake, run as people run it, with few hits.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandArguments } from '../command-arguments';

const script = join(__dirname, '../../../tools/measure/bench-lake.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, commandArguments(script, ...args));

test('--json prints sizes and rates of the same hits', async () => {
  const { stdout } = await run('--rows', '3000', '--rounds', '1', '--json');
  const { rows, visitors, bytes, rate, visitor } = JSON.parse(stdout);
  expect(rows).toBe(3000);
  expect(visitors).toBeGreaterThan(100);
  expect(bytes.gzip).toBeLessThan(bytes.lines);
  expect(bytes.lake).toBeLessThan(bytes.lines);
  for (const value of [...Object.values(bytes), ...Object.values(rate), visitor.hits, visitor.milliseconds])
    expect(value).toBeGreaterThan(0);
  // The end of the file, which is read first, may be read again with a column.
  expect(visitor.bytes).toBeLessThanOrEqual(bytes.lake + 65_536);
}, 120_000);

test('the table names what is compared', async () => {
  const { stdout } = await run('--rows', '100', '--rounds', '1');
  for (const part of ['100 hits of', 'JSON Lines, gzip', 'lake, Parquet with zstd', 'DuckDB writes a file', 'bytes a row'])
    expect(stdout).toContain(part);
}, 120_000);

test('--flow prints rates and bytes of each way and place', async () => {
  const { rows, rate, bytes } = JSON.parse((await run('--flow', '--rows', '3000', '--rounds', '1', '--json')).stdout);
  expect(rows).toBe(3000);
  expect(Object.keys(rate)).toEqual(['copy', 'ingest', 'export', 'duckdb']);
  expect(Object.keys(bytes)).toEqual(['wire', 'raw', 'window', 'lake', 'duckdb']);
  for (const value of [...Object.values(rate), ...Object.values(bytes)]) expect(value).toBeGreaterThan(0);
  expect(bytes.lake).toBeLessThan(bytes.wire);
}, 120_000);

test('--reads compares ten reads over window and lake, for three sites', async () => {
  const { stdout } = await run('--reads', '--hits', '31000', '--sites', '150', '--rounds', '1', '--json');
  const { hits, sites, days, measured } = JSON.parse(stdout);
  expect([hits, sites, days]).toEqual([31_000, 150, 31]);
  expect(measured.map(({ site }: { site: number }) => site)).toEqual([1, 2, 75]);
  for (const { reads } of measured) expect(reads).toHaveLength(10);
  const [largest] = measured;
  for (const { read, rows, window, lake, lakeBytes } of largest.reads) {
    expect([read, window.length, lake.length]).toEqual([read, 3, 3]);
    if (!read.startsWith('rejects')) expect([read, rows]).not.toEqual([read, 0]);
    if (!/overview|rejects/.test(read)) expect([read, lakeBytes]).not.toEqual([read, 0]);
  }
}, 120_000);

test('--help prints the usage, and an invalid number is refused', async () => {
  expect((await run('--help')).stdout).toContain('npm run bench:lake');
  await expect(run('--flow', '--reads')).rejects.toThrow(/--flow: expected it without --reads, got both/);
  await expect(run('--rows', 'many')).rejects.toThrow(/--rows: expected a whole number from 1 to 99,999,999, got "many"/);
});
