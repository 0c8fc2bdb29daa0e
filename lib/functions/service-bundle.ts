// Bundles the programs of services/, each to one file, with the options of functions.
import { bundleFolders, bundleOptions, repository } from './bundle';
import { type Bundles, cachedBundles } from './bundle-cache';

let bundled: Bundles | undefined;

/**
 * The program of each service, by the name of its folder, as the text of one CommonJS file for Node 24 without
 * dependencies: run it with `node <file>`. Created at most once per process, and only if its sources or packages have
 * changed.
 */
export function servicePrograms(): Bundles {
  bundled ??= cachedBundles(repository, bundleOptions, () => bundlePrograms(repository), ['services', 'runtime']);
  return bundled;
}

/** The program of one service. */
export function serviceProgram(service: string): string {
  const program = servicePrograms().get(service);
  if (program === undefined) {
    const known = [...servicePrograms().keys()].join(', ');
    throw new Error(`serviceProgram: expected a folder of services/ with a main.ts (${known}), got ${service}; add the program`);
  }
  return program;
}

/** The bundle of each `services/<service>/main.ts` below `root`, by service. */
export const bundlePrograms = (root: string): Bundles => bundleFolders(root, ['services'], 'main.ts');
