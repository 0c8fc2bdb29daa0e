// Plays traffic, and trouble, on a running twin, counts as it goes, and in the end says whether all that was taken arrived.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { inNumber } from '../page/live';
import type { Twin } from '../twin';
import { playChaos } from './chaos';
import { Ledger, type Reconciled } from './ledger';
import { planTraffic } from './plan';
import { reconcile, waitUntilDrained } from './reconcile';
import { Sender, type SenderCounts } from './sender';

export interface PlayOptions {
  readonly perSecond: number;
  readonly seed: number;
  readonly chaos: boolean;
}

export interface Counts {
  /** Hits that collectors took. */
  readonly answered: number;
  readonly stored: number;
  /** Taken, and on their way. */
  readonly waiting: number;
  /** Taken, and nowhere any more; the end counts them one by one. */
  readonly lost: number;
  readonly sent: Readonly<SenderCounts>;
}

export interface Played extends Reconciled {
  /** Whether everything went through in time. */
  readonly drained: boolean;
  readonly incidents: number;
  readonly sent: Readonly<SenderCounts>;
}

export interface PlayReport {
  readonly counts: (counts: Counts) => void;
  readonly incident: (what: string) => void;
  readonly draining: () => void;
}

/** Milliseconds between two counts. */
const countPause = 2000;
/** Seconds in which all must have gone through after the last request; parts that were killed take their time to come back. */
const drainSeconds = 90;
/** Looks in a row at a pipeline that is empty, while hits are missing, after which they count as lost. */
const patience = 5;

/** Plays until the signal. @param giveUp ends the waiting after that too */
export async function play(
  twin: Twin,
  options: PlayOptions,
  report: PlayReport,
  signal: AbortSignal,
  giveUp: AbortSignal,
): Promise<Played> {
  const run = randomBytes(6).toString('hex');
  const since = Date.now();
  const before = twin.observer.storedHits();
  const ledger = new Ledger();
  const plan = planTraffic({ seed: options.seed, run, sites: twin.sites.map(({ key }) => key) });
  const sender = new Sender({ address: () => twin.collector.address, plan, perSecond: options.perSecond, ledger });
  const watching = new AbortController();
  const counting = count(twin, ledger, sender, before, report, watching.signal);
  // A part that does not come back ends the run; told once the senders have ended.
  const broken = new AbortController();
  const ending = AbortSignal.any([signal, broken.signal]);
  const chaos = (options.chaos ? playChaos(twin, options.seed, report.incident, ending) : Promise.resolve(0)).catch((error: unknown) => {
    broken.abort(error);
    return 0;
  });
  let incidents: number;
  let empty: boolean;
  try {
    await sender.run(ending);
    incidents = await chaos;
    broken.signal.throwIfAborted();
    report.draining();
    empty = await waitUntilDrained(twin, drainSeconds, giveUp);
  } finally {
    watching.abort();
    await counting;
  }
  const reconciled = await reconcile(twin, ledger, run, since);
  return { ...reconciled, drained: empty, incidents, sent: sender.counts };
}

/** Whether nothing that was taken is missing, doubled or stored against what its sender was told; and something was, if any was sent. */
export const isWhole = ({ answered, lost, doubled, refused, sent }: Played): boolean =>
  lost + doubled + refused + sent.wrong === 0 && (answered > 0 || sent.turnedAway + sent.broken === 0);

async function count(twin: Twin, ledger: Ledger, sender: Sender, before: number, report: PlayReport, signal: AbortSignal): Promise<void> {
  let quiet = 0;
  while (!signal.aborted) {
    await setTimeout(countPause, undefined, { signal }).catch(() => undefined);
    const stored = Math.max(0, twin.observer.storedHits() - before);
    const missing = Math.max(0, ledger.answered - stored);
    quiet = missing > 0 && twin.observer.isEmpty() ? quiet + 1 : 0;
    const lost = quiet > patience ? missing : 0;
    const counts = { answered: ledger.answered, stored, waiting: missing - lost, lost, sent: sender.counts };
    twin.observer.traffic = [
      `${inNumber(counts.answered)} answered`,
      `${inNumber(stored)} stored`,
      `${inNumber(counts.waiting)} waiting`,
      `${inNumber(lost)} lost`,
    ].join(', ');
    report.counts(counts);
  }
}
