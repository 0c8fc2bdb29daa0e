// What the status page shows of the running twin, as it stands in the page and as its script fetches it: texts, ready to be shown.

export type PartName = 'collector' | 'stream' | 'ingest' | 'archive' | 'database' | 'snapshot';

/** A hit as it is stored. */
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

/** The figures beside the sites: name, what it says, and what it is. */
export const figures: readonly (readonly [name: string, label: string])[] = [
  ['rate', 'Hits kept by the collector'],
  ['latency', 'Time to answer, median and 99th percentile'],
  ['spool', 'In the spool'],
  ['stream', 'Read from the stream, not yet stored'],
  ['stored', 'Stored in the database'],
  ['rejected', 'Set aside as rejects or strays'],
  ['archived', 'In the archive'],
  ['traffic', 'Traffic'],
];

export const inBytes = (bytes: number): string =>
  bytes < 1024 ? `${Math.round(bytes)} B` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;

export const inNumber = (value: number): string => value.toLocaleString('en-US');

/** A number of things, as in `1 record` and `1,200 records`. */
export const countOf = (value: number, one: string): string => `${inNumber(value)} ${one}${value === 1 ? '' : 's'}`;
