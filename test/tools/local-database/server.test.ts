// A local server leaves nothing behind, even where its parent is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { templatesVariable } from '../../../tools/local-database/data-template';
import { migrationsFolder, startDatabase } from '../../../tools/local-database/rempart';
import { startServer } from '../../../tools/local-database/server';
import { databaseTimeLimit } from '../../time-limits';

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('rempart-postgres-'));

/** Waits until nobody answers at the port. */
async function gone(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}`).catch((error: { cause?: { code?: string } }) => error.cause?.code);
    if (answer === 'ECONNREFUSED') return;
    await setTimeout(50);
  }
  throw new Error(`port ${port} still answers`);
}

test('a server that is closed is gone, with its folder', async () => {
  const before = folders();
  const server = await startServer();
  const mine = folders().filter((name) => !before.includes(name));
  expect((await (await server.connect('postgres', 'postgres')).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await server.close();
  await gone(server.port);
  expect(mine.length).toBeGreaterThan(0);
}, 30_000);

test('a server whose parent is killed is gone, with its folder', async () => {
  const before = folders();
  const child = spawn(process.execPath, ['--import', 'tsx', require.resolve('./started-and-killed.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await gone(Number(said));
  // Other tests start and close servers meanwhile; what is there for good would stay.
  const left = new Set(folders().filter((name) => !before.includes(name)));
  for (let tries = 0; left.size > 0 && tries < 600; tries++) {
    await setTimeout(100);
    for (const name of left) if (!folders().includes(name)) left.delete(name);
  }
  expect([...left]).toEqual([]);
}, 90_000);

test('a server that cannot start reports the reason', async () => {
  await expect(startServer('shared_buffers=nonsense')).rejects.toThrow(
    /local server: expected it to start, got exit code 1.*shared_buffers/s,
  );
}, 30_000);

test(
  'servers of one template are apart, and the template has the migrations of this checkout',
  async () => {
    expect(process.env[templatesVariable]).toBe(join(tmpdir(), 'databases'));
    const first = await startDatabase();
    const second = await startDatabase();
    try {
      await first.superuser.query('create table only_here ()');
      const tables = async ({ superuser }: typeof first) =>
        (await superuser.query("select tablename from pg_tables where tablename in ('only_here', 'hits')")).rows.map(
          ({ tablename }) => tablename,
        );
      expect((await tables(first)).toSorted()).toEqual(['hits', 'only_here']);
      expect(await tables(second)).toEqual(['hits']);
      const applied = await second.superuser.query('select name from rempart_migrations.applied order by id');
      const files = readdirSync(migrationsFolder).map((file) => file.replace(/\.\w+$/, ''));
      expect(applied.rows.map(({ name }) => name)).toEqual(files.toSorted());
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  },
  databaseTimeLimit,
);
