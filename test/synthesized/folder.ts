// Where one test run keeps what it writes; made before the first test file and removed after the last.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { templatesVariable } from '../../tools/local-database/data-template';
import { programsVariable } from '../../tools/local-database/programs';

/** Tells the test processes, which inherit the environment, where the folder is. */
const folderVariable = 'REMPART_TEST_FOLDER';

/**
 * Makes the folder, and makes it the folder for temporary files: `new App()` leaves an assembly there that nobody
 * removes.
 */
export function makeFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-test-'));
  // As root, local PostgreSQL servers run as another user, who must be able to reach their folders.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'synthesized'));
  mkdirSync(join(folder, 'databases'));
  process.env[folderVariable] = folder;
  process.env[templatesVariable] = join(folder, 'databases');
  mkdirSync(join(folder, 'programs'));
  process.env[programsVariable] = join(folder, 'programs');
  process.env.TMPDIR = folder;
}

export function removeFolder(): void {
  const folder = process.env[folderVariable];
  if (!folder) return;
  rmSync(folder, { recursive: true, force: true });
  // In watch mode the next run starts in this process.
  process.env.TMPDIR = dirname(folder);
  delete process.env[folderVariable];
  delete process.env[templatesVariable];
  delete process.env[programsVariable];
}

/** The folder for what test files share. */
export function sharedFolder(): string {
  const folder = process.env[folderVariable];
  if (!folder) throw new Error(`${folderVariable}: expected a folder, got nothing; run the tests with jest.config.js`);
  return join(folder, 'synthesized');
}

/** The folder for bundles of programs. */
export function programsFolder(): string {
  return join(dirname(sharedFolder()), 'programs');
}
