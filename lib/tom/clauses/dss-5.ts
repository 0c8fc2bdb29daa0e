// DSS, chapter 5: operation.

import { clientVpn } from '../rules/access/client-vpn';
import { deployerRole } from '../rules/access/deployer-role';
import { instanceConnect } from '../rules/access/instance-connect';
import { openPortGuard } from '../rules/access/open-port-guard';
import { serverShells } from '../rules/access/server-shells';
import { sessionService } from '../rules/access/session-service';
import { vpnAuthority } from '../rules/access/vpn-authority';
import { archiveReplicated } from '../rules/backup/archive-replicated';
import { backupFreshness } from '../rules/backup/backup-freshness';
import { copiedBackups } from '../rules/backup/copied-backups';
import { dailyBackups } from '../rules/backup/daily-backups';
import { lockedVaults } from '../rules/backup/locked-vaults';
import { restoreTests } from '../rules/backup/restore-tests';
import { storesBackedUp } from '../rules/backup/stores-backed-up';
import { distinctHardware } from '../rules/collection/distinct-hardware';
import { hostAudit } from '../rules/collection/host-audit';
import { databaseRetention } from '../rules/database/database-retention';
import { classification } from '../rules/deployment/classification';
import { noPublicServers } from '../rules/deployment/no-public-servers';
import { separation } from '../rules/deployment/separation';
import { worldOpenIngress } from '../rules/deployment/world-open-ingress';
import { certificate } from '../rules/edge/certificate';
import { httpsOnly } from '../rules/edge/https-only';
import { proxiesApart } from '../rules/edge/proxies-apart';
import { vpcBlockPublicAccess } from '../rules/network/vpc-block-public-access';
import type { Chapter } from './chapters';

export const dss5: Chapter<'DSS-5'> = {
  'DSS-5.1': {
    title: 'Systems and data are used acceptably',
    promise: 'Everyone with access to systems or data has accepted the rules of their use.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Acceptable use policy, signed',
  },
  'DSS-5.2': {
    title: 'Staging is physically separated from production; only authorised people test and deploy',
    promise:
      'Staging and production are in separate accounts, and each role that deploys is limited to its environment. Vulnerability tests ' +
      'run against a separate environment.',
    kind: 'technical',
    rules: [separation, deployerRole],
    needs: ['access.deployer'],
    awaits: ['assurance: vulnerability tests against a separate environment'],
  },
  'DSS-5.3.1': {
    title: 'All user traffic goes over HTTPS',
    promise: 'Users are served over HTTPS only; port 80 only redirects to HTTPS.',
    kind: 'technical',
    rules: [httpsOnly],
  },
  'DSS-5.3.2': {
    title: 'Keys of certificates have 4096 bits',
    promise: 'The certificate is RSA 4096, and the deployment fails on one with another key. It is issued and renewed automatically.',
    kind: 'technical',
    rules: [certificate],
    provenBy: [
      'test/lambda/edge/certificate/handler.test.ts',
      'test/lambda/edge/certificate/inspect.test.ts',
      'test/lambda/edge/certificate/issue.test.ts',
      'test/lambda/edge/certificate/keep.test.ts',
    ],
  },
  'DSS-5.3.3': {
    title: 'Passwords are stored as hashes',
    promise: 'Passwords exist in the user directory only, which stores them as hashes. No function logs or stores one.',
    kind: 'technical',
    awaits: ['portal: user directory as the only place of passwords'],
  },
  'DSS-5.4.1': {
    title: 'Information is labelled',
    promise: 'Every resource that holds data carries a classification tag: public, internal, confidential or personal.',
    kind: 'technical',
    rules: [classification],
  },
  'DSS-5.4.2': {
    title: 'All data is backed up daily on a separate server',
    promise:
      'A plan backs up every store each day, with a copy in the recovery region and, where one is declared, in another account. A ' +
      'store that no plan backs up has a listed reason. Hits and the lake are replicated to the recovery region within minutes.',
    kind: 'technical',
    rules: [dailyBackups, copiedBackups, archiveReplicated, storesBackedUp, lockedVaults],
    awaits: ['backup: copy to another account'],
  },
  'DSS-5.4.3': {
    title: 'Backups are encrypted, kept 30 days and then deleted automatically',
    promise:
      'Copies and backups of files are encrypted with the key of their vault, snapshots of the database with the key of the database. ' +
      'Backups are deleted after exactly 30 days. The vault lock prevents earlier deletion and longer retention.',
    kind: 'technical',
    rules: [databaseRetention, lockedVaults, dailyBackups, backupFreshness],
    probes: [
      {
        concern: 'backup',
        control: 'backup-freshness',
        reads:
          'recovery points of both vaults, the jobs that wrote them, the locks of the vaults, and snapshots outside: each point is ' +
          'encrypted under its key, is deleted after exactly 30 days, and is not gone before',
      },
    ],
    provenBy: ['test/lambda/backup/backup-freshness/handler.test.ts', 'test/tools/measure/simulate-backups.test.ts'],
  },
  'DSS-5.5.1': {
    title: 'Service is restored within 12 hours (RTO)',
    promise:
      'Restores are tested on a schedule. Each is validated by reading the data, and its duration is recorded against 12 hours. A ' +
      'longer restore raises an alarm.',
    kind: 'technical',
    rules: [restoreTests],
    probes: [
      {
        concern: 'backup',
        control: 'restore-validation',
        reads: 'the database that is restored each day: its rows, row security, key and age, and the hours that the restore took',
      },
    ],
    provenBy: ['test/lambda/backup/restore-validation/handler.test.ts', 'test/lambda/backup/restore-validation/restored-database.test.ts'],
  },
  'DSS-5.5.2': {
    title: 'At most 24 hours of data are lost (RPO)',
    promise:
      'The age of the newest usable recovery point of every store, in both regions, is compared with 24 hours. A higher age raises an ' +
      'alarm. Hits are replicated to the recovery region within minutes, and a failed replication raises an alarm.',
    kind: 'technical',
    rules: [archiveReplicated, backupFreshness],
    probes: [
      {
        concern: 'backup',
        control: 'backup-freshness',
        reads: 'the newest usable recovery point of each store in both regions, and the settings of the stores that their backups need',
      },
    ],
    provenBy: ['test/lambda/backup/backup-freshness/handler.test.ts', 'test/tools/measure/simulate-backups.test.ts'],
  },
  'DSS-5.6.1': {
    title: 'The office network is protected',
    promise: "The office network is run under the company's rules. Its addresses reach the stack as configuration only.",
    kind: 'organisational',
    attestedBy: 'IT manager',
    artefact: 'Office network policy',
  },
  'DSS-5.6.2': {
    title: 'No internet traffic comes in to servers, except by VPN',
    promise: 'No server has a public address, and no subnet of servers has an internet route.',
    kind: 'technical',
    rules: [noPublicServers, vpcBlockPublicAccess],
  },
  'DSS-5.6.3': {
    title: 'Only proxies are reachable, on ports 80 and 443',
    promise:
      'Only the load balancer is open to the internet, on ports 80 and 443 only. A security group that is opened to the internet is ' +
      'closed again within minutes, and reported.',
    kind: 'technical',
    rules: [worldOpenIngress, httpsOnly, proxiesApart, openPortGuard],
    provenBy: ['test/lambda/access/open-port-guard/guard.test.ts', 'test/lambda/access/open-port-guard/handler.test.ts'],
    awaits: ['watch: notification of the on-call contacts of a port that was opened'],
  },
  'DSS-5.6.4': {
    title: 'Proxies are physically separate from servers with client data',
    promise:
      'Proxies have subnets of their own, and servers that hold data are spread over distinct hardware. Dedicated tenancy is an option.',
    kind: 'technical',
    rules: [noPublicServers, proxiesApart, distinctHardware],
  },
  'DSS-5.6.5': {
    title: 'VPN is for authorised people only, by personal keys',
    promise: 'One command issues a personal certificate and one revokes it. The private key is never stored.',
    kind: 'technical',
    rules: [clientVpn, vpnAuthority],
    needs: ['access.vpnCertificate'],
    provenBy: ['test/tools/vpn/vpn.test.ts', 'test/tools/vpn/openvpn.test.ts', 'test/runtime/vpn/tls.test.ts'],
  },
  'DSS-5.6.6': {
    title: 'Access to servers is further restricted by a personal SSH key pair',
    promise:
      'Server shells exist only through the session service, or through an instance-connect endpoint with a personal key that is valid ' +
      'for a short time, and only for the group that may see client data.',
    kind: 'technical',
    rules: [serverShells, sessionService, instanceConnect],
    provenBy: ['test/services/collector/instance-connect/instance-connect.test.ts'],
  },
  'DSS-5.6.7': {
    title: 'Break-ins are detected on every server and reported by e-mail',
    promise: 'Every server runs a threat detection agent and keeps host audit logs, and an alarm goes out by e-mail.',
    kind: 'technical',
    rules: [hostAudit],
    provenBy: ['test/services/collector/host/audit.test.ts'],
    awaits: ['collection: threat detection agent on every server', 'watch: alarm by e-mail'],
  },
  'DSS-5.7': {
    title: 'Office devices have anti-virus software',
    promise: 'Every office device runs anti-virus software that updates itself.',
    kind: 'organisational',
    attestedBy: 'IT manager',
    artefact: 'Inventory of office devices with the state of their anti-virus software',
  },
  'DSS-5.8': {
    title: 'The application is tested for penetration every month or on request, with a copy to the client',
    promise:
      'A real scanner tests a separate environment every month and on request. Its report is kept and can be shared with the client, and ' +
      'its findings open incidents.',
    kind: 'technical',
    awaits: ['assurance: monthly scan of a separate environment, with report and incidents'],
  },
};
