// The calls contracts of every function by its control, and of the collector servers.
import { calls as accountEnvironments } from '../../lambda/access/account-environments/calls';
import { calls as connectionHandler } from '../../lambda/access/connection-handler/calls';
import { calls as credentialHygiene } from '../../lambda/access/credential-hygiene/calls';
import { calls as openPortGuard } from '../../lambda/access/open-port-guard/calls';
import { calls as passwordPolicy } from '../../lambda/access/password-policy/calls';
import { calls as permissionSets } from '../../lambda/access/permission-sets/calls';
import { calls as revocationList } from '../../lambda/access/revocation-list/calls';
import { calls as sessionArchive } from '../../lambda/access/session-archive/calls';
import { calls as sessionDocument } from '../../lambda/access/session-document/calls';
import { calls as tamperGuard } from '../../lambda/access/tamper-guard/calls';
import { calls as tunnelWatch } from '../../lambda/access/tunnel-watch/calls';
import { calls as firstDatapoint } from '../../lambda/alarms/first-datapoint/calls';
import { calls as backupFreshness } from '../../lambda/backup/backup-freshness/calls';
import { calls as restoreValidation } from '../../lambda/backup/restore-validation/calls';
import { calls as restoredState } from '../../lambda/backup/restored-state/calls';
import { calls as firstServers } from '../../lambda/collection/first-servers/calls';
import { calls as serverReplacement } from '../../lambda/collection/server-replacement/calls';
import { calls as contextKeyRotation } from '../../lambda/database/context-key-rotation/calls';
import { calls as databaseUpkeep } from '../../lambda/database/database-upkeep/calls';
import { calls as generatedData } from '../../lambda/database/generated-data/calls';
import { calls as migrations } from '../../lambda/database/migrations/calls';
import { calls as noSharedBackupsProbe } from '../../lambda/database/no-shared-backups-probe/calls';
import { calls as personErase } from '../../lambda/database/person-erase/calls';
import { calls as personExport } from '../../lambda/database/person-export/calls';
import { calls as siteAdmin } from '../../lambda/database/site-admin/calls';
import { calls as staffAccess } from '../../lambda/database/staff-access/calls';
import { calls as staffReads } from '../../lambda/database/staff-reads/calls';
import { calls as certificate } from '../../lambda/edge/certificate/calls';
import { calls as logRedaction } from '../../lambda/edge/log-redaction/calls';
import { calls as ingest } from '../../lambda/ingest/ingest/calls';
import { calls as siteSnapshot } from '../../lambda/ingest/site-snapshot/calls';
import { calls as lakeExport } from '../../lambda/lake/lake-export/calls';
import { calls as lakeUpkeep } from '../../lambda/lake/lake-upkeep/calls';
import { calls as defaultSecurityGroup } from '../../lambda/network/default-security-group/calls';
import type { Call } from '../../runtime/calls';
import { calls as collector } from '../../services/collector/calls';
import { calls as host } from '../../services/collector/host/calls';
import type { Control } from './names';

/** Calls of the code of each function, and of services of AWS for it, besides those of every function. */
export const controlCalls: Readonly<Record<Control, readonly Call[]>> = {
  'account-environments': accountEnvironments,
  'backup-freshness': backupFreshness,
  certificate,
  'connection-handler': connectionHandler,
  'context-key-rotation': contextKeyRotation,
  'credential-hygiene': credentialHygiene,
  'database-upkeep': databaseUpkeep,
  'default-security-group': defaultSecurityGroup,
  'first-datapoint': firstDatapoint,
  'first-servers': firstServers,
  'generated-data': generatedData,
  ingest,
  'lake-export': lakeExport,
  'lake-upkeep': lakeUpkeep,
  'log-redaction': logRedaction,
  migrations,
  'no-shared-backups-probe': noSharedBackupsProbe,
  'open-port-guard': openPortGuard,
  'password-policy': passwordPolicy,
  'permission-sets': permissionSets,
  'person-erase': personErase,
  'person-export': personExport,
  'restore-validation': restoreValidation,
  'restored-state': restoredState,
  'revocation-list': revocationList,
  'server-replacement': serverReplacement,
  'session-archive': sessionArchive,
  'session-document': sessionDocument,
  'site-admin': siteAdmin,
  'site-snapshot': siteSnapshot,
  'staff-access': staffAccess,
  'staff-reads': staffReads,
  'tamper-guard': tamperGuard,
  'tunnel-watch': tunnelWatch,
};

/** Calls of a collector server: its program and its host scripts. */
export const serverCalls: readonly Call[] = [...collector, ...host];
