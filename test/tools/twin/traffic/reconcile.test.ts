// The answers compared with a real database: a hit counts under its own site, and under no other.
import { randomUUID } from 'node:crypto';
import type { SiteId } from '../../../../runtime/site';
import { type LocalDatabase, startDatabase } from '../../../../tools/local-database/rempart';
import { fate, Ledger } from '../../../../tools/twin/traffic/ledger';
import { reconcile } from '../../../../tools/twin/traffic/reconcile';
import { databaseTimeLimit } from '../../../time-limits';

let database: LocalDatabase;
beforeAll(async () => {
  database = await startDatabase();
}, databaseTimeLimit);
afterAll(() => database.close());

const store = (site: SiteId, url: string) =>
  database.superuser.query(
    "insert into rempart.hits (site_id, received_at, id, occurred_at, kind, url, key_version) values ($1, now(), $2, now(), 'page', $3, 1)",
    [site, randomUUID(), url],
  );

test('a hit under another site than its own is lost, like one that is not stored', async () => {
  const [gazette, clinic] = [await database.createSite('gazette'), await database.createSite('clinic')];
  await store(gazette, 'https://gazette.example/hit=run-0/');
  await store(clinic, 'https://gazette.example/hit=run-1/news');
  await store(clinic, 'https://clinic.example/hit=other-2/news');
  await store(clinic, 'https://clinic.example/hit=run-3');
  const ledger = new Ledger();
  ledger.note([0, 1, 2, 3], fate.answered);
  const look = async <R extends object>(text: string, values: readonly unknown[] = []) =>
    (await database.superuser.query<R>(text, [...values])).rows;
  const pipeline = { database: { look }, collector: { address: '' }, functions: { state: () => undefined } };
  expect(await reconcile(pipeline, ledger, 'run', Date.now())).toMatchObject({ answered: 4, stored: 2, lost: 2, doubled: 0 });
});
