// Measures what isolation costs: row security on reads, the modification log on writes, and ingest against plain COPY.
import { parseArgs } from 'node:util';
import { benchIngest } from './bench-database/ingest';
import { figures, type Report } from './bench-database/measure';
import { openBench } from './bench-database/prepare';
import { benchReads } from './bench-database/reads';
import { benchWrites } from './bench-database/writes';

const help = `npm run bench:database -- [--rows 2000000] [--sites 10,1000,10000] [--rounds 30] [--proof] [--json]

Starts a PostgreSQL server of its own (durable writes on) and measures, runs interleaved:
  reads   the same queries under row security and, by a role that bypasses it, with the site in the query
  writes  single rows with the modification log and without
  ingest  rows per second of the runtime's ingest, and of plain COPY into the same table

  --rows    hits in all, spread evenly over the sites
  --sites   numbers of sites to measure reads with, each in a fresh database
  --rounds  rounds of each comparison
  --proof   policies check the proof for each table of each statement, as they did before migration 0010 (docs/adr/0005-site-context.md)
  --json    one JSON object instead of a table
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '2000000' },
      sites: { type: 'string', default: '10,1000,10000' },
      rounds: { type: 'string', default: '30' },
      proof: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [rows, rounds] = [readWholeNumber('rows', values.rows), readWholeNumber('rounds', values.rounds)];
  const report: Report = { rows, reads: [], writes: [], ingest: undefined };
  for (const sites of values.sites.split(',').map((text) => readWholeNumber('sites', text))) {
    const bench = await openBench(sites, rows, values.proof);
    try {
      report.reads.push({ sites, queries: await benchReads(bench, rounds) });
      if (report.ingest === undefined) {
        report.writes = await benchWrites(bench, rounds);
        report.ingest = await benchIngest(bench, Math.max(5, Math.round(rounds / 3)));
      }
    } finally {
      await bench.close();
    }
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : figures(report));
}

function readWholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name}: expected a whole number of 1 or more, got ${JSON.stringify(text)}`);
  return value;
}

void main();
