// npm run bench:lake, run as people run it, with few hits.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = join(__dirname, '../../../tools/measure/bench-lake.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...args]);

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

test('--help prints the usage, and an invalid number is refused', async () => {
  expect((await run('--help')).stdout).toContain('npm run bench:lake');
  await expect(run('--rows', 'many')).rejects.toThrow(/--rows: expected a whole number from 1 to 9,999,999, got "many"/);
});
