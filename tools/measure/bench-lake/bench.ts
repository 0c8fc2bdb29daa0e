// Bytes and rows per second of files of the lake, beside gzip JSON Lines and DuckDB's own writer and reader.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance, version } from '@duckdb/node-api';
import type { LakeRow } from '../../../runtime/lake/columns';
import { ReadLimits } from '../../../runtime/lake/limits';
import { type LakeFilter, type RangeSource, readFile as readLake } from '../../../runtime/lake/read';
import { encodeFile } from '../../../runtime/lake/write';
import { hitsOfDay, jsonLines } from './hits';
import { kept, largest } from './memory';

export interface LakeReport {
  readonly node: string;
  readonly duckdb: string;
  readonly rows: number;
  readonly visitors: number;
  /** Sizes of the same rows. */
  readonly bytes: { readonly [form in 'lines' | 'gzip' | 'lake' | 'duckdb' | 'duckdbSorted']: number };
  /** Rows per second of CPU; medians. */
  readonly rate: { readonly [work in Work]: number };
  readonly visitor: { readonly hits: number; readonly milliseconds: number; readonly requests: number; readonly bytes: number };
  /** Bytes of a row in memory, and of what encoding needs beside, at the most. */
  readonly memory: { readonly row: number; readonly encode: number };
}

const works = ['encode', 'duckdbWrite', 'read', 'duckdbRead', 'duckdbRows'] as const;
type Work = (typeof works)[number];

/** Measures everything with this number of hits; each work once a round, in changing order. */
export async function benchLake(rows: number, rounds: number): Promise<LakeReport> {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-lake-'));
  try {
    return await measureIn(folder, rows, rounds);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureIn(folder: string, count: number, rounds: number): Promise<LakeReport> {
  const { value: rows, bytes: inMemory } = kept(() => hitsOfDay(count));
  const before = largest();
  const { body } = await encodeFile(rows);
  const memory = { row: inMemory / count, encode: (largest() - before) / count };
  const lines = jsonLines(rows);
  const duck = await startDuck(folder, body);
  const work: Record<Work, () => Promise<unknown>> = {
    encode: () => encodeFile(rows),
    duckdbWrite: () => duck.run(`copy arrived to '${duck.out}' (format parquet, compression zstd)`),
    read: () => countOf(new Counted(body)),
    // Each value of each column, and no row.
    duckdbRead: () => duck.run(`select ${hashes} from '${duck.lake}'`),
    duckdbRows: async () => (await duck.runAndReadAll(`select * from '${duck.lake}'`)).getRows(),
  };
  const seconds = await inTurn(work, rounds);
  await duck.run(`copy (select * from '${duck.lake}') to '${duck.sorted}' (format parquet, compression zstd)`);
  const { visitor, visitors } = await measureVisitor(rows, body, rounds);
  return {
    node: process.version,
    duckdb: version(),
    rows: count,
    visitors,
    bytes: {
      lines: lines.length,
      gzip: gzipSync(lines).length,
      lake: body.length,
      duckdb: (await stat(duck.out)).size,
      duckdbSorted: (await stat(duck.sorted)).size,
    },
    rate: Object.fromEntries(works.map((name) => [name, count / median(seconds[name])])) as Record<Work, number>,
    visitor,
    memory,
  };
}

const hashes = 'bit_xor(hash(columns(*)))';

interface Duck extends DuckDBConnection {
  readonly lake: string;
  readonly out: string;
  readonly sorted: string;
}

/** A DuckDB with the rows in a table, in their order of arrival. */
async function startDuck(folder: string, body: Buffer): Promise<Duck> {
  const [lake, out, sorted] = [join(folder, 'lake.parquet'), join(folder, 'out.parquet'), join(folder, 'sorted.parquet')];
  await writeFile(lake, body);
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(`create table arrived as select * from '${lake}' order by received_at`);
  return Object.assign(connection, { lake, out, sorted });
}

async function inTurn(work: Record<Work, () => Promise<unknown>>, rounds: number): Promise<Record<Work, readonly number[]>> {
  const seconds: Record<Work, number[]> = { encode: [], duckdbWrite: [], read: [], duckdbRead: [], duckdbRows: [] };
  // The first round is the warm-up.
  for (let round = -1; round < rounds; round++) {
    for (const [index] of works.entries()) {
      const name = works[(index + round + 1) % works.length] as Work;
      const took = await timeOf(work[name]);
      if (round >= 0) seconds[name].push(took);
    }
  }
  return seconds;
}

/** CPU seconds of this process, with DuckDB's thread in it: other work of the machine does not count. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

async function measureVisitor(rows: readonly LakeRow[], body: Buffer, rounds: number): Promise<Pick<LakeReport, 'visitor' | 'visitors'>> {
  const counts = new Map<string, number>();
  for (const { visitor } of rows) if (visitor !== null) counts.set(visitor, (counts.get(visitor) ?? 0) + 1);
  // One with as many hits as the most usual visitor that comes more than once.
  const [name, hits] = [...counts].find(([, count]) => count >= 5) ?? [...counts][0] ?? ['', 0];
  const times: number[] = [];
  let source = new Counted(body);
  for (let round = 0; round < Math.max(rounds, 5); round++) {
    source = new Counted(body);
    times.push(await timeOf(() => countOf(source, { visitor: name })));
  }
  return {
    visitors: counts.size,
    visitor: { hits, milliseconds: median(times) * 1000, requests: source.requests, bytes: source.bytesRead },
  };
}

async function countOf(source: RangeSource, filter: LakeFilter = {}): Promise<number> {
  let count = 0;
  for await (const rows of readLake(source, filter, new ReadLimits(2 ** 40, new Date(8.64e15)))) count += rows.length;
  return count;
}

/** A file in memory, with what was read of it. */
class Counted implements RangeSource {
  requests = 0;
  bytesRead = 0;

  constructor(private readonly body: Buffer) {}

  get bytes(): number {
    return this.body.length;
  }

  async read(start: number, end: number): Promise<ArrayBuffer> {
    this.requests++;
    this.bytesRead += end - start;
    return new Uint8Array(this.body.subarray(start, end)).buffer;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
