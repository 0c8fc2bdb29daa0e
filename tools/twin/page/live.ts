// Live data of the status page, for the page and for its script: texts ready for display.

export type PartName = 'collector' | 'stream' | 'ingest' | 'archive' | 'database' | 'snapshot';

/** A hit in the database. */
export interface StoredHit {
  readonly id: string;
  readonly site: string;
  readonly received: string;
  readonly kind: string;
  readonly url: string;
  readonly address: string;
  readonly visitor: string;
  readonly fields: string;
}

export interface Live {
  /** `runs` or `away`, by part. */
  readonly parts: Readonly<Record<PartName, 'runs' | 'away'>>;
  /** Texts by name: `rate`, `spool`, ..., and `stored-<site>` for each site. */
  readonly texts: Readonly<Record<string, string>>;
  /** The newest hits of all sites, newest first. */
  readonly recent: readonly StoredHit[];
}

export const partNames: readonly PartName[] = ['collector', 'stream', 'ingest', 'archive', 'database', 'snapshot'];

/** The figures above the sites, each with its name and its label. */
export const figures: readonly (readonly [name: string, label: string])[] = [
  ['rate', 'Hits kept by the collector'],
  ['latency', 'Time to answer, median and 99th percentile'],
  ['spool', 'In the spool'],
  ['stream', 'Read from the stream, not yet stored'],
  ['stored', 'Stored in the database'],
  ['rejected', 'Rejected, or of an unknown site'],
  ['archived', 'In the archive'],
  ['traffic', 'Traffic'],
];

export const inBytes = (bytes: number): string =>
  bytes < 1024 ? `${Math.round(bytes)} B` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;

export const inNumber = (value: number): string => value.toLocaleString('en-US');

/** A number with its noun, as in `1 record` and `1,200 records`. */
export const countOf = (value: number, one: string): string => `${inNumber(value)} ${one}${value === 1 ? '' : 's'}`;
