// The record of the last complete mutation run: how many mutants each clause has, all of them objected to. It holds
// for the state of the code that its digest names.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface MutationRecord {
  /** Digest of the rules and of the reviewed templates of production. */
  readonly digest: string;
  /** Mutants by clause: of its rules, and of the resources that serve it. Harmless ones do not count. */
  readonly clauses: Readonly<Record<string, number>>;
}

const root = resolve(__dirname, '../..');

/** Path of the record in the repository. */
export const recordFile = 'lib/tom/mutation-record.json';

/** What the run judges and is judged by. */
const covered = ['lib/tom', 'templates/production', 'templates/production-recovery', 'tools/develop/mutate'];

/** Digest of the present state of the rules and of the reviewed templates. */
export function mutationDigest(): string {
  const hash = createHash('sha256');
  for (const folder of covered) {
    for (const file of filesIn(folder))
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(root, file)))
        .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:ts|yaml)$/.test(name));
  return files.map((name) => `${folder}/${name}`).toSorted();
}

/** The record, if it holds for the present state; `undefined` otherwise. */
export function currentRecord(): MutationRecord | undefined {
  const file = join(root, recordFile);
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8')) as MutationRecord;
  return record.digest === mutationDigest() ? record : undefined;
}
