// Programs of this project that run as processes of their own.
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Names a folder of bundles of programs, which start in a third of the time; without it there are none. */
export const programsVariable = 'REMPART_PROGRAMS';

/** The name of the bundle of a program in that folder, as in `tools_twin.cjs`. */
export const bundleName = (script: string): string =>
  `${relative(resolve(__dirname, '../..'), script).replace(/\.ts$/, '').replaceAll(/[/\\]/g, '_')}.cjs`;

/** Node's arguments for a program: its bundle, if there is one, else its source. */
export function programArguments(script: string): readonly string[] {
  const folder = process.env[programsVariable];
  const bundle = folder ? join(folder, bundleName(script)) : '';
  return bundle !== '' && existsSync(bundle) ? [bundle] : ['--import', 'tsx', script];
}
