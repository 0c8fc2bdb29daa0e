// Configuration folders for one test, and the loader's result for them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, loadSite, type Problem } from '../../../lib/config/load';
import type { Settings } from '../../../lib/config/settings/settings';

type Request = { readonly deployment?: unknown; readonly site?: unknown };

/** Runs `use` with a folder `config/` that holds one file per deployment. */
export function withFolder<T>(files: Record<string, string | Uint8Array>, use: (directory: string) => T): T {
  const parent = mkdtempSync(join(tmpdir(), 'rempart-config-'));
  const directory = join(parent, 'config');
  try {
    mkdirSync(directory);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, `${name}.yaml`), content);
    return use(directory);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** The problems that the loader reports for a request; none if it returns a site. */
export function problemsIn(directory: string, request: Request = {}): readonly Problem[] {
  try {
    loadSite({ directory, ...request });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

/** The problems of loading production from a folder with these files. */
export function problemsOf(production: string | Uint8Array, others: Record<string, string> = {}): readonly Problem[] {
  return withFolder({ production, ...others }, (directory) => problemsIn(directory));
}

/** The problems as the error prints them, one text each. */
export function messagesOf(production: string | Uint8Array, others: Record<string, string> = {}): readonly string[] {
  return problemsOf(production, others).map(({ where, expected, got, todo }) => `${where}: expected ${expected}, got ${got}; ${todo}`);
}

export function settingsOf(production: string, others: Record<string, string> = {}): Settings {
  return withFolder({ production, ...others }, (directory) => loadSite({ directory }).settings);
}

/** The shortest valid file. */
export const shortest = 'environment: production\nowner: platform-team\n';
