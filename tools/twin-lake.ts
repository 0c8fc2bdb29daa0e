// npm run twin:lake: the lake of a running twin, by the code of the deployed functions.
import { type Command, command, runCommands, ToolError, UsageError } from './command-line';
import { provideZstd } from './local-database/zstd';
import { checkLake } from './twin/lake/check';
import { playLake } from './twin/lake/play';
import { eraseVisitor, exportDays, exportVisitor, fill, leave, read, youngestDay } from './twin/lake/steps';
import { openTwinLake, siteOf, type TwinLake } from './twin/lake/twin-lake';
import { TwinError } from './twin/twin-error';

const usage = `npm run twin:lake -- <command> --folder PATH [options]

The lake of a running twin: start one with npm run twin, which prints its folder. Objects are Parquet files in the folder of the archive.

  fill           adds hits of past days by the ingest         [--hits 200] [--days 20] [--seed 1]
  export         exports the days that are due to the lake, or one day now   [--day yyyy-mm-dd] [--site KEY]
  leave          drops days from the window that the lake has [--hot-days 12]
  read           reads one site from window and lake          --site KEY [--visitor V] [--kind K] [--from DATE] [--to DATE] [--rows 5]
  export-person  exports a visitor into the archive           --site KEY --visitor V
  erase-person   erases a visitor, in the lake, too           --site KEY --visitor V
  check          compares all files, by DuckDB, with the catalogue and the runtime
  play           all of these, compared after each step, in a twin in which none was run   [--hits 200] [--days 20] [--seed 1]

  --help         print this

Each command prints JSON. Exit codes: 0 it is done, 1 it is not, or a comparison failed, 2 wrong options.`;

const folder = { folder: { type: 'string' } } as const;
const filling = {
  hits: { type: 'string', default: '200' },
  days: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
} as const;
const person = { site: { type: 'string' }, visitor: { type: 'string' } } as const;

/** Runs a step on the lake of the twin in a folder, and prints what it returns. */
async function onLake(path: string | undefined, step: (of: TwinLake) => Promise<unknown>): Promise<void> {
  const given = required('folder', path);
  // The deployed functions log each call.
  console.info = () => undefined;
  // Each client of the SDK would print the warning; the deployed functions run on a newer Node.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await provideZstd();
  try {
    const lake = await openTwinLake(given);
    try {
      console.log(JSON.stringify(await step(lake), undefined, 2));
    } finally {
      await lake.close();
    }
  } catch (error) {
    if (error instanceof TwinError) throw new ToolError(error.message);
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
      throw new ToolError(`--folder: expected the folder of a running twin, got ${given}, whose database is away; start the twin again`);
    throw error;
  }
}

function required(name: string, value: string | undefined): string {
  if (value) return value;
  throw new UsageError(`--${name}: expected a value, got none; add it after the option`);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}; choose one in that range`,
  );
}

function date(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()))
    throw new UsageError(`--${name}: expected a date as 2026-11-30, got ${JSON.stringify(text)}; write one`);
  return instant;
}

const fillingOf = ({ hits, days, seed }: { hits: string; days: string; seed: string }) => ({
  hits: wholeNumber('hits', hits, 1, 1_000_000),
  // The database has partitions of 31 past days.
  days: wholeNumber('days', days, 1, 32 - youngestDay),
  seed: wholeNumber('seed', seed, 0, 99_999_999),
});

const commands: Readonly<Record<string, Command>> = {
  fill: command({ usage, options: { ...folder, ...filling } }, async ({ folder: path, ...values }) => {
    const chosen = fillingOf(values);
    await onLake(path, async (of) => ({ stored: await fill(of, chosen) }));
    return 0;
  }),
  export: command(
    { usage, options: { ...folder, day: { type: 'string' }, site: { type: 'string' } } },
    async ({ folder: path, day, site }) => {
      const chosen = date('day', day)?.toISOString().slice(0, 10);
      await onLake(path, async (of) => exportDays(of, { day: chosen, site: site === undefined ? undefined : await siteOf(of, site) }));
      return 0;
    },
  ),
  leave: command({ usage, options: { ...folder, 'hot-days': { type: 'string', default: '12' } } }, async ({ folder: path, ...values }) => {
    const hotDays = wholeNumber('hot-days', values['hot-days'], youngestDay, 999);
    await onLake(path, async (of) => {
      const { dropped, waiting } = await leave(of, hotDays);
      return { dropped, waiting };
    });
    return 0;
  }),
  read: command(
    {
      usage,
      options: {
        ...{ ...folder, ...person, kind: { type: 'string' }, from: { type: 'string' } },
        ...{ to: { type: 'string' }, rows: { type: 'string', default: '5' } },
      },
    },
    async ({ folder: path, site, visitor, kind, from, to, rows }) => {
      const shown = wholeNumber('rows', rows, 0, 1_000_000);
      const [first, end] = [date('from', from), date('to', to)];
      const filter = { ...(visitor && { visitor }), ...(kind && { kind }), ...(first && { from: first }), ...(end && { to: end }) };
      await onLake(path, async (of) => {
        const found = await read(of, await siteOf(of, required('site', site)), filter);
        return { ...found, rows: found.rows.length, shown: found.rows.slice(0, shown).map((row) => JSON.parse(row)) };
      });
      return 0;
    },
  ),
  'export-person': command({ usage, options: { ...folder, ...person } }, async ({ folder: path, site, visitor }) => {
    await onLake(path, async (of) => exportVisitor(of, await siteOf(of, required('site', site)), required('visitor', visitor)));
    return 0;
  }),
  'erase-person': command({ usage, options: { ...folder, ...person } }, async ({ folder: path, site, visitor }) => {
    await onLake(path, async (of) => eraseVisitor(of, await siteOf(of, required('site', site)), required('visitor', visitor)));
    return 0;
  }),
  check: command({ usage, options: folder }, async ({ folder: path }) => {
    let problems = 0;
    await onLake(path, async (of) => {
      const checked = await checkLake(of);
      problems = checked.problems.length;
      return checked;
    });
    return problems === 0 ? 0 : 1;
  }),
  play: command({ usage, options: { ...folder, ...filling } }, async ({ folder: path, ...values }) => {
    let isWhole = false;
    const chosen = fillingOf(values);
    await onLake(path, async (of) => {
      const played = await playLake(of, chosen, (line) => console.error(line));
      isWhole = played.problems.length === 0 && played.left === 0 && played.erased > 0;
      return played;
    });
    return isWhole ? 0 : 1;
  }),
};

void runCommands(usage, commands);
