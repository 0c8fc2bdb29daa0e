// Writes the generated documents, or compares them with what lies there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GeneratedDocument } from './documents';

interface Surroundings {
  readonly root: string;
  readonly documents: readonly GeneratedDocument[];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs the command; returns its exit code: 0 current or written, 1 stale under `--check`, 2 wrong flags. */
export function updateDocuments(args: readonly string[], { root, documents, stdout, stderr }: Surroundings): 0 | 1 | 2 {
  const check = readCheck(args, stderr);
  if (check === undefined) return 2;
  const stale = documents.map(({ path, render }) => ({ path, text: render() })).filter(({ path, text }) => read(join(root, path)) !== text);
  if (check) {
    for (const { path } of stale) stderr.write(`${path}: expected what the register says now, got something older; run npm run docs\n`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    stdout.write(`${path} written\n`);
  }
  return 0;
}

function readCheck(args: readonly string[], stderr: Surroundings['stderr']): boolean | undefined {
  try {
    return parseArgs({ args: [...args], options: { check: { type: 'boolean', default: false } } }).values.check;
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : String(error)}\n\nnpm run docs -- [--check]\n`);
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
