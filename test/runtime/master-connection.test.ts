// The master user's password rotates under way: one that is refused is read again (TOM-3.10).
import { connectAsMaster } from '../../runtime/master-connection';
import { createMaster, localPassword, masterUser } from '../../tools/local-database/aurora';
import { type LocalServer, startServer } from '../../tools/local-database/server';

let server: LocalServer;

beforeAll(async () => {
  server = await startServer();
  await createMaster(await server.connect('postgres', 'postgres'));
}, 60_000);
afterAll(() => server.close());

/** A secret that gives one password after the other, and the last one from then on; and how often it was read. */
function secretOf(...passwords: readonly string[]) {
  const seen: string[] = [];
  const read = async () => {
    const password = passwords[Math.min(seen.length, passwords.length - 1)] ?? '';
    seen.push(password);
    return JSON.stringify({ username: masterUser, password });
  };
  const never = () => Promise.reject(new Error('is only read'));
  return { seen, store: { read, create: never, replace: never } };
}

const connect = (store: Parameters<typeof connectAsMaster>[1], database = 'postgres') =>
  connectAsMaster(
    {
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: database,
      DATABASE_CA_FILE: '',
      MASTER_SECRET: 'master',
    },
    store,
    { tls: 'off', waits: [1, 1] },
  );

test('the new password is found while the secret still returns the old one', async () => {
  const { seen, store } = secretOf('before', localPassword);
  const client = await connect(store);
  expect((await client.query('select current_user as me')).rows).toEqual([{ me: masterUser }]);
  await client.end();
  expect(seen).toEqual(['before', localPassword]);
});

test('a password that stays wrong is an error after three readings, and every other error at once', async () => {
  const wrong = secretOf('wrong');
  await expect(connect(wrong.store)).rejects.toThrow(/password authentication failed/);
  expect(wrong.seen).toHaveLength(3);
  const right = secretOf(localPassword);
  await expect(connect(right.store, 'nowhere')).rejects.toThrow('database "nowhere" does not exist');
  expect(right.seen).toHaveLength(1);
});
