// Where the sessions of people begin: each origin is a network whose keys all requests of the session have. Derived
// from the configuration and not from the trusts, so that a trust with another network refuses an origin.
import { type PeopleRole, peopleRoles } from '../../lib/config/names';
import { subnetRange } from '../../lib/tom/world/network-addresses';
import { peopleRoleId } from '../../lib/tom/world/people-roles';
import { type StandIn, standInAccount } from './stand-in';

type Context = Readonly<Record<string, string>>;

/** A network of sessions. */
export interface Origin {
  /** As in `the office 192.0.2.0/24`. */
  readonly name: string;
  /** Keys with their values as in conditions: a public range, or the VPC and a range within it. */
  readonly network: Context;
  /** Keys of requests: the same with the first address of the range. */
  readonly context: Context;
  /** Whether requests pass the endpoints of the VPC. */
  readonly inVpc: boolean;
}

/** The role of people that has a name; `undefined` for a role of a program or service. */
export const personOf = (name: string): PeopleRole | undefined => peopleRoles.find((role) => `${peopleRoleId(role)}Role` === name);

/** A request has either a public address or, through an endpoint, a VPC ("AWS global condition context keys"). */
const originOf = (name: string, network: Context): Origin => ({
  name,
  network,
  context: Object.fromEntries(Object.entries(network).map(([key, value]) => [key, value.replace(/\/\d+$/, '')])),
  inVpc: network['aws:SourceVpc'] !== undefined,
});
const publicOrigin = (name: string, range: string): Origin => originOf(name, { 'aws:SourceIp': range });
const vpcOrigin = (name: string, vpc: string, range: string): Origin => originOf(name, { 'aws:SourceVpc': vpc, 'aws:VpcSourceIp': range });

const vpcOf = (standIn: StandIn): string => String(standIn.concrete('${network/Vpc}'));

const offices = ({ assembly }: StandIn): readonly Origin[] =>
  assembly.facts.settings.access.officeAddresses.map((range) => publicOrigin(`the office ${range}`, range));

/** The endpoints, which are all that the VPN leads to (docs/adr/0017). */
const vpn = (standIn: StandIn): Origin =>
  vpcOrigin('the VPN through the endpoints', vpcOf(standIn), subnetRange('vpn', '1', standIn.assembly.facts));

const management = (standIn: StandIn): readonly Origin[] =>
  standIn.assembly.facts.settings.access.managementNetworks.map(({ name, cidr }) =>
    vpcOrigin(`the management network ${name}`, vpcOf(standIn), cidr),
  );

/** A public address that no configuration names (RFC 5737). */
const elsewhere = publicOrigin('an address elsewhere', '198.51.100.254/32');
/** Servers and functions call the internet from the address of a NAT gateway, and no person does. */
const gateway = (standIn: StandIn): Origin =>
  publicOrigin('a NAT gateway', `${String(standIn.concrete('${network/NatAddress1.PublicIp}'))}/32`);
const known = (standIn: StandIn): readonly Origin[] => [...offices(standIn), vpn(standIn)];

/** The networks of each role; a role without an entry is assumed and used from anywhere. */
const networks: Readonly<Partial<Record<PeopleRole, (standIn: StandIn) => readonly Origin[]>>> = {
  'client-data-team': known,
  'infrastructure-manager': management,
  'it-team': known,
  recovery: offices,
};

/** The origins from which a role of people is assumed and used. */
export const originsOf = (role: PeopleRole, standIn: StandIn): readonly Origin[] => networks[role]?.(standIn) ?? [elsewhere];

/** Origins from which a role may not be used: none for a role that is used from anywhere. */
export function strangersOf(role: PeopleRole, standIn: StandIn): readonly Origin[] {
  const own = originsOf(role, standIn);
  if (!networks[role]) return [];
  const range = own.find(({ inVpc }) => inVpc)?.network['aws:VpcSourceIp'] ?? '10.0.0.0/8';
  return [elsewhere, gateway(standIn), vpcOrigin('another VPC with the same addresses', 'vpc-0fedcba9876543210', range)];
}

/** Who assumes a role, with the keys of the request: a user, a permission set, an outside account or a workflow. */
export function assumptionOf(
  role: PeopleRole,
  { assembly: { facts } }: StandIn,
): { readonly principal: string; readonly context: Context } {
  const { access } = facts.settings;
  const account = `arn:aws:iam::${standInAccount}`;
  if (role === 'auditor')
    return {
      principal: `arn:aws:iam::${access.auditor?.account}:user/person`,
      context: { 'sts:ExternalId': access.auditor?.externalId ?? '' },
    };
  if (access.signIn === 'users')
    return {
      principal: `${account}:user/person`,
      context: {
        'aws:MultiFactorAuthPresent': 'true',
        'aws:MultiFactorAuthAge': String(access.timeouts.consoleSessionMinutes * 60),
        'aws:PrincipalTag/rempart:team': role,
        'aws:username': 'person',
        'sts:RoleSessionName': 'person',
      },
    };
  const principal = `${account}:role/aws-reserved/sso.amazonaws.com/${facts.region}/AWSReservedSSO_${role}_0123456789abcdef`;
  return {
    principal,
    context: { 'aws:PrincipalArn': principal, 'aws:userid': 'AROAEXAMPLE:person', 'sts:RoleSessionName': 'person' },
  };
}
