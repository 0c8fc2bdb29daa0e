// Waits until all that was taken has gone through, and holds what senders were told against what is in the database, hit by hit.
import { setTimeout } from 'node:timers/promises';
import type { TwinDatabase } from '../parts/database';
import type { TwinFunctions } from '../parts/functions';
import { readFigures } from '../parts/metrics';
import type { Ledger, Reconciled } from './ledger';

export interface Pipeline {
  readonly collector: { readonly address: string };
  readonly functions: Pick<TwinFunctions, 'state'>;
  readonly database: Pick<TwinDatabase, 'look'>;
}

const pause = 200;

/** Resolves to true when nothing is on its way any more, to false when something still is after `seconds`. */
export async function waitUntilDrained({ collector, functions }: Pipeline, seconds: number, signal?: AbortSignal): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  let emptyFrom: number | undefined;
  while (Date.now() < end && !signal?.aborted) {
    const [figures, state] = [await readFigures(collector.address), functions.state()];
    const spoolEmpty = figures !== undefined && figures.spoolBytes === 0;
    if (!spoolEmpty || !state || state.waiting > 0) emptyFrom = undefined;
    // Two reads that began after the spool was empty, and found nothing.
    else if (emptyFrom === undefined || state.emptyReads < emptyFrom) emptyFrom = state.emptyReads;
    else if (state.emptyReads >= emptyFrom + 2) return true;
    await setTimeout(pause);
  }
  return false;
}

/** Rows that are looked at in one go. */
const slice = 20_000;

/** Finds the hits of a run in the database. @param since when the run began, in milliseconds since 1970 */
export async function reconcile({ database }: Pipeline, ledger: Ledger, run: string, since: number): Promise<Reconciled> {
  ledger.forgetFound();
  let after = ['-infinity', '00000000-0000-0000-0000-000000000000', '0'];
  for (;;) {
    const rows = await database.look<{ site: string; at: string; id: string; url: string }>(page, [
      new Date(since - 60_000).toISOString(),
      ...after,
      slice,
    ]);
    for (const { url } of rows) {
      const number = url.startsWith(`${run}-`) ? Number(url.slice(run.length + 1)) : Number.NaN;
      if (Number.isInteger(number)) ledger.find(number);
    }
    const last = rows.at(-1);
    if (!last || rows.length < slice) return ledger.compare();
    after = [last.at, last.id, last.site];
  }
}

/** In the order of the key, from where the page before ended; of the URL what marks the hit, if it is under the site that it was sent for. */
const page = `
  select h.site_id::text as site, h.received_at::text as at, h.id::text as id,
    coalesce(substring(h.url from '^https://' || s.key || '[.]example/hit=([^/?#]*)'), '') as url
  from rempart.hits h join rempart.sites s on s.id = h.site_id
  where h.received_at >= $1::timestamptz and (h.received_at, h.id, h.site_id) > ($2::timestamptz, $3::uuid, $4::integer)
  order by h.received_at, h.id, h.site_id limit $5`;
