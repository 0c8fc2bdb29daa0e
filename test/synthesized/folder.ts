// Where one test run keeps what it synthesizes; made before the first test file and removed after the last.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tells the test processes, which inherit the environment, where the folder is. */
const folderVariable = 'REMPART_TEST_SYNTHESIZED';

export function makeFolder(): void {
  process.env[folderVariable] = mkdtempSync(join(tmpdir(), 'rempart-synthesized-'));
}

export function removeFolder(): void {
  const folder = process.env[folderVariable];
  if (folder) rmSync(folder, { recursive: true, force: true });
}

export function sharedFolder(): string {
  const folder = process.env[folderVariable];
  if (!folder) throw new Error(`${folderVariable}: expected a folder, got nothing; run the tests with jest.config.js`);
  return folder;
}
