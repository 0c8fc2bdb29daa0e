// Quotas: what the templates need of each, beside what the account may use. ("Service Quotas User Guide")
import {
  DescribeAddressesCommand,
  DescribeInstanceTypesCommand,
  DescribeVpcsCommand,
  DescribeVpnGatewaysCommand,
} from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Settings } from '../../lib/config/settings/settings';
import type { Account } from './account';
import type { Check, Line } from './line';
import { countOf, isOwn, type Resource } from './templates';

/** A quota by its codes ("AWS service quotas", AWS General Reference). */
interface Quota {
  readonly name: string;
  readonly service: string;
  readonly code: string;
  /** How much of it this deployment needs, with what the account uses already. */
  readonly needed: (account: Account) => Promise<number>;
}

/** Lambda keeps 100 executions free of reservations ("Configuring reserved concurrency"). */
const unreservedExecutions = 100;

export function quotaCheck(account: Account, resources: readonly Resource[], settings: Settings): Check {
  const run = async (): Promise<readonly Line[]> => {
    const lines: Line[] = [];
    for (const quota of quotasOf(resources, settings)) lines.push(await lineOf(account, quota));
    return lines;
  };
  return { name: 'quotas', run };
}

async function lineOf(account: Account, { name, service, code, needed }: Quota): Promise<Line> {
  const { Quota: quota } = await account.serviceQuotas.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }));
  const found = quota?.Value ?? 0;
  const wanted = await needed(account);
  const show = `aws service-quotas get-service-quota --service-code ${service} --quota-code ${code}`;
  const raise = `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${wanted}`;
  const ready = found >= wanted;
  return {
    check: `quota: ${name}`,
    verdict: ready ? 'ready' : 'change',
    found: String(found),
    wanted: `at least ${wanted}`,
    command: `${ready ? show : raise} --region ${account.region}`,
  };
}

/** The quotas that a deployment can reach, with its default for a new account where that is too small or close. */
function quotasOf(resources: readonly Resource[], settings: Settings): readonly Quota[] {
  const count = (type: string) => countOf(resources, type);
  return [
    {
      name: 'Lambda concurrent executions',
      service: 'lambda',
      code: 'L-B99A9384',
      needed: async () => unreservedExecutions + reservedExecutions(resources),
    },
    { name: 'EC2 On-Demand Standard vCPUs', service: 'ec2', code: 'L-1216C47A', needed: (account) => processors(account, settings) },
    {
      name: 'EC2 Elastic IP addresses',
      service: 'ec2',
      code: 'L-0263D0A3',
      needed: async ({ ec2 }) => {
        const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
        return count('AWS::EC2::EIP') + Addresses.filter(({ Tags = [] }) => !isOwn(Tags, resources)).length;
      },
    },
    {
      name: 'VPCs per Region',
      service: 'vpc',
      code: 'L-F678F1CE',
      needed: async ({ ec2 }) => {
        const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
        return count('AWS::EC2::VPC') + Vpcs.filter(({ Tags = [] }) => !isOwn(Tags, resources)).length;
      },
    },
    {
      name: 'Virtual private gateways per Region',
      service: 'ec2',
      code: 'L-7029FAB6',
      needed: async ({ ec2 }) => {
        const own = count('AWS::EC2::VPNGateway');
        if (own === 0) return 0;
        const { VpnGateways = [] } = await ec2.send(new DescribeVpnGatewaysCommand({}));
        return own + VpnGateways.filter(({ State, Tags = [] }) => State !== 'deleted' && !isOwn(Tags, resources)).length;
      },
    },
    { name: 'Interface VPC endpoints per VPC', service: 'vpc', code: 'L-29B6F2EB', needed: async () => interfaceEndpoints(resources) },
    { name: 'Rules per network ACL', service: 'vpc', code: 'L-2AEEBF1A', needed: async () => largest(aclRules(resources)) },
    {
      name: 'Inbound or outbound rules per security group',
      service: 'vpc',
      code: 'L-0EA8095F',
      needed: async () => largest(groupRules(resources)),
    },
  ];
}

/** Executions that the functions of the templates reserve. */
export const reservedExecutions = (resources: readonly Resource[]): number =>
  resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .reduce((sum, { properties }) => sum + Number(properties.ReservedConcurrentExecutions ?? 0), 0);

/** Twice the maximum of the fleet: an instance refresh and a replacement run beside the servers that they replace. */
async function processors({ ec2 }: Account, { collection }: Settings): Promise<number> {
  const { instanceTypes, servers } = collection;
  const { InstanceTypes = [] } = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [...instanceTypes] }));
  const processors = InstanceTypes.map(({ VCpuInfo }) => VCpuInfo?.DefaultVCpus ?? 0);
  if (processors.length === 0)
    throw new Error(`${instanceTypes.join(', ')}: expected instance types of the region, got none; choose others`);
  return 2 * servers.maximum * Math.max(...processors);
}

const interfaceEndpoints = (resources: readonly Resource[]): number =>
  resources.filter(({ type, properties }) => type === 'AWS::EC2::VPCEndpoint' && properties.VpcEndpointType === 'Interface').length;

/** Rows of each network ACL and direction. */
export function aclRules(resources: readonly Resource[]): ReadonlyMap<string, number> {
  const rows = resources.filter(({ type }) => type === 'AWS::EC2::NetworkAclEntry');
  return tally(
    rows.map(({ stack, properties }) => [`${stack}/${JSON.stringify(properties.NetworkAclId)}/${properties.Egress === true}`, 1]),
  );
}

/** Rules of each security group and direction; a prefix list counts as its largest number of entries. */
export function groupRules(resources: readonly Resource[]): ReadonlyMap<string, number> {
  const lists = new Map(
    resources
      .filter(({ type }) => type === 'AWS::EC2::PrefixList')
      .map(({ logicalId, properties }) => [logicalId, Number(properties.MaxEntries)]),
  );
  const weight = (rule: Readonly<Record<string, unknown>>, list: string): number =>
    lists.get(JSON.stringify(rule[list] ?? '').match(/"(?:Ref|Fn::GetAtt)":\s*\[?"(\w+)"/)?.[1] ?? '') ?? 1;
  return tally(
    resources.flatMap(({ type, stack, logicalId, properties }): [string, number][] => {
      const of = (direction: string, rules: unknown, list: string): [string, number][] =>
        ((rules ?? []) as Readonly<Record<string, unknown>>[]).map((rule) => [`${stack}/${logicalId}/${direction}`, weight(rule, list)]);
      if (type === 'AWS::EC2::SecurityGroup') {
        return [
          ...of('in', properties.SecurityGroupIngress, 'SourcePrefixListId'),
          ...of('out', properties.SecurityGroupEgress, 'DestinationPrefixListId'),
        ];
      }
      const direction = { 'AWS::EC2::SecurityGroupIngress': 'in', 'AWS::EC2::SecurityGroupEgress': 'out' }[type];
      if (direction === undefined) return [];
      const list = direction === 'in' ? 'SourcePrefixListId' : 'DestinationPrefixListId';
      return [[`${stack}/${groupOf(properties.GroupId)}/${direction}`, weight(properties, list)]];
    }),
  );
}

/** The logical id of a group that a rule belongs to, or the import that names it. */
function groupOf(value: unknown): string {
  const getAtt = (value as { 'Fn::GetAtt'?: readonly [string] } | undefined)?.['Fn::GetAtt'];
  return getAtt?.[0] ?? JSON.stringify(value);
}

function tally(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [key, weight] of entries) sums.set(key, (sums.get(key) ?? 0) + weight);
  return sums;
}

const largest = (counts: ReadonlyMap<string, number>): number => Math.max(0, ...counts.values());
