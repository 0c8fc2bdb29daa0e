// The reads of a portal about the hits of one site, wherever the hits are: in the window, in the lake, or in both.
import type { Session } from '../database-session';
import { type HitFilter, hitsOf, newestHits } from './hits';
import type { ReadLimits } from './limits';
import type { LakeStore } from './store';

/** What a read has: a session inside the site, its objects, and limits of its own. */
export interface HitSource {
  readonly session: Session;
  readonly store: LakeStore;
  readonly limits: ReadLimits;
}

/** What a visitor of the portal has chosen. Days are `yyyy-mm-dd` in UTC. */
export interface Choice {
  readonly day: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly kind: string;
  /** Path of a URL, as in `/products`. */
  readonly path: string;
  readonly visitor: string;
}

type Read = (source: HitSource, choice: Choice) => Promise<readonly unknown[]>;

/** Rows of a list. */
const listed = 50;

/** The reads by name, each with the rows that the portal shows. */
export const portalReads: Readonly<Record<string, Read>> = {
  'overview of a day': ({ session }, { day }) => counts(session, day, day),
  'overview of a month': ({ session }, { firstDay, lastDay }) => counts(session, firstDay, lastDay),
  'rejects of a month': async ({ session }, { firstDay, lastDay }) =>
    (
      await session.query(`select to_char(day, 'YYYY-MM-DD') as day, reason, rejects from rempart.daily_rejects($1, $2)`, [
        firstDay,
        lastDay,
      ])
    ).rows,
  'hours of a day': async (source, { day }) => tally(source, ofDay(day), ({ received_at: at }) => at.slice(11, 13)),
  'pages of a day': async (source, { day }) => (await tally(source, ofDay(day), pathOf)).slice(0, listed),
  'newest hits before a day': async ({ session, store, limits }, { day }) =>
    newestHits(session, store, { to: ofDay(day).from, count: listed }, limits),
  'hits of a kind': async (source, { day, kind }) => hits(source, { ...ofDay(day), kind }),
  'hits of a path': async (source, { day, path }) => (await hits(source, ofDay(day))).filter((row) => pathOf(asHit(row)) === path),
  'one visitor in a month': async (source, { firstDay, lastDay, visitor }) =>
    hits(source, { visitor, from: ofDay(firstDay).from, to: ofDay(lastDay).to }),
  'export of a person': (source, { visitor }) => hits(source, { visitor }),
};

/** A day as bounds of arrival. @throws RangeError for another text */
function ofDay(day: string): { readonly from: Date; readonly to: Date } {
  const from = new Date(`${day}T00:00:00Z`);
  // A month's thirty-second day is one of the next month to JavaScript.
  if (Number.isNaN(from.getTime()) || from.toISOString().slice(0, 10) !== day)
    throw new RangeError(`day: expected yyyy-mm-dd, got ${JSON.stringify(day)}; choose a day of the calendar`);
  return { from, to: new Date(from.getTime() + 86_400_000) };
}

const counts = async (session: Session, first: string, last: string): Promise<readonly unknown[]> =>
  (
    await session.query(
      `select to_char(day, 'YYYY-MM-DD') as day, kind, hits, visitors, returning_visitors from rempart.daily_counts($1, $2)`,
      [first, last],
    )
  ).rows;

async function hits({ session, store, limits }: HitSource, filter: HitFilter): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const rows of hitsOf(session, store, filter, limits)) for (const row of rows) found.push(row);
  return found;
}

interface ReadHit {
  readonly received_at: string;
  readonly url: string | null;
}

const asHit = (row: string) => JSON.parse(row) as ReadHit;

/** The path of a hit's URL; empty if it has none. */
const pathOf = ({ url }: ReadHit): string => (url !== null && URL.canParse(url) ? new URL(url).pathname : '');

/** Number of hits by a text, the most first. Holds a page of rows, and one number for each text. */
async function tally(
  { session, store, limits }: HitSource,
  filter: HitFilter,
  of: (hit: ReadHit) => string,
): Promise<readonly (readonly [text: string, hits: number])[]> {
  const numbers = new Map<string, number>();
  for await (const rows of hitsOf(session, store, filter, limits)) {
    for (const row of rows) {
      const text = of(asHit(row));
      numbers.set(text, (numbers.get(text) ?? 0) + 1);
    }
  }
  return [...numbers].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1));
}
