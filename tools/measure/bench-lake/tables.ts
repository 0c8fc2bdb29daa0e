// The reports of npm run bench:lake as tables for people.
import type { LakeReport } from './bench';
import { type FlowReport, flowWorks } from './flow';
import type { ReadsReport } from './reads';

export function table({ node, duckdb, rows, visitors, bytes, rate, visitor, memory }: LakeReport): string {
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

const works = {
  copy: 'plain COPY, without triggers',
  ingest: 'ingest, batches of 2,000',
  export: 'window to lake, one object at a time',
  duckdb: "DuckDB's writer, from memory",
} as const;

const places = {
  wire: 'on the stream, JSON Lines',
  raw: 'the same, gzip',
  window: 'window, with indexes',
  lake: 'lake',
  duckdb: 'DuckDB, as they came',
} as const;

export function flowTable({ rows, rate, bytes }: FlowReport): string {
  return [
    `${rows.toLocaleString('en')} hits of one site and day a round; medians`,
    '',
    ...flowWorks.map((work) => `${works[work].padEnd(40)}${Math.round(rate[work]).toLocaleString('en').padStart(12)} rows per second`),
    '',
    ...Object.entries(places).map(
      ([place, name]) => `${name.padEnd(40)}${bytes[place as keyof typeof bytes].toFixed(1).padStart(12)} bytes a hit`,
    ),
  ].join('\n');
}

export function readsTable({ hits, sites, days, measured }: ReadsReport): string {
  const times = (three: readonly number[]) => three.map((time) => time.toFixed(time < 100 ? 1 : 0).padStart(8)).join('');
  return [
    `${hits.toLocaleString('en')} hits of ${sites.toLocaleString('en')} sites over ${days} days; least, median and most milliseconds`,
    ...measured.flatMap(({ site, hits: own, reads }) => [
      '',
      `${`site of rank ${site}, ${own.toLocaleString('en')} hits`.padEnd(38)}${'rows'.padStart(9)}${'window'.padStart(24)}${'lake'.padStart(24)}${'bytes read'.padStart(14)}`,
      ...reads.map(
        ({ read, rows, window, lake, lakeBytes }) =>
          `${read.padEnd(38)}${rows.toLocaleString('en').padStart(9)}${times(window)}${times(lake)}${lakeBytes.toLocaleString('en').padStart(14)}`,
      ),
    ]),
  ].join('\n');
}
