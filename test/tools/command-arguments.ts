// How tests start a command of this project.
import { resolve } from 'node:path';
import { programArguments } from '../../tools/local-database/programs';
import { projectRoot } from '../../tools/synthesis/synthesize';

/**
 * Node's arguments for a command, as in `tools/cost.ts`: its help comes from its sources, as npm starts it, everything
 * else from the bundle of the test run.
 */
export function commandArguments(script: string, ...args: readonly string[]): readonly string[] {
  const file = resolve(projectRoot, script);
  return [...(args.includes('--help') ? ['--import', 'tsx', file] : programArguments(file)), ...args];
}
