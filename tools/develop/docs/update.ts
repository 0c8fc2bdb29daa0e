// Writes the generated documents, or compares them with the files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GeneratedDocument } from './documents';

interface Surroundings {
  readonly root: string;
  readonly documents: readonly GeneratedDocument[];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * Writes stale documents, or with `check` only reports them. Returns the exit code: 0 current or written, 1 stale
 * under `check`.
 */
export function updateDocuments(check: boolean, { root, documents, stdout, stderr }: Surroundings): 0 | 1 {
  let stale = 0;
  for (const { path, render } of documents) {
    const [file, text] = [join(root, path), render()];
    if (readIfThere(file) === text) {
      stdout.write(`${path} is up to date\n`);
      continue;
    }
    stale += 1;
    if (check) stderr.write(`${path}: expected its current text, got an older one; run npm run docs\n`);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      stdout.write(`${path} written\n`);
    }
  }
  return check && stale > 0 ? 1 : 0;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
