// TOM, chapter 7: separation of customers, databases and environments.
import { noSharedBackupsProbe } from '../../config/metrics';
import { accountEnvironments } from '../rules/access/account-environments';
import { lockedVaults } from '../rules/backup/locked-vaults';
import { losslessCollectors } from '../rules/collection/lossless-collectors';
import { backupsProbed } from '../rules/database/backups-probed';
import { databaseIsolation } from '../rules/database/database-isolation';
import { generatedData } from '../rules/database/generated-data';
import { migrationsDeployed } from '../rules/database/migrations-deployed';
import { noSharedBackups } from '../rules/deployment/no-shared-backups';
import { separation } from '../rules/deployment/separation';
import { keyGrants } from '../rules/encryption/key-grants';
import { hitArchive } from '../rules/ingest/hit-archive';
import { hitStream } from '../rules/ingest/hit-stream';
import { lakeWritten } from '../rules/lake/lake-written';
import { oneSiteOfLake } from '../rules/lake/one-site';
import type { Chapter } from './chapters';

export const tom7: Chapter<'TOM-7'> = {
  'TOM-7.1': {
    title: "A customer is a 'site' throughout",
    promise: 'The site is a key of its own in everything that handles data, from collection through storage to access.',
    kind: 'technical',
    rules: [migrationsDeployed, losslessCollectors, hitStream, hitArchive, lakeWritten, oneSiteOfLake],
    provenBy: [
      'test/database/isolation.test.ts',
      'test/runtime/site.test.ts',
      'test/lambda/ingest/ingest/process.test.ts',
      'test/services/collector/hits/taken.test.ts',
      'test/tools/rehearse/lake-sessions.test.ts',
      'test/lambda/lake/lake-export/export.test.ts',
    ],
    awaits: ['portal: site of each request'],
  },
  'TOM-7.2': {
    title: 'Databases are isolated',
    promise: 'Each environment has 1 database cluster, in its own subnets, with its own key and its own security group.',
    kind: 'technical',
    rules: [separation, databaseIsolation],
  },
  'TOM-7.3': {
    title: 'Production and development are separated',
    promise:
      'Production and the other environments are in separate accounts: a deployment that would share the account of production ' +
      'fails. No peering, key, role or bucket is shared between environments, which is checked across the whole app.',
    kind: 'technical',
    // The configuration refuses a shared account where both files name theirs; otherwise only the account determines
    // it.
    rules: [separation, accountEnvironments],
    provenBy: ['test/lambda/access/account-environments/keep.test.ts', 'test/lambda/access/account-environments/handler.test.ts'],
  },
  'TOM-7.4': {
    title: 'Production data and test data are separated',
    promise: 'Production backups can be restored in production and its recovery region only. Test deployments load generated data only.',
    kind: 'technical',
    rules: [generatedData, noSharedBackups, keyGrants, lockedVaults, backupsProbed],
    probes: [
      {
        concern: 'database',
        control: noSharedBackupsProbe,
        reads:
          'snapshots of databases and disks, images, and backup vaults, in the region of the site and in that of the copies, the accounts ' +
          'that they are shared with and their keys, and the policies and grants of the keys: none admits another account',
      },
    ],
    provenBy: [
      'test/lambda/database/generated-data/load.test.ts',
      'test/lambda/database/no-shared-backups-probe/handler.test.ts',
      'test/lambda/database/no-shared-backups-probe/key-admission.test.ts',
    ],
  },
};
