// TOM-4.13: flow records of proxy subnets have no addresses, and those of every other subnet have them.
import { type Finding, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { flowLogType, subnetType, vpcType } from '../../template/resource-types';
import { proxyTier, subnetOf } from '../../template/topology';

/** Fields with the address of an end, which may be a visitor ("Flow log records"). */
const addresses = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

const fix = 'Create FlowRecords for the subnets of the VPC.';

export const flowRecordAddresses: Rule = {
  name: 'flow-record-addresses',
  requires: 'flow records of proxy subnets have no addresses of visitors, and those of every other subnet have both ends',
  types: [flowLogType],
  check(log, assembly) {
    const tier = tierOf(log, assembly);
    if (tier === undefined) {
      return [finding(log, 'resource', 'Properties.ResourceId', 'a subnet of the deployment: its tier decides on the fields', fix)];
    }
    return tier === proxyTier ? proxyFindings(log) : otherFindings(log);
  },
  guards: [
    guardWhere(flowLogType, isOfProxies, 'Properties.LogFormat', remove, ...addresses.map((name) => replace(`\${start} \${${name}}`))),
    guardWhere(flowLogType, isOfOthers, 'Properties.LogFormat', remove, replace('${start} ${srcaddr}'), replace('${start}')),
    guardWhere(flowLogType, isOfProxies, 'Properties.ResourceId', remove),
  ],
  bypasses: [
    {
      name: 'a flow log of the whole VPC',
      resources: (vpc) => ({
        Everything: { Type: flowLogType, Properties: { ResourceId: { Ref: vpc.logicalId }, ResourceType: 'VPC', LogFormat: '${start}' } },
      }),
      beside: vpcType,
    },
  ],
  reads: [
    { type: flowLogType, path: 'Properties.ResourceId' },
    { type: subnetType, path: 'Properties.Tags' },
  ],
};

function tierOf(log: Resource, assembly: Assembly): string | undefined {
  return subnetOf(assembly.target(log.at('ResourceId'), log.stack), assembly)?.tier;
}

function isOfProxies(log: Resource, assembly: Assembly): boolean {
  return tierOf(log, assembly) === proxyTier;
}

function isOfOthers(log: Resource, assembly: Assembly): boolean {
  return !isOfProxies(log, assembly);
}

/** The fields of the records; a log without a format has the default one, with addresses ("Flow log records"). */
function fieldsOf(log: Resource): readonly string[] | undefined {
  const format = log.at('LogFormat');
  return typeof format === 'string' ? [...format.matchAll(/\$\{([a-z-]+)\}/g)].map(([, name]) => name ?? '') : undefined;
}

function proxyFindings(log: Resource): readonly Finding[] {
  const fields = fieldsOf(log);
  if (fields && !fields.some((name) => addresses.includes(name))) return [];
  return [finding(log, 'addresses', 'Properties.LogFormat', `a format without ${addresses.join(', ')}`, fix)];
}

function otherFindings(log: Resource): readonly Finding[] {
  const fields = fieldsOf(log);
  if (fields && addresses.every((name) => fields.includes(name))) return [];
  return [finding(log, 'ends', 'Properties.LogFormat', `a format with ${addresses.join(', ')}`, fix)];
}
