// Constructs and functions that serve each clause, as their sources declare it with `serves` of lib/labels/labels.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ClauseId, clauseIds } from '../../../lib/tom/clause-id';

export interface BuiltIn {
  /** Name of the construct. */
  readonly construct: string;
  /** Path of its file, from the root of the repository. */
  readonly path: string;
  /** Paths of the folders of its Lambda functions. */
  readonly functions: readonly string[];
}

/** Folders of lib/ without constructs. */
const withoutConstructs = new Set(['config', 'cost', 'labels', 'stacks', 'tom']);

/**
 * The constructs of each clause with their functions, sorted by path. A file declares a clause by its id in quotes;
 * `declareNotMet` names a clause too, after the key `clause`, and serves none. test/lib/labels/serves.test.ts compares
 * the declarations with the templates.
 *
 * @throws Error for a file that declares a clause and exports no class or function
 */
export function builtIn(root: string): ReadonlyMap<ClauseId, readonly BuiltIn[]> {
  const found = new Map<ClauseId, BuiltIn[]>(clauseIds.map((id) => [id, []]));
  const folders = functionFolders(root);
  for (const path of constructFiles(root)) {
    const text = readFileSync(join(root, path), 'utf8');
    const clauses = clausesIn(text);
    if (clauses.length === 0) continue;
    const [, construct] = /^export (?:class|function) (\w+)/m.exec(text) ?? [];
    if (construct === undefined) throw new Error(`${path}: expected a construct beside the clauses that it serves, got none; export it`);
    const functions = folders.filter((folder) => isFunctionOf(path, text, basename(folder)));
    for (const id of clauses) found.get(id)?.push({ construct, path, functions });
  }
  return found;
}

function constructFiles(root: string): readonly string[] {
  const concerns = readdirSync(join(root, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return concerns
    .filter(({ name }) => !withoutConstructs.has(name))
    .flatMap(({ name }) => readdirSync(join(root, 'lib', name)).map((file) => `lib/${name}/${file}`))
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

function functionFolders(root: string): readonly string[] {
  return readdirSync(join(root, 'lambda'), { withFileTypes: true })
    .filter((concern) => concern.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, 'lambda', name)).map((control) => `lambda/${name}/${control}`))
    .sort();
}

/** Whether the file of a construct creates the function: it names the control, or has its name. */
const isFunctionOf = (path: string, text: string, control: string): boolean =>
  text.includes(`control: '${control}'`) || basename(path, '.ts') === control;

function clausesIn(text: string): readonly ClauseId[] {
  const quoted = [...text.matchAll(/(clause: )?'((?:TOM|DSS)-[\d.]+)'/g)].filter(([, notMet]) => notMet === undefined);
  const ids = new Set(quoted.map(([, , id]) => id));
  return clauseIds.filter((id) => ids.has(id));
}
