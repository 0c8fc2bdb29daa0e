// Rules about the access of people, and about the controls of the account that they sign in to.
import type { Rule } from '../../rule';
import { accessAnalyzer } from './access-analyzer';
import { accountEnvironments } from './account-environments';
import { auditorReads } from './auditor-reads';
import { clientVpn } from './client-vpn';
import { consoleSessions } from './console-sessions';
import { credentialHygiene } from './credential-hygiene';
import { deployerRole } from './deployer-role';
import { instanceConnect } from './instance-connect';
import { managementVpn } from './management-vpn';
import { openPortGuard } from './open-port-guard';
import { passwordPolicy } from './password-policy';
import { peopleRoles } from './people-roles';
import { permissionSets } from './permission-sets';
import { revocationList } from './revocation-list';
import { serverShells } from './server-shells';
import { sessionArchive } from './session-archive';
import { sessionDocument } from './session-document';
import { sessionService } from './session-service';
import { tamperGuard } from './tamper-guard';
import { tunnelKeys } from './tunnel-keys';
import { tunnelLog } from './tunnel-log';
import { tunnelWatch } from './tunnel-watch';
import { vpnAuthority } from './vpn-authority';
import { vpnConnectionLog } from './vpn-connection-log';
import { vpnSessionHours } from './vpn-session-hours';

export const accessRules: readonly Rule[] = [
  ...[accessAnalyzer, accountEnvironments, auditorReads, consoleSessions, credentialHygiene, deployerRole, openPortGuard],
  ...[passwordPolicy, peopleRoles, permissionSets, serverShells, sessionArchive, sessionDocument, sessionService, tamperGuard],
  ...[clientVpn, revocationList, vpnAuthority, vpnConnectionLog, vpnSessionHours],
  instanceConnect,
  ...[managementVpn, tunnelKeys, tunnelLog, tunnelWatch],
];
