// Rules about backups: the vaults, the plans that fill them, the stores that they are for, and the watch over them.
import type { Rule } from '../../rule';
import { backupFreshness } from './backup-freshness';
import { dailyBackups } from './daily-backups';
import { lockedVaults } from './locked-vaults';
import { storesBackedUp } from './stores-backed-up';

export const backupRules: readonly Rule[] = [backupFreshness, dailyBackups, lockedVaults, storesBackedUp];
