// Options of the command line, and requirements of the machine.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { UsageError } from '../../command-line';
import { projectRoot } from '../../synthesis/synthesize';
import type { Plan } from './prove';

export interface Values {
  readonly folder: string;
  readonly kvm?: boolean | undefined;
  readonly keep?: boolean | undefined;
}

/** @throws UsageError for a folder where the image would be in the way */
export function optionsOf({ folder, kvm = false, keep = false }: Values): Omit<Plan, 'say'> {
  const path = resolve(folder);
  if (folder === '' || `${path}/`.startsWith(`${projectRoot}/`)) {
    throw new UsageError(
      `--folder: expected a folder outside of the repository, got ${JSON.stringify(folder)}; an image of 2 GB goes there`,
    );
  }
  return { folder: path, acceleration: kvm ? 'kvm' : 'tcg', keep };
}

const programs = [
  ['qemu-system-x86_64', '--version'],
  ['mmdebstrap', '--version'],
  ['mke2fs', '-V'],
  ['tar', '--version'],
] as const;

/** What the tool needs and this machine does not have. */
export function missingHere(): readonly string[] {
  const absent = programs.filter(([program, flag]) => spawnSync(program, [flag], { stdio: 'ignore' }).error !== undefined);
  const root = process.getuid?.() === 0 ? [] : ['root'];
  return [...(process.platform === 'linux' ? [] : ['Linux']), ...absent.map(([program]) => program), ...root];
}
