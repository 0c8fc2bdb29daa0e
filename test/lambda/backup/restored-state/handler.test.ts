// The reader as Lambda calls it: the driver is a mock, so that the test sees whom it would connect to, and how.
import * as pg from 'pg';
import type { handler as Handler } from '../../../../lambda/backup/restored-state/handler';
import { declaredActions } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const variables = {
  AWS_REGION: 'eu-west-3',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'rempart',
  DATABASE_CA_FILE: __filename,
};
const host = 'awsbackup-restore-test-1f.cluster-abc123.eu-west-3.rds.amazonaws.com';
restoreAfterEach();

/** The second is not counted by the source. */
const partitions = ['hits_2026_11_29', 'hits_2026_11_30'];
let clients: MockClient[];
let failure: Error | undefined;

class MockClient {
  readonly sent: string[] = [];
  ended = false;
  constructor(readonly config: pg.ClientConfig) {
    clients.push(this);
  }
  on() {
    return this;
  }
  async connect() {
    if (failure?.message.startsWith('connect')) throw failure;
  }
  async query(text: string) {
    this.sent.push(text);
    if (failure && text.startsWith('select')) throw failure;
    if (text.includes('restored_partition')) return { rows: [{ partition: { rows: { 7: 1 } } }] };
    return { rows: [{ state: { rows: {}, partitions, counts: { hits_2026_11_29: {}, hits_2026_11_28: {} } } }] };
  }
  async end() {
    this.ended = true;
  }
}

const load = (changes: Record<string, string | undefined> = {}) =>
  loadHandler<{ handler: typeof Handler }>('backup/restored-state', { ...variables, ...changes }, { pg: { ...pg, Client: MockClient } })
    .handler;

const signIns = new Set<string>();

beforeEach(() => {
  clients = [];
  failure = undefined;
});
test('connects to the restored cluster by token as rempart_validation, over TLS that verifies it, and returns the state', async () => {
  expect(await load()({ host })).toMatchObject({ rows: {}, counted: { hits_2026_11_29: { rows: { 7: 1 } } }, notCounted: [] });
  const [client] = clients;
  expect(client?.config).toMatchObject({ host, port: 5432, database: 'rempart', user: 'rempart_validation' });
  expect(client?.config.ssl).toMatchObject({ rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  const password = client?.config.password;
  const token = typeof password === 'function' ? await password() : '';
  expect(token).toMatch(new RegExp(`^${host}:5432/\\?Action=connect&DBUser=rempart_validation&`));
  signIns.add(`rds-db:connect ${new URL(`https://${token}`).searchParams.get('DBUser')}`);
  expect(client?.sent).toEqual([
    'set statement_timeout = 240000',
    'select rempart.restored_state() as state',
    'set statement_timeout = 240000',
    'select rempart.restored_partition($1) as partition',
  ]);
  expect(client?.ended).toBe(true);
});

test.each([
  undefined,
  {},
  { host: 7 },
  { host: 'production-data.cluster-abc123.eu-west-3.rds.amazonaws.com' },
  { host: `${host}.example.com` },
  { host: 'awsbackup-restore-test-1f.example.com' },
])('an event of %j connects to nothing', async (event) => {
  await expect(load()(event)).rejects.toThrow('restored state: expected the host of a restored cluster');
  expect(clients).toEqual([]);
});

test('errors of connection and statement are those of the server, and the connection ends', async () => {
  failure = new Error('connect ECONNREFUSED');
  await expect(load()({ host })).rejects.toThrow('connect ECONNREFUSED');
  failure = new Error('permission denied');
  await expect(load()({ host })).rejects.toThrow('permission denied');
  expect(clients.at(-1)?.ended).toBe(true);
});

test('does not start without the file of certificates', () => {
  expect(() => load({ DATABASE_CA_FILE: undefined })).toThrow('DATABASE_CA_FILE: expected a file');
});

test('makes the calls that its contract declares, and no others', () => {
  expect([...signIns]).toEqual(declaredActions('restored-state'));
});
