// Rows per second of the runtime's ingest, from bytes to committed rows, of the same with a client's own id in each
// hit, and of plain COPY of the same rows into the same table.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateHits, generateSite } from '../../../lambda/database/generated-data/generate';
import { ingest } from '../../../runtime/ingest';
import { median, type Report } from './measure';
import type { Bench } from './prepare';

const batch = 2000;

const variants = ['ingest', 'named', 'copy'] as const;
type Variant = (typeof variants)[number];

export async function benchIngest(bench: Bench, rounds: number, batches: number): Promise<NonNullable<Report['ingest']>> {
  await fillIds(bench);
  const seconds: Record<Variant, number[]> = { ingest: [], named: [], copy: [] };
  for (let round = -1; round < rounds; round++) {
    // Each variant comes first, second and last equally often.
    for (const [index] of variants.entries()) {
      const which = variants[(index + round + 1) % variants.length] ?? 'copy';
      const took = which === 'copy' ? await timeCopy(bench, round, batches) : await timeIngest(bench, round, batches, which === 'named');
      if (round >= 0) seconds[which].push(took);
    }
  }
  const rate = (which: Variant) => Math.round((batch * batches) / median(seconds[which]));
  const share = (of: Variant, to: Variant) =>
    Math.round(median(seconds[to].map((took, round) => took / (seconds[of][round] ?? Number.NaN))) * 1000) / 1000;
  return {
    batch,
    ingest: rate('ingest'),
    named: rate('named'),
    copy: rate('copy'),
    share: share('ingest', 'copy'),
    namedShare: share('named', 'ingest'),
  };
}

/** An id for each hit that is there, so that the index of ids is as large as that of hits. */
async function fillIds({ superuser }: Bench): Promise<void> {
  await superuser.query('set session_replication_role = replica');
  await superuser.query(
    `insert into rempart.counted_ids (site_id, id, counted_at, stored_at)
     select site_id, id, array[received_at], received_at from rempart.hits on conflict do nothing`,
  );
  await superuser.query('set session_replication_role = origin');
  await superuser.query('vacuum (analyze) rempart.counted_ids');
}

function hits(round: number, site: number, batches: number, isNamed = false): object[] {
  const made = [...generateHits(round + 2, site, generateSite(1, site), batch * batches, new Date())];
  // Random ids, like those of collectors: the hard case for an index.
  return made.map((hit) => ({ site, ...hit, id: randomUUID(), ...(isNamed ? { ownId: true } : {}) }));
}

const inBatches = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: all.length / batch }, (_, index) => all.slice(index * batch, (index + 1) * batch));

async function timeIngest({ application, sites }: Bench, round: number, batches: number, isNamed: boolean): Promise<number> {
  const records = inBatches(hits(round, 1 + (Math.abs(round) % sites), batches, isNamed).map((hit) => Buffer.from(JSON.stringify(hit))));
  const start = process.hrtime.bigint();
  for (const part of records) {
    const { stored } = await ingest(application, part);
    if (stored !== batch) throw new Error(`bench: expected ${batch} rows to be stored, got ${stored}`);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}

async function timeCopy({ superuser, sites }: Bench, round: number, batches: number): Promise<number> {
  const fields = ['site', 'received', 'id', 'occurred', 'kind', 'url', 'referrer', 'visitor', 'address', 'userAgent', 'fields'];
  const text = (value: unknown) => (value === undefined ? '\\N' : typeof value === 'object' ? JSON.stringify(value) : String(value));
  const lines = hits(round, 1 + (Math.abs(round) % sites), batches).map(
    (hit) => `${fields.map((name) => text((hit as Record<string, unknown>)[name])).join('\t')}\n`,
  );
  // The server reads the files itself, so that no client slows it down.
  const folder = await mkdtemp(join(tmpdir(), 'rempart-copy-'));
  await chmod(folder, 0o755);
  const files = inBatches(lines).map((part, index) => ({ file: join(folder, `${index}.tsv`), text: part.join('') }));
  for (const { file, text } of files) await writeFile(file, text, { mode: 0o644 });
  // Without triggers: the limit is the table itself with its indexes.
  await superuser.query('set session_replication_role = replica');
  const start = process.hrtime.bigint();
  for (const { file } of files) {
    await superuser.query(
      `copy rempart.hits (site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields) from '${file}'`,
    );
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await superuser.query('set session_replication_role = origin');
  await rm(folder, { recursive: true });
  return seconds;
}
