// The networks from which a role of people is assumed, and from which its sessions are used: the same known ones.
import { type AddressRange, rangeOf, rangesOverlap } from '../../../config/address-range';
import { type Finding, finding } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from '../../template/assembly';
import { type Admission, permissionsOf } from '../../template/people';
import type { Statement } from '../../template/policies';
import { vpcType } from '../../template/resource-types';

/** Keys of a condition that name networks; of public addresses, of the VPC, and of addresses within it. */
const keys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:VpcSourceIp'] as const;
type NetworkKey = (typeof keys)[number];

/** The networks of a condition, by key, with the values that are joined. */
type Networks = Readonly<Partial<Record<NetworkKey, readonly Json[]>>>;

/** Shortest prefix of an office: 4,096 addresses. */
const shortestPrefix = 20;

/** The trust admits known networks only, and the permissions deny the use of a session from others. */
export function networkFindings(role: Resource, own: readonly Admission[], assembly: Assembly): readonly Finding[] {
  if (own.length === 0) return [];
  const open = own.filter(({ statement }) => !isWithin(networksOf(statement.json.Condition, 'IpAddress', 'StringEquals'), role, assembly));
  const required = isManager(role, assembly)
    ? 'IpAddress aws:VpcSourceIp of access.managementNetworks alone, and StringEquals aws:SourceVpc of the VPC'
    : 'IpAddress aws:SourceIp of access.officeAddresses, or StringEquals aws:SourceVpc of the VPC';
  const fix = 'Use peopleOf of lib/access/role-trust.ts.';
  return [
    ...open.map(({ statement: { path } }) => finding(role, `network::${path}`, `Properties.${path}.Condition`, required, fix)),
    ...(deniesOtherNetworks(role, assembly)
      ? []
      : [finding(role, 'session-network', '', 'a denial of requests from other networks', 'Add fromKnownNetworks to its calls.')]),
  ];
}

/** The infrastructure manager works from the management networks alone. (TOM-3.1) */
const isManager = (role: Resource, { facts: { deployment, region } }: Assembly): boolean =>
  role.at('RoleName') === `${deployment}-infrastructure-manager-${region}`;

/** Whether all of the networks of a condition are known ones of the role. Each of them is one more requirement. */
function isWithin(networks: Networks, role: Resource, assembly: Assembly): boolean {
  const isKnown = keys.every((key) => (networks[key] ?? []).every((value) => isKnownNetwork(key, value, role, assembly)));
  const needed: readonly NetworkKey[] = isManager(role, assembly) ? ['aws:VpcSourceIp', 'aws:SourceVpc'] : [];
  const isNamed = networks['aws:SourceIp'] !== undefined || networks['aws:SourceVpc'] !== undefined;
  return isKnown && isNamed && needed.every((key) => networks[key] !== undefined);
}

/** The networks that two operators of a condition name: one for addresses, one for the VPC. */
function networksOf(condition: Json | undefined, forAddresses: string, forVpc: string): Networks {
  const values = Object.fromEntries(
    keys.map((key) => [key, valueAt(condition, `${key === 'aws:SourceVpc' ? forVpc : forAddresses}.${key}`)]),
  );
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, listOf(value)]])));
}

function isKnownNetwork(key: NetworkKey, value: Json, { stack }: Resource, assembly: Assembly): boolean {
  if (key === 'aws:SourceVpc') return assembly.target(value, stack)?.type === vpcType;
  const { managementNetworks, officeAddresses } = assembly.facts.settings.access;
  if (key === 'aws:VpcSourceIp')
    return isInOneOf(
      managementNetworks.map(({ cidr }) => cidr),
      value,
    );
  return isInOneOf(
    officeAddresses.filter((office) => rangeOf(office).prefix >= shortestPrefix),
    value,
  );
}

function isInOneOf(ranges: readonly string[], value: Json): boolean {
  const range = typeof value === 'string' ? readRange(value) : undefined;
  return range !== undefined && ranges.map(rangeOf).some((known) => known.prefix <= range.prefix && rangesOverlap(known, range));
}

function readRange(text: string): AddressRange | undefined {
  try {
    return rangeOf(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether the denials of a role leave known networks alone. One denial leaves each network that it names; of two, what
 * both leave. A denial of private addresses leaves those of any VPC, so the VPC needs one of its own.
 */
function deniesOtherNetworks(role: Resource, assembly: Assembly): boolean {
  const denials = permissionsOf(role, assembly).flatMap(networkDenial);
  const leaves = (networks: Networks): boolean =>
    Object.entries(networks).every(([key, values]) => values.every((value) => isKnownNetwork(key as NetworkKey, value, role, assembly)));
  const known = denials.filter(leaves);
  const only = (key: NetworkKey): boolean => known.some((networks) => Object.keys(networks).join() === key);
  if (isManager(role, assembly)) return only('aws:VpcSourceIp') && only('aws:SourceVpc');
  if (assembly.facts.settings.access.officeAddresses.length === 0) return only('aws:SourceVpc');
  return known.some((networks) => networks['aws:SourceIp'] !== undefined && networks['aws:VpcSourceIp'] === undefined);
}

/** Operators of a denial by network, with every key that they may have: any other one spares requests. */
const denialKeys: Readonly<Record<string, readonly string[]>> = {
  NotIpAddress: ['aws:SourceIp', 'aws:VpcSourceIp'],
  StringNotEquals: ['aws:SourceVpc'],
  BoolIfExists: ['aws:ViaAWSService'],
};

/**
 * The networks that a statement leaves, if it denies every action of a session from others, and spares nobody else.
 */
function networkDenial({ effect, actions, resources, json: { Condition } }: Statement): readonly Networks[] {
  if (effect !== 'Deny' || !actions.includes('*') || !resources.includes('*') || !isObject(Condition)) return [];
  const spares = Object.entries(Condition).some(([operator, values]) => !isOnly(values, denialKeys[operator] ?? []));
  const excludesServices = String(valueAt(Condition, 'BoolIfExists.aws:ViaAWSService')) === 'false';
  const networks = networksOf(Condition, 'NotIpAddress', 'StringNotEquals');
  return spares || !excludesServices || Object.keys(networks).length === 0 ? [] : [networks];
}

const isOnly = (values: Json | undefined, allowed: readonly string[]): boolean =>
  isObject(values) && Object.keys(values as JsonObject).every((key) => allowed.includes(key));
