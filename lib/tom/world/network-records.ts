// Records of the network: flows, names, and what the firewalls dropped, encrypted and retained. (TOM-2.1, TOM-3.6)
import type { DeploymentFacts } from '../template/assembly';
import { flowLogType } from '../template/resource-types';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { logGroup } from './log-groups';
import { hasFirewall, whereTier } from './network-addresses';
import { subnetName, type TierName, tierNames, vpc, zones } from './network-tiers';
import { tags } from './tags';

/** Construct ids of the log groups, and the last parts of their names. */
const logs = { DnsQueries: 'dns-queries', FirewallAlerts: 'firewall-alerts', FirewallFlows: 'firewall-flows' } as const;
type LogId = keyof typeof logs;

const log = (id: LogId, when?: (facts: DeploymentFacts) => boolean): Declaration =>
  logGroup(
    `network/${id}`,
    { name: `/rempart/<deployment>/${logs[id]}`, key: 'account/DeploymentKey', classification: 'confidential' },
    when ? { when } : {},
  );

/** Logging begins after the policy, or AWS creates a broader one ("Enable logging from AWS services"). */
const afterDelivery = { dependsOn: ['${network/LogDeliveryResourcePolicy}'] };

const firewallDestination = (type: string, id: LogId) => ({
  LogDestination: { logGroup: `\${network/${id}}` },
  LogDestinationType: 'CloudWatchLogs',
  LogType: type,
});

/** Fields of a flow record, in their order ("Flow log records"). */
const flowFields = [
  ...['version', 'account-id', 'region', 'az-id', 'vpc-id', 'subnet-id', 'instance-id', 'interface-id', 'resource-id', 'start', 'end'],
  ...['action', 'reject-reason', 'flow-direction', 'traffic-path', 'type', 'protocol', 'tcp-flags', 'srcaddr', 'srcport', 'dstaddr'],
  ...['dstport', 'pkt-srcaddr', 'pkt-dstaddr', 'pkt-src-aws-service', 'pkt-dst-aws-service', 'packets', 'bytes', 'encryption-status'],
  'log-status',
];

/** Records of the whole VPC: at the proxies, one end is a visitor. (TOM-4.13) */
const fieldsWithoutAddresses = flowFields.filter((field) => !field.endsWith('addr'));

const flowLog = (
  name: string,
  recorded: Readonly<Record<'ResourceId' | 'ResourceType', string>>,
  fields: readonly string[],
  options: DeclarationOptions = {},
): Declaration =>
  declare(
    flowLogType,
    `network/FlowRecords${name}`,
    {
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
      LogDestination: '${account/AuditArchive.Arn}/flow-logs/',
      LogDestinationType: 's3',
      LogFormat: fields.map((field) => `$!{${field}}`).join(' '),
      MaxAggregationInterval: 60,
      ...recorded,
      Tags: tags('confidential'),
      TrafficType: 'ALL',
    },
    options,
  );

/** One flow log for each subnet of a tier. */
const ofTier = (tier: TierName): Declaration =>
  flowLog(`${tier}<zone>`, { ResourceId: `\${${subnetName(tier, '<zone>')}}`, ResourceType: 'Subnet' }, flowFields, {
    variables: { zone: zones },
    ...whereTier(tier),
  });

export const recordDeclarations: readonly Declaration[] = [
  log('DnsQueries'),
  log('FirewallAlerts', hasFirewall),
  log('FirewallFlows', hasFirewall),
  declare(
    'AWS::NetworkFirewall::LoggingConfiguration',
    'network/EgressFirewallLoggingZone<zone>',
    {
      FirewallArn: '${network/EgressFirewallZone<zone>.FirewallArn}',
      LoggingConfiguration: {
        LogDestinationConfigs: [firewallDestination('ALERT', 'FirewallAlerts'), firewallDestination('FLOW', 'FirewallFlows')],
      },
    },
    { ...afterDelivery, when: hasFirewall, variables: { zone: zones } },
  ),
  declare(
    'AWS::Route53Resolver::ResolverQueryLoggingConfig',
    'network/DnsFirewallQueryLoggingConfig',
    {
      DestinationArn: '${network/DnsQueries.Arn}',
      Name: '<deployment>-dns-queries',
      // A change of its tags would replace it, so it has only the tag that never changes.
      Tags: [{ Key: 'rempart:deployment', Value: '<deployment>' }],
    },
    afterDelivery,
  ),
  declare(
    'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation',
    'network/DnsFirewallQueryLoggingAssociation',
    { ResolverQueryLogConfigId: '${network/DnsFirewallQueryLoggingConfig.Id}', ResourceId: vpc },
    afterDelivery,
  ),
  flowLog('Vpc', { ResourceId: vpc, ResourceType: 'VPC' }, fieldsWithoutAddresses),
  ...tierNames.filter((tier) => tier !== 'public').map(ofTier),
];
