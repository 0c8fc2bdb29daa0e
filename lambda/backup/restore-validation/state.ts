// What a restored database says of itself: the answer of the reader, with that of `rempart.restored_state` (migration
// night_records).

/** Numbers of rows by site. */
export type Sites = Readonly<Record<string, number>>;

/** Numbers of rows by table, or partition of hits, and by site. */
export type RowsBySite = Readonly<Record<string, Sites>>;

/** What secures the rows. */
export interface Shape {
  /** Tables with a site, and whether their row security is enabled and forced. */
  readonly tables: Readonly<Record<string, boolean>>;
  /** Digests of policies, by table and name, as in `hits application`. */
  readonly policies: Readonly<Record<string, string>>;
  /** Indexes, and whether they are valid. */
  readonly indexes: Readonly<Record<string, boolean>>;
}

/** The record of a night, which the source wrote before its snapshot. */
export interface NightRecord {
  readonly night: string;
  readonly recordedAt: Date;
  /** Tables without hits. */
  readonly rows: RowsBySite;
  /** Partitions of hits. */
  readonly partitions: readonly string[];
  readonly shape: Shape;
  readonly newestHit?: Date;
}

/** What a partition of hits holds now. */
export interface CountedPartition {
  readonly rows: Sites;
  readonly newestHit?: Date;
  /** Hits of all partitions that were removed since the source counted this one: each partition may lack as many. */
  readonly removed: Sites;
}

export interface RestoredState {
  /** The newest record, if there is any. */
  readonly record?: NightRecord;
  readonly rows: RowsBySite;
  /** Partitions of hits that are there. */
  readonly partitions: readonly string[];
  /** Hits by partition as the source counted them. It may not have counted each. */
  readonly counts: Readonly<Record<string, { readonly rows: Sites; readonly newestHit?: Date }>>;
  /** The partitions for which the reader had time. */
  readonly counted: Readonly<Record<string, CountedPartition>>;
  /** Those that have a count of the source, and for which the reader had no time. */
  readonly notCounted: readonly string[];
  readonly shape: Shape;
  readonly newestHit?: Date;
  /** Rows that were removed since the record, by table and site, as the modification log says. */
  readonly removed: RowsBySite;
  /** Partitions of hits that leave, or have left since the record. */
  readonly left: readonly string[];
}

/** @throws Error for an answer of another form */
export function parseState(answer: unknown): RestoredState {
  const state = objectIn(answer, 'state');
  const { record } = state;
  return {
    ...(record === null || record === undefined ? {} : { record: recordIn(record) }),
    rows: rowsIn(state.rows, 'rows'),
    partitions: namesIn(state.partitions, 'partitions'),
    counts: mapIn(state.counts, 'counts', countIn),
    counted: mapIn(state.counted, 'counted', countedIn),
    notCounted: namesIn(state.notCounted, 'notCounted'),
    shape: shapeIn(state.shape, 'shape'),
    ...timeIn(state.newestHit),
    removed: rowsIn(state.removed, 'removed'),
    left: [...namesIn(state.detached, 'detached'), ...namesIn(state.droppedPartitions, 'droppedPartitions')],
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

const failed = (where: string, wanted: string, got: unknown) =>
  new Error(`restored database: expected ${wanted} at ${where}, got ${JSON.stringify(got)?.slice(0, 80)}; compare the migrations of both`);

function objectIn(value: unknown, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw failed(where, 'an object', value);
  return value as JsonObject;
}

function mapIn<Value>(value: unknown, where: string, read: (one: unknown, at: string) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(objectIn(value, where)).map(([name, one]) => [name, read(one, `${where}.${name}`)]));
}

const numberIn = (value: unknown, where: string): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw failed(where, 'a whole number', value);
  return value;
};

const truthIn = (value: unknown, where: string): boolean => {
  if (typeof value !== 'boolean') throw failed(where, 'true or false', value);
  return value;
};

const textIn = (value: unknown, where: string): string => {
  if (typeof value !== 'string') throw failed(where, 'a text', value);
  return value;
};

const dateIn = (value: unknown, where: string): Date => {
  const date = new Date(textIn(value, where));
  if (Number.isNaN(date.getTime())) throw failed(where, 'a time', value);
  return date;
};

const namesIn = (value: unknown, where: string): readonly string[] => {
  if (!Array.isArray(value)) throw failed(where, 'a list', value);
  return value.map((name, at) => textIn(name, `${where}.${at}`));
};

const sitesIn = (value: unknown, where: string): Sites => mapIn(value, where, numberIn);

const rowsIn = (value: unknown, where: string): RowsBySite => mapIn(value, where, sitesIn);

const timeIn = (value: unknown): { readonly newestHit?: Date } =>
  value === null || value === undefined ? {} : { newestHit: dateIn(value, 'newestHit') };

function countIn(value: unknown, where: string) {
  const { rows, newestHit } = objectIn(value, where);
  return { rows: sitesIn(rows, `${where}.rows`), ...timeIn(newestHit) };
}

function countedIn(value: unknown, where: string): CountedPartition {
  return { ...countIn(value, where), removed: sitesIn(objectIn(value, where).removed, `${where}.removed`) };
}

function shapeIn(value: unknown, where: string): Shape {
  const { tables, policies, indexes } = objectIn(value, where);
  return {
    tables: mapIn(tables, `${where}.tables`, truthIn),
    policies: mapIn(policies, `${where}.policies`, textIn),
    indexes: mapIn(indexes, `${where}.indexes`, truthIn),
  };
}

function recordIn(value: unknown): NightRecord {
  const { night, recordedAt, rows, partitions, shape, newestHit } = objectIn(value, 'record');
  return {
    night: textIn(night, 'record.night'),
    recordedAt: dateIn(recordedAt, 'record.recordedAt'),
    rows: rowsIn(rows, 'record.rows'),
    partitions: namesIn(partitions, 'record.partitions'),
    shape: shapeIn(shape, 'record.shape'),
    ...timeIn(newestHit),
  };
}
