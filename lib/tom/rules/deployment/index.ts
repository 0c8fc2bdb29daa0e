// Rules whose promise several concerns can break.
import type { Rule } from '../../rule';
import { alarmsNotify } from './alarms-notify';
import { bucketPublicAccess } from './bucket-public-access';
import { classification } from './classification';
import { deadLetters } from './dead-letters';
import { declaredProperties } from './declared-properties';
import { declaredResources } from './declared-resources';
import { declaredSections } from './declared-sections';
import { encryptionAtRest } from './encryption-at-rest';
import { leastPrivilege } from './least-privilege';
import { noAdminPorts } from './no-admin-ports';
import { noHardCodedIds } from './no-hard-coded-ids';
import { noPublicServers } from './no-public-servers';
import { noSecrets } from './no-secrets';
import { noSharedBackups } from './no-shared-backups';
import { regions } from './regions';
import { retainedLogs } from './retained-logs';
import { secretsRotated } from './secrets-rotated';
import { separation } from './separation';
import { servicePrincipals } from './service-principals';
import { statedEgress } from './stated-egress';
import { tlsOnly } from './tls-only';
import { unconditional } from './unconditional';
import { worldOpenIngress } from './world-open-ingress';
import { zones } from './zones';

export const deploymentRules: readonly Rule[] = [
  alarmsNotify,
  noSharedBackups,
  bucketPublicAccess,
  classification,
  deadLetters,
  declaredProperties,
  declaredResources,
  declaredSections,
  encryptionAtRest,
  leastPrivilege,
  noAdminPorts,
  noPublicServers,
  noSecrets,
  noHardCodedIds,
  regions,
  retainedLogs,
  secretsRotated,
  separation,
  servicePrincipals,
  statedEgress,
  tlsOnly,
  unconditional,
  worldOpenIngress,
  zones,
];
