// Every rule of the house, in the order of their names. A test fails if a file of this folder is missing here.
import type { Rule } from '../rule';
import { alarmsTold } from './alarms-told';
import { auditArchive } from './audit-archive';
import { auditTrail } from './audit-trail';
import { backupsProbed } from './backups-probed';
import { backupsStay } from './backups-stay';
import { bucketPublicAccess } from './bucket-public-access';
import { certificate } from './certificate';
import { classification } from './classification';
import { cloudflareOnly } from './cloudflare-only';
import { collectorsBehindProxies } from './collectors-behind-proxies';
import { dataBuckets } from './data-buckets';
import { databaseAuditLog } from './database-audit-log';
import { databaseCredentials } from './database-credentials';
import { databaseIsolation } from './database-isolation';
import { databaseRetention } from './database-retention';
import { databaseStandby } from './database-standby';
import { databaseTls } from './database-tls';
import { defaultSecurityGroup } from './default-security-group';
import { distinctHardware } from './distinct-hardware';
import { dnsFirewall } from './dns-firewall';
import { edgeLogging } from './edge-logging';
import { egressFiltering } from './egress-filtering';
import { egressPerZone } from './egress-per-zone';
import { encryptionAtRest } from './encryption-at-rest';
import { endpointPolicies } from './endpoint-policies';
import { fleetScaling } from './fleet-scaling';
import { generatedData } from './generated-data';
import { hitArchive } from './hit-archive';
import { hitStream } from './hit-stream';
import { httpsOnly } from './https-only';
import { instanceMetadata } from './instance-metadata';
import { keyRotation } from './key-rotation';
import { leastPrivilege } from './least-privilege';
import { losslessCollectors } from './lossless-collectors';
import { migrationsDeployed } from './migrations-deployed';
import { mirroredDisks } from './mirrored-disks';
import { networkAcls } from './network-acls';
import { networkLogging } from './network-logging';
import { noAdminPorts } from './no-admin-ports';
import { noPublicServers } from './no-public-servers';
import { noSecrets } from './no-secrets';
import { nothingByHand } from './nothing-by-hand';
import { permissionsBoundary } from './permissions-boundary';
import { proxiesApart } from './proxies-apart';
import { redundantFleets } from './redundant-fleets';
import { regions } from './regions';
import { responseHeaders } from './response-headers';
import { retainedLogs } from './retained-logs';
import { secretsRotated } from './secrets-rotated';
import { separation } from './separation';
import { singleTaskServers } from './single-task-servers';
import { strictRequests } from './strict-requests';
import { tlsOnly } from './tls-only';
import { tlsPolicy } from './tls-policy';
import { unconditional } from './unconditional';
import { vpcBlockPublicAccess } from './vpc-block-public-access';
import { webFirewall } from './web-firewall';
import { worldOpenIngress } from './world-open-ingress';
import { zones } from './zones';

export const rules: readonly Rule[] = [
  alarmsTold,
  auditArchive,
  auditTrail,
  backupsProbed,
  backupsStay,
  bucketPublicAccess,
  certificate,
  classification,
  cloudflareOnly,
  collectorsBehindProxies,
  dataBuckets,
  databaseAuditLog,
  databaseCredentials,
  databaseIsolation,
  databaseRetention,
  databaseStandby,
  databaseTls,
  defaultSecurityGroup,
  distinctHardware,
  dnsFirewall,
  edgeLogging,
  egressFiltering,
  egressPerZone,
  encryptionAtRest,
  endpointPolicies,
  fleetScaling,
  generatedData,
  hitArchive,
  hitStream,
  httpsOnly,
  instanceMetadata,
  keyRotation,
  leastPrivilege,
  losslessCollectors,
  migrationsDeployed,
  mirroredDisks,
  networkAcls,
  networkLogging,
  noAdminPorts,
  noPublicServers,
  noSecrets,
  nothingByHand,
  permissionsBoundary,
  proxiesApart,
  redundantFleets,
  regions,
  responseHeaders,
  retainedLogs,
  secretsRotated,
  separation,
  singleTaskServers,
  strictRequests,
  tlsOnly,
  tlsPolicy,
  unconditional,
  vpcBlockPublicAccess,
  webFirewall,
  worldOpenIngress,
  zones,
];
