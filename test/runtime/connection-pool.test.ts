// A connection that ended while idle costs a reconnection; one that ends in a transaction is an error (TOM-4.1).
import { spawnSync } from 'node:child_process';
import { Client } from 'pg';
import { isConnectionLost } from '../../runtime/connection-pool';
import type { Database } from '../../runtime/database';
import type { Session } from '../../runtime/database-session';
import type { Reject } from '../../runtime/reject';
import type { SiteId } from '../../runtime/site';
import { localPassword } from '../../tools/local-database/aurora';
import { type LocalDatabase, startDatabase, tester } from '../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('idle');
}, 60_000);
afterAll(() => db.close());
afterEach(() => jest.restoreAllMocks());

const stray: Reject = { reason: 'no-site', detail: 'expected a known site, got none', record: Buffer.from('{}') };

const processOf = async (session: Session) => (await session.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
const use = (database: Database) => database.withSite(site, tester, processOf);

/**
 * Ends every connection of a role while this process is stopped, as a function is between two requests. Afterwards it
 * has received no event of it.
 */
function endAsleep(role: string): void {
  const url = `postgres://postgres:${localPassword}@127.0.0.1:${db.server.port}/rempart`;
  const script = `const { Client } = require('pg'); const client = new Client(${JSON.stringify(url)});
    client.connect().then(() => client.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '${role}'"))
      .then(() => client.end())`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

const opened = async (work: () => Promise<unknown>) => {
  const connects = jest.spyOn(Client.prototype, 'connect');
  connects.mockClear();
  await work();
  return connects.mock.calls.length;
};

test('a connection that the server ended while idle: one reconnection, no error, one entry of the access log', async () => {
  const database = db.open('rempart_application', { connections: 1 });
  const first = await use(database);
  expect(await use(database)).toBe(first);
  endAsleep('rempart_application');
  const doing = { ...tester, doing: 'after the sleep' };
  const connects = await opened(async () => expect(await database.withSite(site, doing, processOf)).not.toBe(first));
  expect(connects).toBe(1);
  const { rows } = await db.superuser.query(`select outcome from rempart.access_log where action = 'after the sleep'`);
  expect(rows).toEqual([{ outcome: 'done' }]);
});

test('all of a pool at once: each use succeeds, and none connects more than once', async () => {
  const database = db.open('rempart_application', { connections: 4 });
  await Promise.all(Array.from({ length: 8 }, () => use(database)));
  endAsleep('rempart_application');
  const connects = await opened(async () => expect(await Promise.all(Array.from({ length: 4 }, () => use(database)))).toHaveLength(4));
  expect(connects).toBeLessThanOrEqual(4);
  endAsleep('rempart_application');
  expect(await opened(() => use(database))).toBe(1);
});

test('calls of upkeep and stray records as well, each once', async () => {
  const upkeep = db.open('rempart_maintenance', { connections: 1 });
  const strays = db.open('rempart_application', { connections: 1 });
  await upkeep.upkeep('siteByKey', 'idle');
  await use(strays);
  endAsleep('rempart_maintenance');
  endAsleep('rempart_application');
  const [made] = await upkeep.upkeep('createSite', 'after-sleep', 'After', false, 'test', 'jest');
  expect(await upkeep.upkeep('siteByKey', 'after-sleep')).toEqual([made]);
  await strays.keepStrays([stray]);
  expect((await db.superuser.query('select from rempart.stray_records')).rowCount).toBe(1);
});

test('a connection with a longer idle time than the maximum is not reused: the network may have dropped it', async () => {
  const database = db.open('rempart_application', { connections: 1 });
  const first = await use(database);
  const [wall, monotonic] = [Date.now(), performance.now()];
  // The monotonic clock of a frozen function may stand still.
  jest.spyOn(Date, 'now').mockImplementation(() => wall + 61_000);
  const second = await use(database);
  expect(second).not.toBe(first);
  jest.spyOn(Date, 'now').mockImplementation(() => wall - 3_600_000);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonic + 122_000);
  expect(await opened(async () => expect(await use(database)).not.toBe(second))).toBe(1);
});

test('a connection that ends in a transaction is an error, and the work is not repeated', async () => {
  const database = db.open('rempart_application', { connections: 1 });
  await use(database);
  const work = jest.fn(async (session: Session) => {
    await session.query(`insert into rempart.people (site_id, name) values ($1, 'half')`, [site]);
    endAsleep('rempart_application');
    return session.query('select 1');
  });
  await expect(database.withSite(site, tester, work)).rejects.toThrow(/terminat/);
  expect(work).toHaveBeenCalledTimes(1);
  expect((await db.superuser.query(`select from rempart.people where name = 'half'`)).rowCount).toBe(0);
});

test('a new connection that fails is an error at once, and so is another error of the first message', async () => {
  const nobody = db.open('rempart_application', { connections: 1, database: 'nowhere' });
  await expect(nobody.upkeep('siteByKey', 'idle')).rejects.toThrow('database "nowhere" does not exist');
  const database = db.open('rempart_application', { connections: 1 });
  await use(database);
  const query = jest.spyOn(Client.prototype, 'query').mockImplementationOnce(() => Promise.reject(new Error('anything else')) as never);
  await expect(database.keepStrays([stray])).rejects.toThrow('anything else');
  expect(query).toHaveBeenCalledTimes(1);
});

test.each([
  ['57P01', 'terminating connection due to administrator command', true],
  ['57P05', 'terminating connection due to idle-session timeout', true],
  ['08006', 'connection failure', true],
  ['ECONNRESET', 'read ECONNRESET', true],
  ['', 'Connection terminated unexpectedly', true],
  ['', 'Client has encountered a connection error and is not queryable', true],
  ['22012', 'division by zero', false],
  ['53300', 'too many connections', false],
])('says whether the connection is gone: %s %s', (code, message, gone) => {
  expect(isConnectionLost(Object.assign(new Error(message), code ? { code } : {}))).toBe(gone);
  expect(isConnectionLost(message)).toBe(false);
});
