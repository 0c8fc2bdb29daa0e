// A state of a git repository: its files, and a temporary worktree of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../command-line';

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

/** Output of a git command without the last line break; `undefined` if it fails, as outside a repository. */
function answer(root: string, ...args: readonly string[]): string | undefined {
  try {
    return git(root, ...args).trim();
  } catch {
    return undefined;
  }
}

/** An earlier state of the repository. */
export interface EarlierState {
  /** Name that git resolves. */
  readonly ref: string;
  /** Name for a reader, as in `the parent commit 1a2b3c4`. */
  readonly title: string;
}

const mainBranch = 'origin/main';

/**
 * The state that the present is compared with by default: the newest tag that it descends from; without a tag the
 * commit at which the branch left origin/main, and on that branch itself the parent commit. `undefined` without a
 * parent: in a clone of depth 1, or at the first commit.
 */
export function earlierState(root: string): EarlierState | undefined {
  const tag = answer(root, 'describe', '--tags', '--abbrev=0', 'HEAD');
  if (tag !== undefined) return { ref: tag, title: tag };
  const head = answer(root, 'rev-parse', '--verify', 'HEAD');
  const base = answer(root, 'merge-base', 'HEAD', mainBranch);
  if (base !== undefined && base !== head) return { ref: base, title: `the merge base with ${mainBranch} ${base.slice(0, 7)}` };
  const parent = answer(root, 'rev-parse', '--verify', '--quiet', 'HEAD^');
  return parent === undefined ? undefined : { ref: parent, title: `the parent commit ${parent.slice(0, 7)}` };
}

/** A commit of the repository. @throws ToolError for a name that git does not have */
export function commitOf(root: string, name: string): string {
  try {
    return git(root, 'rev-parse', '--verify', '--end-of-options', `${name}^{commit}`).trim();
  } catch {
    throw new ToolError(`--from: expected a tag, branch or commit of this repository, got ${name}; git tag lists the releases`);
  }
}

/** The files below a folder at a commit, by path. */
export function filesAt(root: string, commit: string, folder: string): ReadonlyMap<string, string> {
  const paths = git(root, 'ls-tree', '-r', '-z', '--name-only', commit, '--', folder).split('\0').filter(Boolean);
  return new Map(paths.map((path) => [path, git(root, 'show', `${commit}:${path}`)]));
}

/**
 * Runs `work` in a temporary worktree of the commit. It has the packages of `root` if the lock file is the same, and
 * otherwise its own, installed from the lock file.
 */
export async function inWorktree<T>(root: string, commit: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'rempart-release-'));
  const folder = join(parent, 'worktree');
  try {
    git(root, 'worktree', 'add', '--detach', '--force', folder, commit);
    addPackages(root, folder);
    return await work(folder);
  } finally {
    try {
      git(root, 'worktree', 'remove', '--force', folder);
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  }
}

function addPackages(root: string, folder: string): void {
  const [present, earlier] = [root, folder].map((place) => textOf(join(place, 'package-lock.json')));
  if (earlier === undefined) return;
  if (present === earlier && existsSync(join(root, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  else execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
