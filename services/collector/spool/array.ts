// State of the array under the spool, from the kernel (Linux kernel, admin-guide/md, "MD devices in sysfs").
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `degraded`: a disk is missing, and the others store the data; `unusable`: the array accepts no writes. */
export type ArrayState = 'whole' | 'degraded' | 'unusable';

/** States of an array that accepts no writes: in most they fail, in `suspended` they never end. */
const unusable = new Set(['clear', 'inactive', 'suspended', 'readonly', 'broken']);

/**
 * Reads `array_state`, `degraded` and `raid_disks` in the `md` folder of a device. Without these files there is no
 * array. An array of four disks (RAID 10) with two missing may work or not: if not, the spool detects the failed
 * writes.
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
