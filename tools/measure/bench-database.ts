// npm run bench:database: the cost of isolation: row security on reads, the modification log on writes, ingest against
// plain COPY.
import { runTool, UsageError } from '../command-line';
import { benchIngest } from './bench-database/ingest';
import { figures, type Report } from './bench-database/measure';
import { benchPlans, planFigures } from './bench-database/plans';
import { openBench } from './bench-database/prepare';
import { benchReads } from './bench-database/reads';
import { benchWrites } from './bench-database/writes';

const usage = `npm run bench:database -- [--rows 2000000] [--sites 10,1000,10000] [--rounds 30] [--batches 10] [--proof] [--months] [--days 14] [--plans] [--json]

Starts a PostgreSQL server of its own (with durable writes) and measures in interleaved runs:
  reads   the same queries under row security, and with the site in the query by a role that bypasses row security
  writes  single rows with and without the modification log
  ingest  rows per second of the runtime's ingest, of hits with a client's own id, and of plain COPY into the same table

  --rows    total number of hits, spread evenly over the sites
  --sites   numbers of sites for the reads, each in a fresh database
  --rounds  rounds of each comparison
  --batches batches of 2,000 hits in each round of ingest
  --proof   policies check the proof for each table of each statement, as before migration 0010 (docs/adr/0005-site-context.md)
  --months  hits by month, as before migration 0017
  --days    days over which the hits are spread, 1 to 31
  --plans   measure plans instead: with the statistics that the migrations keep, and with those of every column
  --json    print one JSON object instead of a table
  --help    print this text`;

const options = {
  rows: { type: 'string', default: '2000000' },
  sites: { type: 'string', default: '10,1000,10000' },
  rounds: { type: 'string', default: '30' },
  batches: { type: 'string', default: '10' },
  proof: { type: 'boolean', default: false },
  months: { type: 'boolean', default: false },
  days: { type: 'string', default: '14' },
  plans: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

runTool({ usage, options }, async (values) => {
  const [rows, rounds] = [readWholeNumber('rows', values.rows), readWholeNumber('rounds', values.rounds)];
  const [days, batches] = [readWholeNumber('days', values.days), readWholeNumber('batches', values.batches)];
  if (days > 31) throw new UsageError(`--days: expected 1 to 31, got ${days}; the partitions of a new database begin 31 days ago`);
  const report: Report = { rows, reads: [], writes: [], ingest: undefined };
  for (const sites of values.sites.split(',').map((text) => readWholeNumber('sites', text))) {
    const bench = await openBench(sites, rows, { proof: values.proof, months: values.months, days });
    try {
      if (values.plans) {
        const comparisons = await benchPlans(bench, rounds);
        process.stdout.write(values.json ? `${JSON.stringify({ sites, plans: comparisons })}\n` : planFigures(sites, comparisons));
        continue;
      }
      report.reads.push({ sites, queries: await benchReads(bench, rounds) });
      if (report.ingest === undefined) {
        report.writes = await benchWrites(bench, rounds);
        report.ingest = await benchIngest(bench, Math.max(5, Math.round(rounds / 3)), batches);
      }
    } finally {
      await bench.close();
    }
  }
  if (!values.plans) process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : figures(report));
  return 0;
});

function readWholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name}: expected a whole number of 1 or more, got ${JSON.stringify(text)}; choose such a number`);
  return value;
}
