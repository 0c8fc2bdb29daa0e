// Times two variants of the same work in turn, so that a busy machine slows both alike.
import { readFileSync } from 'node:fs';

export interface Comparison {
  readonly name: string;
  /**
   * Microseconds of one call with and without the measured feature: the fastest tenth, which other work of the machine
   * disturbs least.
   */
  readonly with: number;
  readonly without: number;
  /** Cost as a share: 0.05 is 5 %. */
  readonly cost: number;
  /** CPU microseconds of the server's process for one call, with and without, on Linux. */
  readonly processor?: { readonly with: number; readonly without: number };
}

export interface Report {
  readonly rows: number;
  reads: { readonly sites: number; readonly queries: readonly Comparison[] }[];
  writes: readonly Comparison[];
  /** Rows per second; `named` of hits with a client's own id, and their share of those without. */
  ingest:
    | {
        readonly batch: number;
        readonly ingest: number;
        readonly named: number;
        readonly copy: number;
        readonly share: number;
        readonly namedShare: number;
      }
    | undefined;
}

export type Variant = () => Promise<unknown>;

/**
 * Calls each variant `calls` times in every round, in changing order.
 *
 * @param processes ids of the server's processes for the two variants, for their CPU time (Linux)
 */
export async function compare(
  name: string,
  rounds: number,
  calls: number,
  withIt: Variant,
  without: Variant,
  processes?: readonly [number, number],
): Promise<Comparison> {
  const variants = [withIt, without] as const;
  const times: [number[], number[]] = [[], []];
  const computed: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const before = processes && processorTime(processes[which]);
      const took = await timesOf(calls, variants[which]);
      // The first round is the warm-up.
      if (round < 0) continue;
      times[which].push(...took);
      if (processes && before !== undefined) computed[which].push((processorTime(processes[which]) - before) / calls);
    }
  }
  const [a, b] = times.map((all) => round1(fastestTenth(all))) as [number, number];
  const processor = processes ? { processor: { with: round1(median(computed[0])), without: round1(median(computed[1])) } } : {};
  return { name, with: a, without: b, cost: Math.round((a / b - 1) * 1000) / 1000, ...processor };
}

/** CPU microseconds of a process so far ("schedstat", Linux: the first number, in nanoseconds). */
function processorTime(id: number): number {
  return Number(readFileSync(`/proc/${id}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

async function timesOf(calls: number, variant: Variant): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = process.hrtime.bigint();
    await variant();
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  return times;
}

const fastestTenth = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 10)] ?? 0;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

const round1 = (value: number) => Math.round(value * 10) / 10;

/** The report as a table for people. */
export function figures({ rows, reads, writes, ingest }: Report): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const line = (where: string, { name, with: took, without, cost, processor }: Comparison) =>
    [
      `${where.padEnd(12)} ${name.padEnd(28)} ${took.toFixed(1).padStart(10)} µs ${without.toFixed(1).padStart(10)} µs ${percent(cost).padStart(9)}`,
      processor ? `${processor.with.toFixed(1).padStart(10)} ${processor.without.toFixed(1).padStart(10)}` : '',
    ].join(' ');
  return [
    `${rows} hits in total; interleaved rounds, the fastest tenth of the calls, and medians of the server's CPU time`,
    `${''.padEnd(41)} ${'with'.padStart(13)} ${'without'.padStart(13)} ${'cost'.padStart(9)} ${'cpu with'.padStart(10)} ${'without'.padStart(10)}`,
    ...reads.flatMap(({ sites, queries }) => queries.map((comparison) => line(`${sites} sites`, comparison))),
    ...writes.map((comparison) => line('log', comparison)),
    ingest
      ? `ingest: ${ingest.ingest} rows/s in batches of ${ingest.batch}, plain COPY ${ingest.copy} rows/s, share ${percent(ingest.share)}; with a client's own id in each hit ${ingest.named} rows/s, ${percent(ingest.namedShare)} of those without`
      : '',
    '',
  ].join('\n');
}
