// TOM-3.6: all traffic, DNS queries and firewall events are logged to encrypted and retained stores.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { auditArchives } from '../../template/buckets';
import { firewallType, flowLogType, logGroupType, trailType, vpcType } from '../../template/resource-types';

const queryLogging = 'AWS::Route53Resolver::ResolverQueryLoggingConfig';
const queryAssociation = 'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation';
const firewallLogging = 'AWS::NetworkFirewall::LoggingConfiguration';
const firewallLogs = ['ALERT', 'FLOW'];
const destinations = 'LoggingConfiguration.LogDestinationConfigs';

export const networkLogging: Rule = {
  name: 'network-logging',
  requires: 'every VPC logs all traffic and DNS queries, and every network firewall its alerts and flows',
  types: [vpcType, firewallType],
  check: (resource, assembly) => (resource.type === firewallType ? firewallFindings(resource, assembly) : vpcFindings(resource, assembly)),
  guards: [
    guardWhere(flowLogType, isOfVpc, '', remove),
    guardWhere(flowLogType, isOfVpc, 'Properties.ResourceId', remove, replace('vpc')),
    guardWhere(flowLogType, isOfVpc, 'Properties.TrafficType', remove, replace('REJECT'), replace('ACCEPT')),
    guardWhere(flowLogType, isOfVpc, 'Properties.LogDestination', remove, replace('arn:aws:s3:::elsewhere')),
    guard(queryLogging, '', remove),
    guard(queryLogging, 'Properties.DestinationArn', remove, replace('arn:aws:s3:::elsewhere')),
    guard(queryAssociation, '', remove),
    guard(queryAssociation, 'Properties.ResourceId', remove, replace('vpc')),
    guard(queryAssociation, 'Properties.ResolverQueryLogConfigId', remove, replace('rqlc')),
    guard(firewallLogging, '', remove),
    guard(firewallLogging, 'Properties.FirewallArn', remove, replace('arn:aws:network-firewall:firewall')),
    guard(firewallLogging, `Properties.${destinations}.*`, remove),
    guard(firewallLogging, `Properties.${destinations}.*.LogType`, remove, replace('TLS')),
    guard(firewallLogging, `Properties.${destinations}.*.LogDestination`, remove, replace({ logGroup: '/elsewhere' })),
  ],
  reads: [
    { type: trailType, path: 'Properties.S3BucketName' },
    { type: flowLogType, path: 'Properties.LogGroupName' },
  ],
};

function vpcFindings(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (!assembly.ofType(flowLogType).some((log) => logsAll(log, vpc, assembly))) {
    const required = 'a flow log of traffic type ALL to the audit archive or a log group';
    findings.push(finding(vpc, 'flows', '', required, 'Create FlowRecords for the VPC.'));
  }
  const logged = assembly.ofType(queryAssociation).some((association) => {
    if (!assembly.refersTo(association.at('ResourceId'), association, vpc)) return false;
    const config = assembly.target(association.at('ResolverQueryLogConfigId'), association.stack);
    return config?.type === queryLogging && isStore(config.at('DestinationArn'), config, assembly);
  });
  if (!logged)
    findings.push(
      finding(vpc, 'queries', '', 'a query logging configuration that is associated with the VPC', 'Create DnsFirewall for the VPC.'),
    );
  return findings;
}

/** Subnets have flow logs of their own besides (the rule flow-record-addresses). */
function isOfVpc(log: Resource, assembly: Assembly): boolean {
  return assembly.target(log.at('ResourceId'), log.stack)?.type === vpcType;
}

function logsAll(log: Resource, vpc: Resource, assembly: Assembly): boolean {
  const store = log.at('LogDestination') ?? log.at('LogGroupName');
  return assembly.refersTo(log.at('ResourceId'), log, vpc) && log.at('TrafficType') === 'ALL' && isStore(store, log, assembly);
}

/** A log group (the rule retained-logs) or the audit archive (the rule audit-archive). */
function isStore(value: Json | undefined, from: Resource, assembly: Assembly): boolean {
  const store = assembly.target(firstOf(value), from.stack);
  return store?.type === logGroupType || (store !== undefined && auditArchives(assembly).includes(store));
}

/** The bucket in an ARN with a prefix: the first part of the join. */
function firstOf(value: Json | undefined): Json | undefined {
  const join = isObject(value) ? value['Fn::Join'] : undefined;
  return Array.isArray(join) && join[0] === '' ? valueAt(join[1], '0') : value;
}

function firewallFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const configs = assembly.ofType(firewallLogging).filter((logging) => assembly.refersTo(logging.at('FirewallArn'), logging, resource));
  return firewallLogs
    .filter(
      (type) => !configs.some((logging) => listOf(logging.at(destinations)).some((config) => logsTo(config, type, logging, assembly))),
    )
    .map((type) =>
      finding(
        resource,
        type,
        '',
        `a log of ${type} to a log group or the audit archive`,
        `Add a log destination for ${type} to the logging configuration of the firewall.`,
      ),
    );
}

function logsTo(config: Json, type: string, logging: Resource, assembly: Assembly): boolean {
  const destination = valueAt(config, 'LogDestination');
  const store = valueAt(destination, 'logGroup') ?? valueAt(destination, 'bucketName');
  return valueAt(config, 'LogType') === type && isStore(store, logging, assembly);
}
