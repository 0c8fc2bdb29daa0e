// What tests of the ingest give to it and read of it: tools, hits, counts and logs.
import { randomUUID } from 'node:crypto';
import type { Tools } from '../../../../lambda/ingest/ingest/process';
import type { SiteId } from '../../../../runtime/site';
import type { LocalDatabase } from '../../../../tools/local-database/rempart';
import type { MockObjects } from '../../../runtime/mock-objects';

export const toolsOf = (db: LocalDatabase, deadLetters: MockObjects, more: Partial<Tools> = {}): Tools => ({
  ...{ database: db.application, deadLetters, remaining: () => 300_000, now: () => new Date() },
  ...more,
});

/** A line of a site, received now. */
export const hitOf = (site: number, more: object = {}): string =>
  `${JSON.stringify({ site, id: randomUUID(), received: new Date().toISOString(), kind: 'page', ...more })}\n`;

/** Number of hits of a site in the database. */
export const hitsIn = async (db: LocalDatabase, site: SiteId): Promise<number> =>
  Number((await db.superuser.query('select count(*) as n from rempart.hits where site_id = $1', [site])).rows[0].n);

/** Silences the console. */
export function silence(): void {
  for (const method of ['info', 'warn', 'error'] as const) jest.spyOn(console, method).mockImplementation(() => undefined);
}

/** What a run logged last: its counts. */
export const counted = (): unknown => jest.mocked(console.info).mock.calls.at(-1)?.[0];

/** Reply of a run that leaves nothing to be delivered again. */
export const done = { batchItemFailures: [] };
