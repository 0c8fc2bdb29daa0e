// TOM, chapter 3: access to servers.

import { accessAnalyzer } from '../rules/access/access-analyzer';
import { auditorReads } from '../rules/access/auditor-reads';
import { clientVpn } from '../rules/access/client-vpn';
import { consoleSessions } from '../rules/access/console-sessions';
import { credentialHygiene } from '../rules/access/credential-hygiene';
import { instanceConnect } from '../rules/access/instance-connect';
import { managementVpn } from '../rules/access/management-vpn';
import { passwordPolicy } from '../rules/access/password-policy';
import { peopleRoles } from '../rules/access/people-roles';
import { permissionSets } from '../rules/access/permission-sets';
import { revocationList } from '../rules/access/revocation-list';
import { serverShells } from '../rules/access/server-shells';
import { sessionArchive } from '../rules/access/session-archive';
import { sessionDocument } from '../rules/access/session-document';
import { sessionService } from '../rules/access/session-service';
import { tamperGuard } from '../rules/access/tamper-guard';
import { tunnelKeys } from '../rules/access/tunnel-keys';
import { tunnelLog } from '../rules/access/tunnel-log';
import { tunnelWatch } from '../rules/access/tunnel-watch';
import { vpnAuthority } from '../rules/access/vpn-authority';
import { vpnConnectionLog } from '../rules/access/vpn-connection-log';
import { vpnSessionHours } from '../rules/access/vpn-session-hours';
import { auditArchive } from '../rules/audit/audit-archive';
import { auditTrail } from '../rules/audit/audit-trail';
import { hostAudit } from '../rules/collection/host-audit';
import { hostPatches } from '../rules/collection/host-patches';
import { instanceMetadata } from '../rules/collection/instance-metadata';
import { databaseAuditLog } from '../rules/database/database-audit-log';
import { databaseCredentials } from '../rules/database/database-credentials';
import { alarmsNotify } from '../rules/deployment/alarms-notify';
import { deadLetters } from '../rules/deployment/dead-letters';
import { leastPrivilege } from '../rules/deployment/least-privilege';
import { noAdminPorts } from '../rules/deployment/no-admin-ports';
import { noPublicServers } from '../rules/deployment/no-public-servers';
import { noSecrets } from '../rules/deployment/no-secrets';
import { retainedLogs } from '../rules/deployment/retained-logs';
import { secretsRotated } from '../rules/deployment/secrets-rotated';
import { servicePrincipals } from '../rules/deployment/service-principals';
import { edgeLogging } from '../rules/edge/edge-logging';
import { dataAccess } from '../rules/identity/data-access';
import { permissionsBoundary } from '../rules/identity/permissions-boundary';
import { powers } from '../rules/identity/powers';
import { roleUsers } from '../rules/identity/role-users';
import { endpointPolicies } from '../rules/network/endpoint-policies';
import { networkLogging } from '../rules/network/network-logging';
import { keptBucketPolicies } from '../rules/storage/kept-bucket-policies';
import type { Chapter } from './chapters';

export const tom3: Chapter<'TOM-3'> = {
  'TOM-3.1': {
    title: 'Only the infrastructure manager and the IT team reach servers',
    promise:
      'Servers are reached by two separate roles over two separate paths: the infrastructure manager by a Site-to-Site VPN from the ' +
      'management network, the IT team by Client VPN. No server has a key pair or a public address, and ports 22 and 3389 are open ' +
      'to no address.',
    kind: 'technical',
    rules: [
      noAdminPorts,
      noPublicServers,
      peopleRoles,
      serverShells,
      sessionService,
      sessionDocument,
      instanceConnect,
      clientVpn,
      managementVpn,
      tunnelWatch,
    ],
    needs: ['access.managementGateway', 'access.managementNetworks', 'access.vpnCertificate'],
    provenBy: ['test/lambda/access/tunnel-watch/examine.test.ts'],
  },
  'TOM-3.2': {
    title: 'The IT team logs in by VPN or from a restricted address',
    promise:
      'The IT team logs in by Client VPN, with mutual authentication by personal certificates that a revocation list can withdraw. ' +
      'Roles for the console and the API can be used from the VPN or from the listed addresses only; the one exception, for ' +
      'emergencies, raises an alarm at each use. Where people sign in by IAM Identity Center, any other permission set with access to ' +
      'the account is reported.',
    kind: 'technical',
    rules: [peopleRoles, permissionSets, clientVpn, vpnAuthority, revocationList],
    needs: ['access.vpnCertificate'],
    provenBy: [
      'test/lambda/access/connection-handler/handler.test.ts',
      'test/lambda/access/permission-sets/examine.test.ts',
      'test/lambda/access/permission-sets/handler.test.ts',
      'test/lambda/access/revocation-list/handler.test.ts',
      'test/runtime/vpn/connection.test.ts',
      'test/runtime/vpn/list-renewal.test.ts',
    ],
  },
  'TOM-3.3': {
    title: 'Users are timed out automatically',
    promise:
      'Server shells end after a time without input and after a maximum time; VPN sessions, role sessions and console sessions end ' +
      'after a maximum time. Every limit is finite, comes from the configuration and has a ceiling there.',
    kind: 'technical',
    rules: [peopleRoles, consoleSessions, sessionService, sessionDocument, instanceConnect, vpnSessionHours],
    needs: ['access.vpnCertificate'],
    provenBy: ['test/lib/access/people-simulation.test.ts'],
  },
  'TOM-3.4': {
    title: 'The security of the infrastructure is monitored continuously',
    promise:
      'Threat detection, configuration recording, posture standards, vulnerability scanning, access analysis and an audit trail over ' +
      'all regions run at all times, and each of their alarms notifies the on-call contacts. Servers install security patches every ' +
      'night.',
    kind: 'technical',
    rules: [auditTrail, accessAnalyzer, alarmsNotify, deadLetters, tamperGuard, hostPatches],
    provenBy: ['test/services/collector/host/patches.test.ts', 'test/services/collector/host/units.test.ts'],
    awaits: [
      'account: threat detection, configuration recording and posture standards',
      'account: vulnerability scanning',
      'watch: notification of the on-call contacts by each alarm',
    ],
  },
  'TOM-3.5': {
    title: 'Access is based on roles, with the least privilege',
    promise:
      'No role has an administrator policy or a wildcard action, and every role is bounded by a permissions boundary. Every wildcard ' +
      'that is accepted has a reason on record. Findings of the access analyser are reported.',
    kind: 'technical',
    rules: [
      accessAnalyzer,
      leastPrivilege,
      dataAccess,
      permissionsBoundary,
      permissionSets,
      powers,
      roleUsers,
      servicePrincipals,
      endpointPolicies,
      instanceMetadata,
    ],
    awaits: ['watch: report of access analyser findings'],
  },
  'TOM-3.6': {
    title: 'Access to hosts, applications, databases and network devices is logged',
    promise:
      'Server sessions, programs that people start on servers, VPN connections, the load balancer, the web application firewall, network flows, DNS queries, database access ' +
      'and calls to the API of AWS are each logged to an encrypted store, kept for a set time, from which workloads cannot delete records. ' +
      'Server sessions are exported to the audit archive every day.',
    kind: 'technical',
    rules: [
      auditTrail,
      auditArchive,
      networkLogging,
      databaseAuditLog,
      edgeLogging,
      retainedLogs,
      keptBucketPolicies,
      permissionsBoundary,
      tamperGuard,
      sessionService,
      sessionDocument,
      sessionArchive,
      vpnConnectionLog,
      hostAudit,
      tunnelLog,
    ],
    provenBy: [
      'test/services/collector/host/audit.test.ts',
      'test/lambda/access/tamper-guard/tampering.test.ts',
      'test/lambda/access/tamper-guard/handler.test.ts',
      'test/lambda/access/session-document/keep.test.ts',
      'test/lambda/access/session-document/handler.test.ts',
      'test/lambda/access/session-archive/export.test.ts',
      'test/lambda/access/session-archive/handler.test.ts',
    ],
    needs: ['access.managementGateway', 'access.vpnCertificate'],
  },
  'TOM-3.7': {
    title: "Administrators' passwords have at least 10 characters, one of them special",
    promise:
      'The password policy of the account requires at least 10 characters, with at least 1 special character. A function ' +
      'of the stack sets the policy and restores the former one on deletion; a probe reads it back; a policy that has drifted is ' +
      'corrected and reported.',
    kind: 'technical',
    rules: [passwordPolicy],
    provenBy: ['test/lambda/access/password-policy/keep.test.ts', 'test/lambda/access/password-policy/handler.test.ts'],
    awaits: ['watch: notification of the on-call contacts of a policy that drifted'],
  },
  'TOM-3.8': {
    title: 'Administrators renew passwords every 3 months',
    promise:
      "Administrators' passwords and access keys last at most 90 days. Their owner is warned in advance, and older ones are disabled. " +
      'A user that the configuration exempts has a reason and a last day, at most a year ahead.',
    kind: 'technical',
    rules: [passwordPolicy, credentialHygiene],
    provenBy: ['test/lambda/access/credential-hygiene/examine.test.ts', 'test/lambda/access/credential-hygiene/handler.test.ts'],
    awaits: ['watch: notification of the owners of credentials'],
  },
  'TOM-3.9': {
    title: 'Security risks are examined regularly, by employees and third-party auditors',
    promise:
      'Auditors from a named outside account read the configuration through a read-only role that requires an external id. An ' +
      'assessment is made every month and its report is delivered.',
    kind: 'technical',
    rules: [auditorReads],
    needs: ['access.auditor'],
    awaits: ['watch: monthly assessment and delivery of its report'],
  },
  'TOM-3.10': {
    title: 'Identification codes are issued and safeguarded',
    promise:
      "Every secret is generated in the secrets store, encrypted with the stack's key and rotated; none is written in a template or in " +
      'an environment variable. Credentials that are unused or stale are disabled, and their owner is notified.',
    kind: 'technical',
    rules: [noSecrets, secretsRotated, databaseCredentials, credentialHygiene, tunnelKeys],
    provenBy: [
      'test/lambda/edge/certificate/issue.test.ts',
      'test/lambda/database/context-key-rotation/rotate.test.ts',
      'test/lambda/database/migrations/master-sign-in.test.ts',
      'test/lambda/access/credential-hygiene/examine.test.ts',
    ],
    awaits: ['watch: notification of the owners of credentials'],
  },
};
