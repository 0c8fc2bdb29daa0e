// The record of the last complete mutation run: how many mutants each clause has, all of them objected to. It holds
// for the state of the code that its digest names.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export interface MutationRecord {
  /** Digest of the rules, of what builds the templates, of what both import, and of the reviewed templates. */
  readonly digest: string;
  /** Sites that the run changed, as in `production-recovery`. */
  readonly sites: readonly string[];
  /** Mutants by clause: of its rules, and of the resources that serve it. Harmless ones do not count. */
  readonly clauses: Readonly<Record<string, number>>;
}

const root = resolve(__dirname, '../..');

/** Path of the record in the repository. */
export const recordFile = 'lib/tom/mutation-record.json';

/**
 * Folders with what the run judges and is judged by; the files that theirs import are covered too. The variants of the
 * run have no reviewed templates: what builds them stands for them.
 */
const folders = [
  'lib/tom',
  'services/collector/host',
  'services/collector/instance-connect',
  ...['development', 'production', 'production-recovery', 'staging'].map((site) => `templates/${site}`),
  'tools/develop/mutate',
];
const builder = 'lib/deployment.ts';

/**
 * Digest of the present state of the rules with all that they read, as configuration and contracts, of the constructs,
 * and of the reviewed templates. `at` is the folder of the repository.
 */
export function mutationDigest(at = root): string {
  const hash = createHash('sha256');
  for (const file of coveredFiles(at))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(at, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Files of the digest, sorted: those of the folders, the builder, and what their modules import, directly or not. */
export function coveredFiles(at = root): readonly string[] {
  const covered = new Set<string>();
  const waiting = [...folders.flatMap((folder) => filesIn(at, folder)), ...[builder].filter((file) => existsSync(join(at, file)))];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (covered.has(file)) continue;
    covered.add(file);
    if (file.endsWith('.ts')) waiting.push(...importsOf(at, file));
  }
  return [...covered].toSorted();
}

function filesIn(at: string, folder: string): readonly string[] {
  if (!existsSync(join(at, folder))) return [];
  const entries = readdirSync(join(at, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => relative(at, join(parentPath, name))).filter((file) => file !== recordFile);
}

/** Modules of the repository that a module imports. */
function importsOf(at: string, file: string): readonly string[] {
  const specifiers = readFileSync(join(at, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g);
  return [...specifiers].flatMap(([, specifier]) => {
    const module = relative(at, resolve(at, dirname(file), specifier as string));
    return [module, `${module}.ts`].filter((path) => statSync(join(at, path), { throwIfNoEntry: false })?.isFile());
  });
}

/** The record, if it holds for the present state; `undefined` otherwise. */
export function currentRecord(): MutationRecord | undefined {
  const file = join(root, recordFile);
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8')) as MutationRecord;
  return record.digest === mutationDigest() ? record : undefined;
}
