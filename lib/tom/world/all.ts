// Every declaration of the closed world, by concern.
import { accessAnalysisDeclarations } from './access-analysis';
import { alarmsDeclarations } from './alarms';
import { auditDeclarations } from './audit';
import { backupDeclarations } from './backup';
import { clientVpnDeclarations } from './client-vpn';
import { collectionDeclarations } from './collection';
import { databaseDeclarations } from './database';
import type { Declaration } from './declaration';
import { edgeDeclarations } from './edge';
import { edgeLogDeclarations } from './edge-logs';
import { encryptionDeclarations } from './encryption';
import { functionsDeclarations } from './functions';
import { lakeDeclarations } from './functions-lake';
import { permissionSetDeclarations } from './functions-permission-sets';
import { tunnelFunctionDeclarations } from './functions-tunnels';
import { vpnFunctionDeclarations } from './functions-vpn';
import { identityDeclarations } from './identity';
import { ingestDeclarations } from './ingest';
import { instanceConnectDeclarations } from './instance-connect';
import { logDeliveryDeclarations } from './log-delivery';
import { managementVpnDeclarations } from './management-vpn';
import { networkDeclarations } from './network';
import { sessionDeclarations } from './sessions';
import { storageDeclarations } from './storage';

export const declarations: readonly Declaration[] = [
  ...encryptionDeclarations,
  ...auditDeclarations,
  ...accessAnalysisDeclarations,
  ...identityDeclarations,
  ...networkDeclarations,
  ...functionsDeclarations,
  ...alarmsDeclarations,
  ...databaseDeclarations,
  ...ingestDeclarations,
  ...lakeDeclarations,
  ...logDeliveryDeclarations,
  ...storageDeclarations,
  ...edgeDeclarations,
  ...edgeLogDeclarations,
  ...collectionDeclarations,
  ...instanceConnectDeclarations,
  ...clientVpnDeclarations,
  ...vpnFunctionDeclarations,
  ...managementVpnDeclarations,
  ...permissionSetDeclarations,
  ...tunnelFunctionDeclarations,
  ...sessionDeclarations,
  ...backupDeclarations,
];
