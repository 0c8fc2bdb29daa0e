// Rotation on a real server: the key in use and the one before it prove a site, older ones no longer (TOM-3.10).
import { randomUUID } from 'node:crypto';
import { installedKeys } from '../../../../lambda/database/context-key-rotation/installed-keys';
import { rotate, type SecretVersions } from '../../../../lambda/database/context-key-rotation/rotate';
import type { SiteId } from '../../../../runtime/site';
import { type ContextKey, parseContextKey } from '../../../../runtime/site-context';
import { type LocalDatabase, startDatabase, tester } from '../../../../tools/local-database/rempart';

let db: LocalDatabase;
let site: SiteId;

beforeAll(async () => {
  db = await startDatabase();
  site = await db.createSite('keys');
}, 60_000);
afterAll(() => db.close());

const keys = installedKeys(async (work) => {
  const client = await db.server.connect('rempart_admin', 'rempart');
  try {
    await work(client);
  } finally {
    await client.end();
  }
});

const proves = (contextKey: ContextKey) =>
  db
    .open('rempart_application', { contextKey: async () => contextKey })
    .withSite(site, tester, async () => true)
    .catch((error: Error) => error);

test('two rotations: the first key retires at the end of the second, and repeating the last step does no harm', async () => {
  const secret = (key: ContextKey) => JSON.stringify({ version: key.version, key: key.key.toString('base64') });
  const values = new Map([['first', secret(db.contextKey)]]);
  let inUse = 'first';
  const versions: SecretVersions = {
    current: async () => ({ id: inUse, value: values.get(inUse) ?? '' }),
    version: async (id) => values.get(id),
    addPending: async (id, value) => void values.set(id, value),
    promote: async (id) => {
      inUse = id;
    },
  };
  const step = (Step: string, ClientRequestToken: string) => rotate({ Step, SecretId: 'secret', ClientRequestToken }, versions, keys);
  const turn = async (id: string) => {
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret']) await step(name, id);
    return parseContextKey(values.get(id) ?? '');
  };
  const second = await turn(randomUUID());
  expect([await proves(db.contextKey), await proves(second)]).toEqual([true, true]);
  const third = await turn(randomUUID());
  expect([await proves(second), await proves(third)]).toEqual([true, true]);
  expect(String(await proves(db.contextKey))).toMatch(/expected a proof made for this transaction|access log: expected to record/);
  const { rows } = await db.superuser.query('select version from rempart_private.context_keys order by 1');
  expect(rows.map(({ version }) => version)).toEqual([2, 3]);
});

test('a key that is refused leaves those that are known', async () => {
  await expect(keys.install({ version: 9, key: Buffer.alloc(8) })).rejects.toThrow(/expected 32 to 64 bytes/);
  expect((await db.superuser.query('select from rempart_private.context_keys where version = 9')).rows).toEqual([]);
});
