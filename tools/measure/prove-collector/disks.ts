// Small disks to fill.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Mounts a file system in memory at a folder. Returns the function that unmounts it; undefined without root. */
export function smallDisk(folder: string, megabytes: number): (() => void) | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;
  return mounted ? () => void spawnSync('umount', ['-l', folder]) : undefined;
}
