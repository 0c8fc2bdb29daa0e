// Damages of a restored database: what it lacks of the record of its night, and what it should not have. Pure.
import type { CountedPartition, NightRecord, RestoredState, Shape, Sites } from './state';

/** What AWS says of the restored cluster and its recovery point. */
export interface RestoredFacts {
  /** Instant of the data: when the recovery point was begun. */
  readonly pointCreated: Date;
  readonly encrypted: boolean;
  /** ARN of the key that encrypts the cluster. */
  readonly key?: string | undefined;
  /** ARN of the key of the data. */
  readonly expectedKey: string;
}

const hour = 3_600_000;

/** Hours that the record may be older than the recovery point. (DSS-5.5.2) */
const recordHours = 24;

/** One sentence for each damage, with what is to be done. None for a sound database. (DSS-5.5.1) */
export function damagesOf(state: RestoredState, facts: RestoredFacts): readonly string[] {
  const { record, shape } = state;
  return [
    ...keyDamages(facts),
    ...unsecuredTables(shape),
    ...invalidIndexes(shape),
    ...(record === undefined
      ? ['The database has no record of a night; run the function database-upkeep, and examine why its runs fail.']
      : [
          ...oldRecord(record, facts),
          ...missingShape(record.shape, shape),
          ...missingTables(record, state),
          ...lostRows(record, state),
          ...lostHits(state),
          ...lostNewest(record, state),
        ]),
  ];
}

function keyDamages({ encrypted, key, expectedKey }: RestoredFacts): readonly string[] {
  if (encrypted && key === expectedKey) return [];
  const found = encrypted ? `by the key ${key ?? 'without a name'}` : 'by no key';
  return [`The restored cluster is encrypted ${found}, and not by ${expectedKey}; examine the key of the cluster that is backed up.`];
}

const unsecuredTables = ({ tables }: Shape): readonly string[] =>
  namesWhere(tables, (secured) => !secured).map(
    (table) => `Row security of rempart.${table} is not enabled and forced; enable and force it in the source with a migration.`,
  );

const invalidIndexes = ({ indexes }: Shape): readonly string[] =>
  namesWhere(indexes, (valid) => !valid).map(
    (index) => `The index ${index} is invalid; run "reindex index concurrently ${index}" in the source.`,
  );

function oldRecord({ night, recordedAt }: NightRecord, { pointCreated }: RestoredFacts): readonly string[] {
  const hours = Math.floor((pointCreated.getTime() - recordedAt.getTime()) / hour);
  if (hours < recordHours) return [];
  return [
    `The newest record is of ${night}, ${hours} hours older than the recovery point; the data is old, or runs of database-upkeep fail: examine both.`,
  ];
}

function missingShape(recorded: Shape, { policies, indexes }: Shape): readonly string[] {
  return [
    ...namesWhere(recorded.policies, (digest, name) => policies[name] !== digest).map((name) => {
      const [table, policy] = name.split(' ');
      const state = policies[name] === undefined ? 'missing' : 'not that of the record';
      return `The policy ${policy} of rempart.${table} is ${state}; examine who changed the source, and restore the policy with a migration.`;
    }),
    ...namesWhere(recorded.indexes, (_, name) => indexes[name] === undefined).map(
      (name) => `The index ${name} is missing; examine who changed the source, and create the index with a migration.`,
    ),
  ];
}

/** Partitions that leave by upkeep are no damage. Whether one was counted does not matter. */
function missingTables(record: NightRecord, { rows, partitions, left }: RestoredState): readonly string[] {
  const missing = (kind: string, name: string) =>
    `The ${kind} rempart.${name} is missing; restore it from an older recovery point, and examine who dropped it.`;
  return [
    ...namesWhere(record.rows, (_, table) => rows[table] === undefined).map((table) => missing('table', table)),
    ...record.partitions.filter((name) => !partitions.includes(name) && !left.includes(name)).map((name) => missing('partition', name)),
  ];
}

/** Rows of each site, without those that were removed since. */
const lostRows = (record: NightRecord, { rows, removed }: RestoredState): readonly string[] =>
  Object.keys(record.rows)
    .filter((table) => rows[table] !== undefined)
    .flatMap((table) => lostIn(table, record.rows[table], rows[table], removed[table]));

/**
 * Hits of each site in the partitions that were counted. A removal is logged without its partition: each partition may
 * lack as many as were removed since it was counted, and all together no more than since the earliest of these counts.
 */
function lostHits({ counts, counted }: RestoredState): readonly string[] {
  const names = Object.keys(counted).filter((name) => counts[name] !== undefined);
  const each = names.flatMap((name) => lostIn(name, counts[name]?.rows, counted[name]?.rows, counted[name]?.removed));
  if (each.length > 0) return each;
  const before = sumOf(names.map((name) => counts[name]?.rows));
  const present = sumOf(names.map((name) => counted[name]?.rows));
  const all = lostIn('hits', before, present, mostOf(names.map((name) => counted[name]?.removed)));
  return all.length > 0 ? all : names.flatMap((name) => olderNewest(name, counts[name]?.newestHit, counted[name]));
}

/** Hits that came late may hide as many that are lost. */
function olderNewest(name: string, recorded: Date | undefined, present: CountedPartition | undefined): readonly string[] {
  if (recorded === undefined || present === undefined || Object.keys(present.removed).length > 0) return [];
  if (present.newestHit !== undefined && present.newestHit >= recorded) return [];
  return [
    `The newest hit of rempart.${name}, of ${recorded.toISOString()}, is missing; restore the hits of its day from an older recovery point.`,
  ];
}

function lostIn(table: string, recorded: Sites = {}, present: Sites = {}, removed: Sites = {}): readonly string[] {
  return Object.entries(recorded).flatMap(([site, number]) => {
    const lost = number - (removed[site] ?? 0) - (present[site] ?? 0);
    if (lost <= 0) return [];
    return [`Site ${site} has lost ${lost} of ${number} rows of rempart.${table}; restore them from an older recovery point.`];
  });
}

const combined = (combine: (a: number, b: number) => number) => (all: readonly (Sites | undefined)[]) => {
  const result: Record<string, number> = {};
  for (const sites of all) for (const [site, number] of Object.entries(sites ?? {})) result[site] = combine(result[site] ?? 0, number);
  return result;
};
const sumOf = combined((a, b) => a + b);
const mostOf = combined(Math.max);

/** How many of the partitions that had begun when the night was recorded were compared with their counts. */
export function countedPart({ record, counts, counted }: RestoredState): string {
  const begun = (record?.partitions ?? []).filter((name) => name.slice(5).replaceAll('_', '-') <= (record?.night ?? ''));
  return `${begun.filter((name) => name in counts && name in counted).length} of ${begun.length} partitions counted.`;
}

/** An erasure may remove the newest hit. */
function lostNewest(record: NightRecord, { newestHit, removed }: RestoredState): readonly string[] {
  if (record.newestHit === undefined || removed.hits !== undefined) return [];
  if (newestHit !== undefined && newestHit >= record.newestHit) return [];
  const found = newestHit === undefined ? 'no hit' : `the newest hit of ${newestHit.toISOString()}`;
  return [`The database has ${found}, and the record one of ${record.newestHit.toISOString()}; restore the hits between from the archive.`];
}

const namesWhere = <Value>(values: Readonly<Record<string, Value>>, holds: (value: Value, name: string) => boolean): readonly string[] =>
  Object.entries(values)
    .filter(([name, value]) => holds(value, name))
    .map(([name]) => name)
    .sort();
