// Every rule of the house, in the order of their names. A test fails if a file of this folder is missing here.
import type { Rule } from '../rule';
import { auditArchive } from './audit-archive';
import { auditTrail } from './audit-trail';
import { backupsProbed } from './backups-probed';
import { backupsStay } from './backups-stay';
import { bucketPublicAccess } from './bucket-public-access';
import { classification } from './classification';
import { dataBuckets } from './data-buckets';
import { databaseAuditLog } from './database-audit-log';
import { databaseCredentials } from './database-credentials';
import { databaseIsolation } from './database-isolation';
import { databaseRetention } from './database-retention';
import { databaseStandby } from './database-standby';
import { databaseTls } from './database-tls';
import { defaultSecurityGroup } from './default-security-group';
import { dnsFirewall } from './dns-firewall';
import { egressFiltering } from './egress-filtering';
import { egressPerZone } from './egress-per-zone';
import { encryptionAtRest } from './encryption-at-rest';
import { endpointPolicies } from './endpoint-policies';
import { generatedData } from './generated-data';
import { keyRotation } from './key-rotation';
import { leastPrivilege } from './least-privilege';
import { migrationsDeployed } from './migrations-deployed';
import { networkAcls } from './network-acls';
import { networkLogging } from './network-logging';
import { noAdminPorts } from './no-admin-ports';
import { noPublicServers } from './no-public-servers';
import { noSecrets } from './no-secrets';
import { nothingByHand } from './nothing-by-hand';
import { permissionsBoundary } from './permissions-boundary';
import { regions } from './regions';
import { retainedLogs } from './retained-logs';
import { secretsRotated } from './secrets-rotated';
import { separation } from './separation';
import { tlsOnly } from './tls-only';
import { unconditional } from './unconditional';
import { vpcBlockPublicAccess } from './vpc-block-public-access';
import { worldOpenIngress } from './world-open-ingress';
import { zones } from './zones';

export const rules: readonly Rule[] = [
  auditArchive,
  auditTrail,
  backupsProbed,
  backupsStay,
  bucketPublicAccess,
  classification,
  dataBuckets,
  databaseAuditLog,
  databaseCredentials,
  databaseIsolation,
  databaseRetention,
  databaseStandby,
  databaseTls,
  defaultSecurityGroup,
  dnsFirewall,
  egressFiltering,
  egressPerZone,
  encryptionAtRest,
  endpointPolicies,
  generatedData,
  keyRotation,
  leastPrivilege,
  migrationsDeployed,
  networkAcls,
  networkLogging,
  noAdminPorts,
  noPublicServers,
  noSecrets,
  nothingByHand,
  permissionsBoundary,
  regions,
  retainedLogs,
  secretsRotated,
  separation,
  tlsOnly,
  unconditional,
  vpcBlockPublicAccess,
  worldOpenIngress,
  zones,
];
