// TOM-3.6: all traffic, every DNS query and what the firewalls see is logged, to encrypted stores that are kept.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { auditArchives } from '../../template/buckets';

const flowLog = 'AWS::EC2::FlowLog';
const queryLogging = 'AWS::Route53Resolver::ResolverQueryLoggingConfig';
const queryAssociation = 'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation';
const firewall = 'AWS::NetworkFirewall::Firewall';
const firewallLogging = 'AWS::NetworkFirewall::LoggingConfiguration';
const firewallLogs = ['ALERT', 'FLOW'];
const destinations = 'LoggingConfiguration.LogDestinationConfigs';

export const networkLogging: Rule = {
  name: 'network-logging',
  requires: 'every VPC logs all its traffic and DNS queries, and every firewall its alerts and flows, to a log group or the audit archive',
  types: ['AWS::EC2::VPC', firewall],
  check: (resource, assembly) => (resource.type === firewall ? firewallFindings(resource, assembly) : vpcFindings(resource, assembly)),
  guards: [
    guard(flowLog, '', remove),
    guard(flowLog, 'Properties.ResourceId', remove, replace('vpc')),
    guard(flowLog, 'Properties.TrafficType', remove, replace('REJECT'), replace('ACCEPT')),
    guard(flowLog, 'Properties.LogDestination', remove, replace('arn:aws:s3:::elsewhere')),
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
    { type: 'AWS::CloudTrail::Trail', path: 'Properties.S3BucketName' },
    { type: flowLog, path: 'Properties.LogGroupName' },
  ],
};

function vpcFindings(vpc: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  if (!assembly.ofType(flowLog).some((log) => logsAll(log, vpc, assembly))) {
    const required = 'a flow log of ALL traffic to the audit archive or a log group';
    findings.push(finding(vpc, 'flows', '', required, 'Build FlowRecords for the VPC.'));
  }
  const logged = assembly.ofType(queryAssociation).some((association) => {
    if (!assembly.refersTo(association.at('ResourceId'), association, vpc)) return false;
    const config = assembly.target(association.at('ResolverQueryLogConfigId'), association.stack);
    return config?.type === queryLogging && isStore(config.at('DestinationArn'), config, assembly);
  });
  if (!logged) findings.push(finding(vpc, 'queries', '', 'an associated DNS query log', 'Build DnsFirewall for the VPC.'));
  return findings;
}

function logsAll(log: Resource, vpc: Resource, assembly: Assembly): boolean {
  const store = log.at('LogDestination') ?? log.at('LogGroupName');
  return assembly.refersTo(log.at('ResourceId'), log, vpc) && log.at('TrafficType') === 'ALL' && isStore(store, log, assembly);
}

/** A log group (that it is encrypted and kept is the rule retained-logs) or the audit archive (the rule audit-archive). */
function isStore(value: Json | undefined, from: Resource, assembly: Assembly): boolean {
  const store = assembly.target(firstOf(value), from.stack);
  return store?.type === 'AWS::Logs::LogGroup' || (store !== undefined && auditArchives(assembly).includes(store));
}

/** The bucket in the ARN of a folder: what a join begins with. */
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
      finding(resource, type, '', `a log of ${type} to a log group or the audit archive`, 'Log ALERT and FLOW of every firewall.'),
    );
}

function logsTo(config: Json, type: string, logging: Resource, assembly: Assembly): boolean {
  const destination = valueAt(config, 'LogDestination');
  const store = valueAt(destination, 'logGroup') ?? valueAt(destination, 'bucketName');
  return valueAt(config, 'LogType') === type && isStore(store, logging, assembly);
}
