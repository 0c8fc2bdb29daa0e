// Rules about backups: the vaults, the plans that fill them, the stores that they are for, the copies, and the watch.
import type { Rule } from '../../rule';
import { archiveReplicated } from './archive-replicated';
import { backupFreshness } from './backup-freshness';
import { copiedBackups } from './copied-backups';
import { dailyBackups } from './daily-backups';
import { lockedVaults } from './locked-vaults';
import { restoreTests } from './restore-tests';
import { storesBackedUp } from './stores-backed-up';

export const backupRules: readonly Rule[] = [
  archiveReplicated,
  backupFreshness,
  copiedBackups,
  dailyBackups,
  lockedVaults,
  restoreTests,
  storesBackedUp,
];
