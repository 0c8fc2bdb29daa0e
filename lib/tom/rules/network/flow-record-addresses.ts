// TOM-4.13: flow records of proxy subnets have no addresses, and every other subnet has records with them.
import { type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { flowLogType, subnetType, vpcType } from '../../template/resource-types';
import { proxyTier, subnetOf } from '../../template/topology';

/** Fields with the address of an end, which may be a visitor ("Flow log records"). */
const addresses = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/** Those of the default format. */
const defaultAddresses = ['srcaddr', 'dstaddr'];

const fix = 'Create FlowRecords for the VPC and for its subnets other than those of proxies.';

export const flowRecordAddresses: Rule = {
  name: 'flow-record-addresses',
  requires: 'flow records that include proxies have no addresses, and every other subnet has records with both ends',
  types: [flowLogType, subnetType],
  check(resource, assembly) {
    if (resource.type === subnetType) return subnetFindings(resource, assembly);
    return isOfOtherTier(resource, assembly) ? 'not-applicable' : proxyFindings(resource);
  },
  guards: [
    guardWhere(flowLogType, includesProxies, 'Properties.LogFormat', remove, ...addresses.map((name) => replace(`\${start} \${${name}}`))),
    guardWhere(flowLogType, isOfOtherTier, '', remove),
    guardWhere(flowLogType, isOfOtherTier, 'Properties.LogFormat', remove, replace('${start} ${srcaddr}')),
    guardWhere(flowLogType, isOfOtherTier, 'Properties.TrafficType', remove, replace('REJECT')),
    guardWhere(flowLogType, isOfOtherTier, 'Properties.ResourceId', remove),
  ],
  bypasses: [
    {
      name: 'a second flow log of the VPC, in the default format',
      resources: (vpc) => ({ Second: { Type: flowLogType, Properties: { ResourceId: { Ref: vpc.logicalId }, ResourceType: 'VPC' } } }),
      beside: vpcType,
    },
    {
      name: 'a flow log of a network interface, with addresses',
      resources: { Interface: { Type: flowLogType, Properties: { ResourceId: 'eni-1', LogFormat: '${srcaddr} ${dstaddr}' } } },
    },
  ],
  reads: [{ type: subnetType, path: 'Properties.Tags' }],
};

function tierOf(log: Resource, assembly: Assembly): string | undefined {
  return subnetOf(assembly.target(log.at('ResourceId'), log.stack), assembly)?.tier;
}

/** Whether a flow log is one of a subnet without proxies. Any other one may record visitors. */
function isOfOtherTier(log: Resource, assembly: Assembly): boolean {
  const tier = tierOf(log, assembly);
  return tier !== undefined && tier !== proxyTier;
}

function includesProxies(log: Resource, assembly: Assembly): boolean {
  return !isOfOtherTier(log, assembly);
}

/** The fields of the records; a log without a format has the default one, with addresses ("Flow log records"). */
function fieldsOf(log: Resource): readonly string[] {
  const format = log.at('LogFormat');
  return typeof format === 'string' ? [...format.matchAll(/\$\{([a-z-]+)\}/g)].map(([, name]) => name ?? '') : defaultAddresses;
}

function proxyFindings(log: Resource): readonly Finding[] {
  if (!fieldsOf(log).some((name) => addresses.includes(name))) return [];
  return [finding(log, 'addresses', 'Properties.LogFormat', `a format without ${addresses.join(', ')}`, fix)];
}

function subnetFindings(subnet: Resource, assembly: Assembly): 'not-applicable' | readonly Finding[] {
  if (subnetOf(subnet, assembly)?.tier === proxyTier) return 'not-applicable';
  const isRecorded = assembly.ofType(flowLogType).some((log) => assembly.refersTo(log.at('ResourceId'), log, subnet) && hasEnds(log));
  return isRecorded ? [] : [finding(subnet, 'ends', '', `a flow log of all traffic with ${addresses.join(', ')}`, fix)];
}

const hasEnds = (log: Resource): boolean => log.at('TrafficType') === 'ALL' && addresses.every((name) => fieldsOf(log).includes(name));
