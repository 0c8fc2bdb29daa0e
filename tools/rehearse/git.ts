// A state of a git repository: its files, and a temporary worktree of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../command-line';

const git = (root: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

/** The newest tag that the present state descends from; `undefined` if there is none. */
export function newestTag(root: string): string | undefined {
  try {
    return git(root, 'describe', '--tags', '--abbrev=0', 'HEAD').trim();
  } catch {
    return undefined;
  }
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
