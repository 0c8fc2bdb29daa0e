// Rules about backups: the vaults, the plans that fill them, and the stores that they are for.
import type { Rule } from '../../rule';
import { copiedBackups } from './copied-backups';
import { dailyBackups } from './daily-backups';
import { lockedVaults } from './locked-vaults';
import { storesBackedUp } from './stores-backed-up';

export const backupRules: readonly Rule[] = [copiedBackups, dailyBackups, lockedVaults, storesBackedUp];
