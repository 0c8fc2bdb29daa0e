// npm run lake -- reconcile: requests to lake-upkeep until all sites and days are compared.
import type { ReconcileRequest, ReconcileResult } from '../../lambda/lake/lake-upkeep/reconcile';
import type { ReconciledDay } from '../../lambda/lake/lake-upkeep/reconcile-day';
import { UsageError } from '../command-line';
import { print } from '../command-output';
import { type Call, placeUsage } from './invoke';

export const reconcileUsage = `npm run lake -- reconcile [options]

Compares the catalogue of the lake with the objects that S3 has, and makes them equal: after a restore of the database, or when objects were
lost. The function lake-upkeep does it, site by site. Without --confirm nothing is changed.

A day of the window is exported again if an object of it is lost. Of another day, the objects that are there become its files, in place of
those that are gone. Each is read whole before: its content has to be that of its key, and its rows those of the site and day. Objects whose
rows all others have await their deletion. What is unclear is left, and stated. After a restore, repeat the erasures since the snapshot first.

  --site ID          one site alone [default: all, deleted ones too]
  --day DAY          one day of it, as in 2026-11-01, whose objects are compared by their content [default: all, by names and sizes]
  --confirm          make the changes; otherwise print what would be changed
${placeUsage}

Exit codes: 0 if catalogue and objects are equal now, or would be, 1 if something is left or failed, 2 for a mistake in the command line.`;

export const reconcileOptions = {
  site: { type: 'string' },
  day: { type: 'string' },
  confirm: { type: 'boolean' },
} as const;

interface Options {
  readonly site?: string | undefined;
  readonly day?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export async function reconcileLake({ site, day, confirm = false, json }: Options, call: Call): Promise<number> {
  if (site !== undefined && !/^[1-9]\d{0,9}$/.test(site))
    throw new UsageError(`--site: expected the id of a site, got ${site}; copy it from the error`);
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new UsageError(`--day: expected a day such as 2026-11-01, got ${day}`);
  if (day !== undefined && site === undefined) throw new UsageError('--day: expected a site, got none; add --site');
  const { days, failures, isComplete } = await reconcileAll({ confirm, ...(site && { site: Number(site) }), ...(day && { day }) }, call);
  print(json, { confirm, days, failures }, reconciledText(days, failures, confirm));
  return isComplete ? 0 : 1;
}

export interface Reconciled {
  readonly days: readonly ReconciledDay[];
  readonly failures: readonly string[];
  /** Whether catalogue and objects are equal now, or would be. */
  readonly isComplete: boolean;
}

/** Requests until all sites and days are compared. */
export async function reconcileAll(of: Omit<ReconcileRequest['reconcile'], 'behind'>, call: Call): Promise<Reconciled> {
  const days: ReconciledDay[] = [];
  const failures: string[] = [];
  let behind: ReconcileResult['behind'];
  do {
    const request: ReconcileRequest = { reconcile: { ...of, ...(behind && { behind }) } };
    const result = (await call('lake-upkeep', request)) as ReconcileResult;
    days.push(...result.days);
    failures.push(...result.failures);
    behind = result.behind;
  } while (behind !== undefined);
  const isLeft = days.some(({ gone, left }) => gone.length + left.length > 0);
  return { days, failures, isComplete: !isLeft && failures.length === 0 };
}

export function reconciledText(days: readonly ReconciledDay[], failures: readonly string[], confirm: boolean): string {
  const lines = [...days.flatMap(linesOf), ...failures.map((failure) => `failed: ${failure}`)];
  if (lines.length === 0) return 'catalogue and objects are equal';
  const hasChange = days.some(
    ({ exportedAgain, added, replaced, discarded }) => exportedAgain || added.length + replaced.length + discarded.length > 0,
  );
  return [...lines, ...(hasChange && !confirm ? ['nothing was changed; repeat the command with --confirm'] : [])].join('\n');
}

function linesOf({ site, day, place, exportedAgain, added, replaced, discarded, gone, left }: ReconciledDay): readonly string[] {
  const of = `site ${site}, ${day} (${place})`;
  const each = (keys: readonly string[], what: string) => keys.map((key) => `${of}: ${key} ${what}`);
  const lines = [
    ...(exportedAgain ? [`${of}: is exported again, since an object is gone or damaged`] : []),
    ...each(added, 'becomes a file'),
    ...each(replaced, 'is gone, and others take its place'),
    ...each(discarded, 'awaits its deletion: its rows are elsewhere'),
    ...gone.map(
      ({ key, rows, restorable }) =>
        `${of}: ${key} is gone, with ${rows} rows; npm run lake -- ${restorable ? 'restore' : 'give-up'} --key ${key}`,
    ),
    ...left.map(({ key, reason }) => `${of}: ${key} is left: ${reason}`),
  ];
  return lines.length > 0 ? lines : [`${of}: catalogue and objects are equal`];
}
