// TOM, chapter 6: availability.

import { managementVpn } from '../rules/access/management-vpn';
import { tunnelWatch } from '../rules/access/tunnel-watch';
import { backupFreshness } from '../rules/backup/backup-freshness';
import { dailyBackups } from '../rules/backup/daily-backups';
import { lockedVaults } from '../rules/backup/locked-vaults';
import { collectorsBehindProxies } from '../rules/collection/collectors-behind-proxies';
import { declaredPackages } from '../rules/collection/declared-packages';
import { firstServers } from '../rules/collection/first-servers';
import { fleetScaling } from '../rules/collection/fleet-scaling';
import { losslessCollectors } from '../rules/collection/lossless-collectors';
import { mirroredDisks } from '../rules/collection/mirrored-disks';
import { redundantFleets } from '../rules/collection/redundant-fleets';
import { singleTaskServers } from '../rules/collection/single-task-servers';
import { databaseIsolation } from '../rules/database/database-isolation';
import { databaseRetention } from '../rules/database/database-retention';
import { databaseStandby } from '../rules/database/database-standby';
import { deadLetters } from '../rules/deployment/dead-letters';
import { decidedInside } from '../rules/deployment/decided-inside';
import { declaredProperties } from '../rules/deployment/declared-properties';
import { declaredResources } from '../rules/deployment/declared-resources';
import { declaredSections } from '../rules/deployment/declared-sections';
import { encryptionAtRest } from '../rules/deployment/encryption-at-rest';
import { noHardCodedIds } from '../rules/deployment/no-hard-coded-ids';
import { statedEgress } from '../rules/deployment/stated-egress';
import { unconditional } from '../rules/deployment/unconditional';
import { worldOpenIngress } from '../rules/deployment/world-open-ingress';
import { zones } from '../rules/deployment/zones';
import { defaultSecurityGroup } from '../rules/network/default-security-group';
import { dnsFirewall } from '../rules/network/dns-firewall';
import { egressFiltering } from '../rules/network/egress-filtering';
import { egressPerZone } from '../rules/network/egress-per-zone';
import { endpointPolicies } from '../rules/network/endpoint-policies';
import { networkAcls } from '../rules/network/network-acls';
import { tierResidents } from '../rules/network/tier-residents';
import { dataBuckets } from '../rules/storage/data-buckets';
import type { Chapter } from './chapters';
import { awsDataCenterControls, awsSoc2 } from './provider';

export const tom6: Chapter<'TOM-6'> = {
  'TOM-6.1': {
    title: 'Servers are redundant',
    promise: 'Every fleet has at least 2 servers over at least 2 availability zones, and health checks replace a server that fails.',
    kind: 'technical',
    rules: [redundantFleets, firstServers, zones],
    provenBy: ['test/lambda/collection/first-servers/wait.test.ts'],
  },
  'TOM-6.2': {
    title: 'Disks are redundant (RAID)',
    promise:
      'Data disks of servers are encrypted, monitored and mirrored in pairs. A degraded pair raises an alarm, and the server is replaced.',
    kind: 'technical',
    rules: [mirroredDisks, encryptionAtRest, deadLetters],
    provenBy: [
      'test/services/collector/host/disks.test.ts',
      'test/services/collector/host/array-watch.test.ts',
      'test/lambda/collection/server-replacement/replace.test.ts',
    ],
  },
  'TOM-6.3': {
    title: 'Servers are in two buildings',
    promise: 'All tiers run over at least 2 availability zones, and each database has a standby in another zone.',
    kind: 'technical',
    rules: [zones, databaseStandby, redundantFleets],
  },
  'TOM-6.4': {
    title: 'Power is uninterruptible',
    promise: 'The cloud provider feeds its data centres from redundant supplies, with batteries and generators for grid failures.',
    kind: 'inherited',
    attestation: `${awsSoc2}; ${awsDataCenterControls}`,
  },
  'TOM-6.5': {
    title: 'There are several internet connections',
    promise:
      'Each availability zone has its own path to the internet and its routes stay in the zone. The VPN to the management network has ' +
      '2 tunnels.',
    kind: 'technical',
    rules: [egressPerZone, managementVpn, tunnelWatch],
    needs: ['access.managementGateway', 'access.managementNetworks'],
  },
  'TOM-6.6': {
    title: 'The network is secured by firewalls',
    promise:
      'Each tier has its own security groups, network ACLs deny by default, traffic to the internet is filtered by domain, ' +
      'and a DNS firewall resolves allowed names only.',
    kind: 'technical',
    rules: [
      networkAcls,
      egressFiltering,
      endpointPolicies,
      dnsFirewall,
      defaultSecurityGroup,
      databaseIsolation,
      worldOpenIngress,
      statedEgress,
      singleTaskServers,
      collectorsBehindProxies,
      tierResidents,
    ],
  },
  'TOM-6.7': {
    title: 'Backups are kept up to one month',
    promise: 'Backups are kept for 30 days.',
    kind: 'technical',
    rules: [databaseRetention, dataBuckets, lockedVaults, dailyBackups, backupFreshness],
  },
  'TOM-6.8': {
    title: 'Servers have a single task; unneeded software is excluded',
    promise:
      'Each fleet carries exactly 1 role, which its tag declares, with its own instance profile, security group and open port. The ' +
      'installed packages of a server equal a declared list: the boot removes all others, and each server compares them every 15 ' +
      'minutes.',
    kind: 'technical',
    rules: [singleTaskServers, declaredPackages],
    provenBy: ['test/services/collector/host/packages.test.ts'],
  },
  'TOM-6.9': {
    title: 'Collection scales automatically with traffic',
    promise:
      'The collector fleet follows the number of requests per server and grows faster when the queue ages. Scheduled and predictive ' +
      'scaling can be turned on, and the number of servers has a maximum.',
    kind: 'technical',
    rules: [fleetScaling, losslessCollectors],
  },
  'TOM-6.10': {
    title: 'The infrastructure is industrialised and can be deployed anywhere',
    promise: 'The same code deploys to another region with one command, because it hard-codes no region, zone, account or image.',
    kind: 'technical',
    rules: [declaredResources, declaredProperties, declaredSections, decidedInside, noHardCodedIds, unconditional],
  },
};
