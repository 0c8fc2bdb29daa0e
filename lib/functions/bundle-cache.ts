// A cache of bundles between runs: a synth bundles again only after an input of a bundle has changed.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Bundles = ReadonlyMap<string, string>;

/**
 * Folders with the sources of functions; packages come from `node_modules`. The import boundaries exclude all other
 * files.
 */
const functionSources = ['lambda', 'runtime'];

/**
 * The bundles that `bundle` creates from `root`, read from `node_modules/.cache` if sources, packages and `options`
 * are unchanged.
 */
export function cachedBundles(root: string, options: object, bundle: () => Bundles, sources: readonly string[] = functionSources): Bundles {
  const key = hashOfInputs(root, options, sources);
  if (!key) return bundle();
  const file = join(root, 'node_modules', '.cache', 'rempart', 'bundles', `${key}.json`);
  return readBundles(file) ?? writeBundles(file, bundle());
}

/** A hash of all inputs of a bundle; `undefined` without npm's record of the installed packages. */
function hashOfInputs(root: string, options: object, sources: readonly string[]): string | undefined {
  const installed = textOf(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return undefined;
  const hash = createHash('sha256')
    .update(JSON.stringify([options, sources]))
    .update(installed);
  for (const source of sources) {
    const files = readdirSync(join(root, source), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      const text = textOf(path) ?? '';
      hash.update(`\0${path.slice(root.length)}\0${text.length}\0${text}`);
    }
  }
  return hash.digest('hex');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The cached bundles; `undefined` if the file is missing or incomplete. */
function readBundles(file: string): Bundles | undefined {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>));
  } catch {
    return undefined;
  }
}

/** Writes to a temporary file and renames it, so that no other process reads a part of it. */
function writeBundles(file: string, bundles: Bundles): Bundles {
  const unfinished = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(unfinished, JSON.stringify(Object.fromEntries(bundles)));
  renameSync(unfinished, file);
  return bundles;
}
