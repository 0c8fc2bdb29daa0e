// The folder that a twin works in: a temporary one, or one that was named; checked before anything is started, and held by one twin.
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { getuid } from 'node:process';
import { z } from 'zod';
import { codeOf, explainError, TwinError } from './twin-error';

/** Counts up when what the parts keep in the folder changes its form. */
const format = 1;
/** PostgreSQL's major version, whose data no other reads. */
const postgresql = 18;
/** Bytes that a twin needs to start: PostgreSQL's empty database, its log, and room for some minutes of hits. */
const neededBytes = 400 * 1024 * 1024;

export interface TwinFolder {
  readonly path: string;
  readonly temporary: boolean;
  /** Lets the next twin have it. */
  release(): Promise<void>;
}

export interface FolderRequest {
  /** The folder to work in if the data is kept; else where a temporary one is made. @default - the system's folder for temporary files */
  readonly folder?: string | undefined;
  readonly keep: boolean;
}

/** What the folder is asked of; replaced in tests, where no disk is full and nobody is another user. */
export interface Disk {
  readonly freeBytes: (path: string) => Promise<number>;
  readonly isRoot: boolean;
}

const thisDisk: Disk = {
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
  isRoot: getuid?.() === 0,
};

/** Makes or takes the folder. @throws TwinError when it cannot be used, or another twin uses it; what is in it stays as it was */
export async function takeFolder(request: FolderRequest, disk: Disk = thisDisk): Promise<TwinFolder> {
  try {
    return request.keep
      ? await keptFolder(request.folder ?? join(tmpdir(), 'rempart-twin'), disk)
      : await temporaryFolder(request.folder, disk);
  } catch (error) {
    throw explainError(request.folder === undefined ? tmpdir() : `--folder ${request.folder}`, error);
  }
}

async function keptFolder(named: string, disk: Disk): Promise<TwinFolder> {
  const path = checkName(resolve(named));
  await mkdir(path, { recursive: true });
  await checkReach(path, disk);
  await checkContent(path);
  await checkSpace(path, disk);
  await hold(path);
  await writeFile(join(path, 'twin.json'), `${JSON.stringify({ format, postgresql })}\n`);
  return { path, temporary: false, release: () => rm(lockOf(path), { force: true }) };
}

async function temporaryFolder(named: string | undefined, disk: Disk): Promise<TwinFolder> {
  const base = checkName(resolve(named ?? tmpdir()));
  if (!(await stat(base).catch(() => undefined))?.isDirectory()) {
    throw new TwinError(`--folder: expected a folder, got ${base}, which is none; make it, or choose another`);
  }
  await checkReach(base, disk);
  await checkSpace(base, disk);
  const path = await mkdtemp(join(base, 'rempart-twin-'));
  // As root, PostgreSQL runs as another user, who must be able to reach its folder in it.
  if (disk.isRoot) await chmod(path, 0o711);
  return { path, temporary: true, release: async () => undefined };
}

/** The parts are told of their folders by URLs and environment variables that take no spaces. */
function checkName(path: string): string {
  if (/^[\w/.@+,=~-]+$/.test(path)) return path;
  throw new TwinError(`--folder: expected a path of letters, digits and /._-+@,=~, got ${JSON.stringify(path)}; choose another`);
}

async function checkSpace(path: string, { freeBytes }: Disk): Promise<void> {
  const free = await freeBytes(path);
  if (free >= neededBytes) return;
  throw new TwinError(
    `${path}: expected at least ${inMegabytes(neededBytes)} of free space, got ${inMegabytes(free)}; free some, or choose another place with --folder`,
  );
}

const inMegabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MB`;

/** As root, PostgreSQL runs as the user postgres, who must be able to pass every folder above its own. */
async function checkReach(path: string, { isRoot }: Disk): Promise<void> {
  if (!isRoot) return;
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) {
      throw new TwinError(
        `--folder: expected a folder that the user postgres can reach, since PostgreSQL does not run as root, got ${path}, which ${folder} closes to others; choose another, as in /var/tmp/rempart`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

const stateSchema = z.object({ format: z.number(), postgresql: z.number() });

async function checkContent(path: string): Promise<void> {
  const names = await readdir(path);
  if (names.length === 0) return;
  if (!names.includes('twin.json')) {
    throw new TwinError(
      `--folder: expected an empty folder or one of an earlier twin, got ${path} with ${names.slice(0, 3).join(', ')}; choose another`,
    );
  }
  const state = readState(await readFile(join(path, 'twin.json'), 'utf8'));
  if (state?.format === format && state.postgresql === postgresql) return;
  const got = state ? `format ${state.format} with PostgreSQL ${state.postgresql}` : 'a twin.json that cannot be read';
  throw new TwinError(
    `--folder: expected data of format ${format} with PostgreSQL ${postgresql}, got ${got} in ${path}; remove the folder, or use the version of the twin that made it`,
  );
}

function readState(text: string): z.output<typeof stateSchema> | undefined {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const lockOf = (path: string): string => join(path, 'twin.lock');
const holderSchema = z.object({ pid: z.number(), began: z.string() });

/** Writes who holds the folder; a twin that was killed holds it no more. */
async function hold(path: string): Promise<void> {
  const me = JSON.stringify({ pid: process.pid, began: await beginOf(process.pid) });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(lockOf(path), 'wx');
      await file.writeFile(me);
      await file.close();
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = await holderOf(path);
    if (holder !== undefined) {
      throw new TwinError(
        `--folder: expected a folder that no twin uses, got ${path}, which the twin with process id ${holder} uses; stop that one, or choose another folder`,
      );
    }
    await rm(lockOf(path), { force: true });
  }
  throw new TwinError(`--folder: expected to hold ${path} alone, got others that try the same; start one twin at a time`);
}

/** Process id of the twin that holds the folder, or undefined where it is gone, or its number is another program's by now. */
async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(lockOf(path), 'utf8').catch(() => '');
  try {
    const { pid, began } = holderSchema.parse(JSON.parse(text));
    process.kill(pid, 0);
    return began === (await beginOf(pid)) ? pid : undefined;
  } catch (error) {
    return codeOf(error) === 'EPERM' ? Number(/"pid":(\d+)/.exec(text)?.[1]) : undefined;
  }
}

/**
 * When a process began, in ticks since the machine started ("/proc/pid/stat", proc(5), field 22); empty where the system does not tell,
 * and another text for one that has ended and that its parent has not taken note of (state Z, field 3).
 */
async function beginOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
}
