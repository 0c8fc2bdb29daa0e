// npm run bench:lake: bytes of a hit in the lake, and rows per second of its files, beside gzip JSON Lines and DuckDB.
import { runTool, UsageError } from '../command-line';
import { provideZstd } from '../local-database/zstd';
import { benchLake, type LakeReport } from './bench-lake/bench';

const usage = `npm run bench:lake -- [--rows 500000] [--rounds 5] [--json]

Generates the hits of one site and day, and measures in turn, in one process:
  bytes   of a hit in a file of the lake, in gzip JSON Lines as the delivery stream writes them, and in a file that DuckDB writes
  rows    per second of CPU of encoding, of reading everything, and of DuckDB's writer and reader with one thread
  bytes   and time of reading one visitor
  memory  of a row while a file is encoded

  --rows    hits of the file
  --rounds  rounds of each; the medians are printed
  --json    print one JSON object instead of a table
  --help    print this text`;

const options = {
  rows: { type: 'string', default: '500000' },
  rounds: { type: 'string', default: '5' },
  json: { type: 'boolean', default: false },
} as const;

runTool({ usage, options }, async ({ rows, rounds, json }) => {
  await provideZstd();
  const report = await benchLake(wholeNumber('rows', rows), wholeNumber('rounds', rounds));
  console.log(json ? JSON.stringify(report, undefined, 2) : table(report));
  return 0;
});

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: expected a whole number from 1 to 9,999,999, got ${JSON.stringify(text)}; choose such a number`);
}

function table({ node, duckdb, rows, visitors, bytes, rate, visitor, memory }: LakeReport): string {
  const perHit = (size: number): string => `${(size / rows).toFixed(1).padStart(8)} bytes a hit`;
  const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en').padStart(12)} rows per CPU second`;
  return [
    `${rows.toLocaleString('en')} hits of ${visitors.toLocaleString('en')} visitors; node ${node}, DuckDB ${duckdb}, one thread`,
    '',
    `JSON Lines                     ${perHit(bytes.lines)}`,
    `JSON Lines, gzip               ${perHit(bytes.gzip)}`,
    `lake, Parquet with zstd        ${perHit(bytes.lake)}`,
    `DuckDB, the rows as they came  ${perHit(bytes.duckdb)}`,
    `DuckDB, the rows of the lake   ${perHit(bytes.duckdbSorted)}`,
    '',
    `encode a file                  ${perSecond(rate.encode)}`,
    `DuckDB writes a file           ${perSecond(rate.duckdbWrite)}`,
    `read a file                    ${perSecond(rate.read)}`,
    `DuckDB reads a file            ${perSecond(rate.duckdbRead)}`,
    `DuckDB reads it into rows      ${perSecond(rate.duckdbRows)}`,
    '',
    `one visitor of ${visitor.hits} hits: ${visitor.milliseconds.toFixed(1)} ms of CPU, ${visitor.requests} requests, ${visitor.bytes.toLocaleString('en')} bytes, ${((visitor.bytes / bytes.lake) * 100).toFixed(1)} % of the file`,
    `memory: ${Math.round(memory.row)} bytes a row, and ${Math.round(memory.encode)} more at the most while a file is encoded`,
  ].join('\n');
}
