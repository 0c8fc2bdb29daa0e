// DuckDB as another reader and writer of Parquet, which shares no code with ours.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type LakeRow, lakeColumnNames } from '../../../runtime/lake/columns';

export interface Duck {
  /** The rows of a file, in its order. */
  readonly rows: (body: Uint8Array) => Promise<readonly LakeRow[]>;
  /** The column types of a file. */
  readonly types: (body: Uint8Array) => Promise<Readonly<Record<string, string>>>;
  /** A file that DuckDB writes, of the rows of a query; `$file` in it is the file with the given bytes. */
  readonly write: (query: string, body?: Uint8Array, options?: string) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

export async function startDuck(): Promise<Duck> {
  const folder = await mkdtemp(join(tmpdir(), 'rempart-duck-'));
  const [input, output] = [join(folder, 'in.parquet'), join(folder, 'out.parquet')];
  const connection: DuckDBConnection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run("set timezone = 'UTC'");
  const all = async (query: string, body: Uint8Array) => {
    await writeFile(input, body);
    return (await connection.runAndReadAll(query)).getRowObjects();
  };
  return {
    rows: async (body) => (await all(`select ${lakeColumnNames.map(exact).join(', ')} from '${input}'`, body)).map(rowOf),
    types: async (body) =>
      Object.fromEntries((await all(`describe select * from '${input}'`, body)).map((one) => [one.column_name, one.column_type])),
    write: async (query, body = Buffer.alloc(0), options = 'compression zstd') => {
      await writeFile(input, body);
      await connection.run(`copy (${query.replaceAll('$file', `'${input}'`)}) to '${output}' (format parquet, ${options})`);
      return readFile(output);
    },
    close: async () => {
      connection.closeSync();
      await rm(folder, { recursive: true });
    },
  };
}

/** Times as microseconds, texts as the hexadecimal form of their UTF-8: the client removes a byte order mark. */
function exact(name: string): string {
  if (name === 'received_at' || name === 'occurred_at') return `epoch_us(${name}) as ${name}`;
  return typed.has(name) ? name : `hex(${name}::varchar) as ${name}`;
}

const typed = new Set(['site_id', 'visitor_returned', 'key_version']);

function rowOf(found: Record<string, unknown>): LakeRow {
  const values = Object.entries(found).map(([name, value]) => [
    name,
    typeof value === 'string' ? Buffer.from(value, 'hex').toString() : value,
  ]);
  const row = Object.fromEntries(values);
  return { ...row, repairs: row.repairs && JSON.parse(row.repairs) };
}
