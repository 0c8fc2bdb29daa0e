// A supervised process restarts after it ended by itself or was ended, and not after it was stopped.
import { type Child, startChild } from '../../../../tools/twin/processes/child';
import { lifeline } from '../../../../tools/twin/processes/lifeline';
import { supervise } from '../../../../tools/twin/processes/supervised';

jest.setTimeout(60_000);

const watched: number[] = [];
const janitor = { watch: (pid: number) => void watched.push(pid), forget: () => undefined, dismiss: async () => undefined };
const program = 'console.log(JSON.stringify({ event: "ready" })); setInterval(() => undefined, 1000)';
const launch = (code = program, signal?: AbortSignal): Promise<Child> =>
  startChild({
    name: 'part',
    args: [...lifeline, '-e', code],
    ready: ({ event }) => event === 'ready',
    janitor,
    ...(signal ? { signal } : {}),
  });

const noise = (error: unknown) => {
  throw error;
};

async function until(fulfilled: () => boolean): Promise<void> {
  while (!fulfilled()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a process that ends by itself is restarted; one that is stopped is not', async () => {
  let starts = 0;
  const process_ = await supervise(() => {
    starts++;
    return launch();
  }, noise);
  const first = process_.current().pid;
  process.kill(first, 'SIGKILL');
  await until(() => process_.alive() && process_.current().pid !== first);
  await process_.stop((child) => child.stop('SIGTERM', 5));
  expect([starts, process_.alive()]).toEqual([2, false]);
  expect(watched).toContain(first);
});

test('a process that is sent away is back afterwards', async () => {
  const process_ = await supervise(() => launch(), noise);
  const first = process_.current().pid;
  await process_.away(50, (child) => child.kill());
  expect(process_.alive()).toBe(true);
  expect(process_.current().pid).not.toBe(first);
  await process_.stop((child) => child.stop('stdin', 10));
});

test('a process that is stopped while it is away stays away', async () => {
  let starts = 0;
  const process_ = await supervise(() => {
    starts++;
    return launch();
  }, noise);
  const away = process_.away(300, (child) => child.kill());
  await until(() => !process_.alive());
  await process_.stop((child) => child.stop('SIGTERM', 5));
  await away;
  expect([starts, process_.alive()]).toEqual([1, false]);
});

test('a process that cannot start is reported with its output', async () => {
  await expect(launch('console.error("no room"); process.exit(7)')).rejects.toThrow(
    /^part: expected it to start, got a process that ended with exit code 7:\nno room$/,
  );
});

test('an aborted start leaves no process', async () => {
  const stopping = new AbortController();
  const before = watched.length;
  const starting = launch('setInterval(() => undefined, 1000)', stopping.signal);
  stopping.abort(new Error('enough'));
  await expect(starting).rejects.toThrow('enough');
  const pid = watched[before] ?? 0;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a process ends with its standard input, whatever the program does', async () => {
  const deaf = await launch(`process.on("SIGTERM", () => undefined); ${program}`);
  // Not by the signal after a minute.
  expect(await deaf.stop('stdin', 60)).toBe('part ended with exit code 1');
});
