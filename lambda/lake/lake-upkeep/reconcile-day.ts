// One day of a site: the catalogue and the objects of S3, and what makes them equal. (TOM-4.10, DSS-4.2)
import { createHash } from 'node:crypto';
import type { CatalogueEntry } from '../../../runtime/lake/catalogue';
import { LakeFileError } from '../../../runtime/lake/file-error';
import type { LakeVersion, LakeVersions } from '../../../runtime/lake/versions';
import type { SiteId } from '../../../runtime/site';
import { type CheckedObject, type Choice, checkedObject, choose, countsOf, type InSite, meet, rowsAtRisk } from './objects';

/** An object that the database has, as `rempart.lake_state` returns it. */
export interface KnownObject {
  readonly day: string;
  readonly key: string;
  /** `announced`: a writer is about to write it. `leaving`: it was a file and awaits its deletion. */
  readonly state: 'file' | 'announced' | 'leaving';
  readonly rows: string | null;
  readonly bytes: string | null;
  readonly sha256: string | null;
  readonly first_received: string | null;
  readonly last_received: string | null;
}

export interface DayState {
  readonly site: SiteId;
  readonly day: string;
  readonly inWindow: boolean;
  /** Day on which the site was created. Objects of days before are of another site that had its id. (TOM-4.1) */
  readonly since: string;
  readonly known: readonly KnownObject[];
  /** All versions of the objects of the day. */
  readonly versions: readonly LakeVersion[];
}

/** What was done for a day, or would be. */
export interface ReconciledDay {
  readonly site: number;
  readonly day: string;
  /** Where the rows of the day are read: while the window has it, there. */
  readonly place: 'window' | 'lake';
  /** Whether the export writes the day again. */
  readonly exportedAgain: boolean;
  /** Objects that become files of the catalogue. */
  readonly added: readonly string[];
  /** Files whose objects are gone, and whose place others take. */
  readonly replaced: readonly string[];
  /** Objects that await their deletion: others have their rows, or nobody may. */
  readonly discarded: readonly string[];
  /** Files without an object, in whose place none is. */
  readonly gone: readonly { readonly key: string; readonly rows: number; readonly restorable: boolean }[];
  /** Objects that nothing is done with, each with the reason. */
  readonly left: readonly { readonly key: string; readonly reason: string }[];
}

/** Whether nothing is to be done for a day. */
export const isEqual = ({ exportedAgain, ...day }: ReconciledDay): boolean =>
  !exportedAgain && [day.added, day.replaced, day.discarded, day.gone, day.left].every((list) => list.length === 0);

/** Whether the names and sizes of a day differ from the catalogue. The content of an object is not read. */
export function differs({ known, versions }: DayState): boolean {
  const current = versions.filter(({ isCurrent }) => isCurrent);
  const files = known.filter(({ state }) => state === 'file');
  return (
    files.some((file) => !current.some(({ key, bytes }) => key === file.key && bytes === Number(file.bytes))) ||
    current.some(({ key }) => !known.some((one) => one.key === key))
  );
}

/** Compares a day, and makes catalogue and objects equal with `confirm`. */
export async function reconcileDay(inSite: InSite, store: LakeVersions, state: DayState, confirm: boolean): Promise<ReconciledDay> {
  const { known, versions } = state;
  const files = known.filter((one) => one.state === 'file');
  const lost: KnownObject[] = [];
  for (const file of files) if (!(await isIntact(store, file, versions))) lost.push(file);
  // What a writer has announced may be the only object with the rows of a file that is gone.
  const isKnown = ({ key }: LakeVersion) =>
    known.some((one) => one.key === key && (one.state !== 'announced' || lost.length === 0 || state.inWindow));
  const strange = versions.filter((version) => version.isCurrent && !isKnown(version));
  const unknown =
    state.day < state.since
      ? { objects: [], left: strange.map(({ key }) => ({ key, reason: `of before ${state.since}, when the site was created` })) }
      : await checkedAll(store, state, strange);
  const compared = { state, files, lost, unknown };
  return state.inWindow ? windowDay(inSite, store, compared, confirm) : lakeDay(inSite, store, compared, confirm);
}

interface Compared {
  readonly state: DayState;
  readonly files: readonly KnownObject[];
  /** Files whose objects are gone or damaged. */
  readonly lost: readonly KnownObject[];
  readonly unknown: Checked;
}

interface Checked {
  readonly objects: readonly CheckedObject[];
  readonly left: readonly { readonly key: string; readonly reason: string }[];
}

/** Whether the object of a file is there, with the content that the catalogue has. */
export const isIntact = async (
  store: LakeVersions,
  { key, bytes, sha256 }: Pick<KnownObject, 'key' | 'bytes' | 'sha256'>,
  versions: readonly LakeVersion[],
): Promise<boolean> =>
  versions.some((version) => version.key === key && version.isCurrent && version.bytes === Number(bytes)) &&
  (await store.digest(key)) === sha256;

async function checkedAll(store: LakeVersions, { site, day }: DayState, versions: readonly LakeVersion[]): Promise<Checked> {
  const objects: CheckedObject[] = [];
  const left: { key: string; reason: string }[] = [];
  for (const version of versions) {
    try {
      objects.push(await checkedObject(store, site, day, version));
    } catch (error) {
      if (!(error instanceof LakeFileError)) throw error;
      left.push({ key: version.key, reason: `damaged: expected ${error.expected}, got ${error.got}` });
    }
  }
  return { objects, left };
}

/** The window is the source: what is lost is exported again, and an object of the same rows is discarded. */
async function windowDay(
  inSite: InSite,
  store: LakeVersions,
  { state, lost, unknown }: Compared,
  confirm: boolean,
): Promise<ReconciledDay> {
  const { site, day } = state;
  const [discarded, left] = [[] as string[], [...unknown.left]];
  for (const object of unknown.objects) {
    const rows = await rowsAtRisk(inSite, store, object);
    if (rows === 0) discarded.push(object.entry.key);
    else left.push({ key: object.entry.key, reason: `${rows} rows that the window does not have` });
  }
  const exportedAgain = lost.length > 0;
  if (confirm && (exportedAgain || discarded.length > 0))
    await inSite(async (session) => {
      if (exportedAgain) await session.query('select rempart.make_lake_day_due($1)', [day]);
      if (discarded.length > 0) await session.query('select rempart.discard_lake_objects($1, $2)', [day, discarded]);
    });
  return { site, day, place: 'window', exportedAgain, added: [], replaced: [], discarded, gone: [], left };
}

async function lakeDay(
  inSite: InSite,
  store: LakeVersions,
  { state, files, lost, unknown }: Compared,
  confirm: boolean,
): Promise<ReconciledDay> {
  const { site, day, versions } = state;
  const present =
    unknown.objects.length === 0
      ? { objects: [] }
      : await checkedAll(
          store,
          state,
          versions.filter(({ key, isCurrent }) => isCurrent && files.some((file) => file.key === key && !lost.includes(file))),
        );
  const { added, covered, unclear }: Choice = await choose(inSite, store, present.objects, unknown.objects);
  const replaced = lost.filter((file) => added.some(({ entry }) => meet(entry, timesOf(file)))).map(({ key }) => key);
  const gone: { key: string; rows: number; restorable: boolean }[] = [];
  for (const file of lost)
    if (!replaced.includes(file.key))
      gone.push({ key: file.key, rows: Number(file.rows), restorable: await hasVersion(store, file, versions) });
  const discarded = covered.map(({ entry }) => entry.key);
  if (confirm) await record(inSite, store, day, { added, replaced, discarded, isNew: files.length === 0 });
  const left = [
    ...unknown.left,
    ...unclear.map(({ object, rows }) => ({ key: object.entry.key, reason: `${rows} rows that no newer object has, of nobody erased` })),
  ];
  return { site, day, place: 'lake', exportedAgain: false, added: added.map(({ entry }) => entry.key), replaced, discarded, gone, left };
}

const timesOf = ({ first_received: first, last_received: last }: KnownObject): Pick<CatalogueEntry, 'firstReceived' | 'lastReceived'> => ({
  firstReceived: first ?? '0',
  lastReceived: last ?? '0',
});

/** Whether a file can be restored from a version. */
export async function hasVersion(
  store: LakeVersions,
  file: Pick<KnownObject, 'key' | 'bytes' | 'sha256'>,
  versions: readonly LakeVersion[],
) {
  for (const version of versions.filter(({ key, bytes }) => key === file.key && bytes === Number(file.bytes)))
    if (
      createHash('sha256')
        .update(await store.read(version))
        .digest('hex') === file.sha256
    )
      return true;
  return false;
}

interface Changes {
  readonly added: readonly CheckedObject[];
  readonly replaced: readonly string[];
  readonly discarded: readonly string[];
  /** Whether the catalogue has no file of the day. */
  readonly isNew: boolean;
}

/** The objects are announced first, so that no run of the upkeep deletes them meanwhile, and looked at again. */
async function record(inSite: InSite, store: LakeVersions, day: string, { added, replaced, discarded, isNew }: Changes): Promise<void> {
  if (added.length + replaced.length + discarded.length === 0) return;
  for (const { entry } of added) {
    await inSite((session) => session.query('select rempart.plan_lake_file($1)', [entry.key]));
    const digest = await store.digest(entry.key);
    if (digest !== entry.sha256)
      throw new Error(`${entry.key}: expected the content that was read, ${entry.sha256}, got ${digest}; repeat the command`);
  }
  await inSite(async (session) => {
    if (added.length + replaced.length > 0)
      await session.query('select rempart.reconcile_lake_day($1, $2, $3, $4)', [
        day,
        JSON.stringify(added.map(({ entry }) => entry)),
        replaced,
        isNew ? JSON.stringify(countsOf(added)) : null,
      ]);
    if (discarded.length > 0) await session.query('select rempart.discard_lake_objects($1, $2)', [day, discarded]);
  });
}
