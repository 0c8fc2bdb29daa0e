// npm run bench:lake: bytes of a hit in the lake, and rows per second of its files, beside gzip JSON Lines and DuckDB;
// the way of hits into window and lake; and the reads of a portal over both.
import { runTool, UsageError } from '../command-line';
import { provideZstd } from '../local-database/zstd';
import { benchLake } from './bench-lake/bench';
import { benchFlow } from './bench-lake/flow';
import { benchReads } from './bench-lake/reads';
import { flowTable, readsTable, table } from './bench-lake/tables';

const usage = `npm run bench:lake -- [--rows 500000] [--rounds 5] [--json]
npm run bench:lake -- --flow [--rows 100000] [--rounds 5] [--json]
npm run bench:lake -- --reads [--hits 1000000] [--sites 1000] [--rounds 5] [--json]

Generates the hits of one site and day, and measures in turn, in one process:
  bytes   of a hit in a file of the lake, in gzip JSON Lines as the delivery stream writes them, and in a file that DuckDB writes
  rows    per second of CPU of encoding, of reading everything, and of DuckDB's writer and reader with one thread
  bytes   and time of reading one visitor
  memory  of a row while a file is encoded

With --flow, on a PostgreSQL server with durable writes and in a folder, of the same hits:
  rows    per second through ingest into the window, by plain COPY, from the window into the lake, and by DuckDB's writer
  bytes   of a hit on the stream, in gzip, in the window with its indexes, in the lake, and in DuckDB's file

With --reads, on a PostgreSQL server and in a folder, for three sites of different size:
  time    of ten reads of a portal: least, median and most, while the window has the days, and when the lake alone has them
          30 million hits of 10,000 sites need 20 GB of disk, and some 15 minutes

  --rows    hits of the file, or of each round
  --hits    hits of all sites, by size as 1 / rank, over 31 days
  --sites   number of sites
  --rounds  rounds of each; without --reads the medians are printed
  --json    print one JSON object instead of a table
  --help    print this text`;

const options = {
  rows: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  flow: { type: 'boolean', default: false },
  reads: { type: 'boolean', default: false },
  hits: { type: 'string', default: '1000000' },
  sites: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
} as const;

runTool({ usage, options }, async ({ rows, rounds, flow, reads, hits, sites, json }) => {
  if (flow && reads) throw new UsageError('--flow: expected it without --reads, got both; choose one');
  await provideZstd();
  const times = wholeNumber('rounds', rounds);
  const print = <T>(report: T, asText: (of: T) => string) => console.log(json ? JSON.stringify(report, undefined, 2) : asText(report));
  if (reads) {
    const filling = { hits: wholeNumber('hits', hits), sites: wholeNumber('sites', sites) };
    print(await benchReads(filling, times, (line) => console.error(line)), readsTable);
  } else if (flow) {
    print(await benchFlow(wholeNumber('rows', rows ?? '100000'), times), flowTable);
  } else {
    print(await benchLake(wholeNumber('rows', rows ?? '500000'), times), table);
  }
  return 0;
});

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: expected a whole number from 1 to 99,999,999, got ${JSON.stringify(text)}; choose such a number`);
}
