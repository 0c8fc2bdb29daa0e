// The state of the mirror that the spool lies on, as the kernel tells it (Linux kernel, admin-guide/md, "MD devices in sysfs").
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `degraded`: a disk is missing and the others do; `unusable`: nothing can be kept on it. */
export type ArrayState = 'whole' | 'degraded' | 'unusable';

/** States of an array that takes no writes: some fail them, `suspended` holds them for ever. */
const unusable = new Set(['clear', 'inactive', 'suspended', 'readonly', 'broken']);

/**
 * Reads `array_state`, `degraded` and `raid_disks` below the `md` folder of a device. An array whose files are not there is gone.
 * A mirror of four (RAID 10) with two disks missing may live or not: if not, writes fail, and that is seen where they are made.
 */
export async function readArrayState(folder: string): Promise<ArrayState> {
  try {
    const [state, degraded, disks] = await Promise.all(['array_state', 'degraded', 'raid_disks'].map((file) => word(folder, file)));
    if (state === undefined || unusable.has(state)) return 'unusable';
    const [missing, all] = [Number(degraded), Number.parseInt(disks ?? '', 10)];
    if (!Number.isInteger(missing) || !(all > 0) || missing >= all) return 'unusable';
    return missing > 0 ? 'degraded' : 'whole';
  } catch {
    return 'unusable';
  }
}

const word = async (folder: string, file: string): Promise<string> => (await readFile(join(folder, file), 'utf8')).trim();
