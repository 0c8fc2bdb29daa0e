// The SQL files of database/, as they are bundled with the function.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledFiles } from '../functions/bundle';

const folder = join(__dirname, '..', '..', 'database', 'migrations');

/** Folder of the files in the bundle of the function. */
export const bundledFolder = 'migrations';

/**
 * The migrations by path in the bundle, with LF line ends on every machine.
 * @throws if there are none
 */
export function migrationFiles(from: string = folder): BundledFiles {
  const names = readdirSync(from)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  if (names.length === 0) throw new Error('database/migrations: expected SQL files, got none; check out the whole repository');
  return Object.fromEntries(
    names.map((name) => [`${bundledFolder}/${name}`, readFileSync(join(from, name), 'utf8').replaceAll('\r\n', '\n')]),
  );
}

/** SHA-256 over names and contents. Another checksum runs the migrations. (TOM-4.1) */
export function checksumOf(files: BundledFiles): string {
  const hash = createHash('sha256');
  for (const [path, text] of Object.entries(files).sort()) hash.update(`${path}\0${text.length}\0${text}`);
  return hash.digest('hex');
}
