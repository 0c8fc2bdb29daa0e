// Rules about backups and their copies.
import type { Rule } from '../../rule';
import { backupFreshness } from './backup-freshness';

export const backupRules: readonly Rule[] = [backupFreshness];
