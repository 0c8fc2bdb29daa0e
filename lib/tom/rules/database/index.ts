// Rules about the database cluster, its proxy and the functions that work on it.
import type { Rule } from '../../rule';
import { backupsProbed } from './backups-probed';
import { databaseAuditLog } from './database-audit-log';
import { databaseCredentials } from './database-credentials';
import { databaseIsolation } from './database-isolation';
import { databaseRetention } from './database-retention';
import { databaseStandby } from './database-standby';
import { databaseTls } from './database-tls';
import { generatedData } from './generated-data';
import { migrationsDeployed } from './migrations-deployed';
import { staffSignIn } from './staff-sign-in';

export const databaseRules: readonly Rule[] = [
  backupsProbed,
  databaseAuditLog,
  databaseCredentials,
  databaseIsolation,
  databaseRetention,
  databaseStandby,
  databaseTls,
  generatedData,
  migrationsDeployed,
  staffSignIn,
];
