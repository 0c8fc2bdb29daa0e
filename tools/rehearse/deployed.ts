// The templates of one deployment at one site, with the order in which its stacks are deployed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from '../../lib/config/site';
import { Assembly, type Template } from '../../lib/tom/template/assembly';
import { factsOf } from '../../lib/tom/template/read-assembly';
import { readStacks } from '../synthesis/assembly';

export interface Deployed {
  readonly assembly: Assembly;
  /** For each stack, the stacks that exist before its deployment begins. */
  readonly earlier: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, { readonly type: string; readonly dependencies?: readonly string[] }>>;
}

/** Reads an assembly folder. @throws Error if the folder has no assembly */
export function readDeployed(folder: string, site: Site): Deployed {
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = readStacks(folder).map(({ name, region, template }) => ({ name, region, template: template as Template }));
  const direct = new Map(stacks.map(({ name }) => [name, artifacts[name]?.dependencies ?? []]));
  return { assembly: new Assembly(factsOf(site), stacks), earlier: closure(direct) };
}

/** The transitive closure of the dependencies between stacks. */
export function closure(direct: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  for (const name of direct.keys()) {
    const found = new Set<string>();
    const waiting = [...(direct.get(name) ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next) || !direct.has(next)) continue;
      found.add(next);
      waiting.push(...(direct.get(next) ?? []));
    }
    all.set(name, found);
  }
  return all;
}
