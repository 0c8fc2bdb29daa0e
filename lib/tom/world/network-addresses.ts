// Addresses of the network, from `network.vpcCidr` alone: the range of each tier and of each of its subnets, and the
// parts of the network that a configuration outside production leaves out.
import type { DeploymentFacts } from '../template/assembly';
import { opaque } from '../template/canonical';
import type { TierName } from './network-tiers';

/** Subnets for which each tier has addresses; three are used, one in each zone. */
const slots = 4;

/** The tiers in the order of their addresses, and the bits by which the mask of a subnet exceeds that of the VPC. */
const plan: readonly (readonly [TierName, (vpcMask: number) => number])[] = [
  ['private', (mask) => mask + 3],
  ['public', (mask) => mask + 5],
  ['isolated', (mask) => mask + 5],
  ['functions', (mask) => mask + 5],
  // The smallest subnet of AWS ("Subnet sizing").
  ['egress', () => 28],
  ['firewall', () => 28],
  // The smallest subnet that Client VPN accepts.
  ['vpn', () => 27],
];

/** The range of a tier over all zones, as in `10.64.0.0/17`. */
export function tierRange(tier: TierName, facts: DeploymentFacts): string {
  const { first, mask } = placeOf(tier, facts);
  return `${addressText(first)}/${mask - Math.log2(slots)}`;
}

/** The range of the subnet of a tier in a zone, from `1`. */
export function subnetRange(tier: TierName, zone: string, facts: DeploymentFacts): string {
  const { first, mask } = placeOf(tier, facts);
  return `${addressText(first + (Number(zone) - 1) * 2 ** (32 - mask))}/${mask}`;
}

function placeOf(tier: TierName, { settings }: DeploymentFacts): { readonly first: number; readonly mask: number } {
  const [address = '', prefix] = settings.network.vpcCidr.split('/');
  let first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  for (const [name, maskIn] of plan) {
    const mask = maskIn(Number(prefix));
    if (name === tier) return { first, mask };
    first += slots * 2 ** (32 - mask);
  }
  throw new Error(`address plan: expected a tier, got ${tier}; add it to the plan`);
}

const addressText = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The IPv6 range of the subnet of a tier in a zone: a /64 of the range that AWS assigns to the VPC. */
export function subnetRange6(tier: TierName, zone: string): string {
  const index = plan.findIndex(([name]) => name === tier) * slots + Number(zone) - 1;
  const whole = opaque('Fn::Select', [0, '${network/Vpc.Ipv6CidrBlocks}']);
  return opaque('Fn::Select', [index, opaque('Fn::Cidr', [whole, plan.length * slots, '64'])]);
}

/** The availability zone with a number, from `1`: the zones of the region in the order of CloudFormation. */
export const zoneText = (zone: string): string => opaque('Fn::Select', [Number(zone) - 1, opaque('Fn::GetAZs', '')]);

/** Whether the network has firewalls. Production cannot leave them out. (TOM-6.6) */
export const hasFirewall = ({ environment, settings }: DeploymentFacts): boolean =>
  environment === 'production' || settings.network.firewall;

/** Whether a site has a Client VPN. (TOM-3.2) */
export const hasVpn = ({ site, settings }: DeploymentFacts): boolean => settings.access.vpnCertificate[site] !== undefined;

/** Whether servers have shells by EC2 Instance Connect Endpoint. (DSS-5.6.6) */
export const hasConnect = ({ settings }: DeploymentFacts): boolean => settings.access.instanceConnect;

/** Whether a site has a Site-to-Site VPN. (TOM-3.1) */
export const hasManagementVpn = ({ site, settings }: DeploymentFacts): boolean => settings.access.managementGateway[site] !== undefined;

/** Ranges of the management networks, which exist for a site with a Site-to-Site VPN alone. */
export const managementRanges = (facts: DeploymentFacts): readonly string[] =>
  hasManagementVpn(facts) ? facts.settings.access.managementNetworks.map(({ cidr }) => cidr) : [];

/** A range in the name of a resource, in hexadecimal digits, as in `C0A82800x24`, and back. */
export const rangeInName = (range: string): string => {
  const [address = '', mask] = range.split('/');
  const digits = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return `${digits.join('').toUpperCase()}x${mask}`;
};
export const rangeOfName = (name: string): string => {
  const [digits = '', mask] = name.split('x');
  return `${(digits.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join('.')}/${mask}`;
};

/** The tiers that a deployment can leave out, with their conditions. */
const optionalTiers: Readonly<Partial<Record<TierName, (facts: DeploymentFacts) => boolean>>> = { firewall: hasFirewall, vpn: hasVpn };

/** Limits the declarations of a tier to the deployments that have it. */
export function whereTier(tier: TierName): { readonly when?: (facts: DeploymentFacts) => boolean } {
  const when = optionalTiers[tier];
  return when ? { when } : {};
}

/** Whether all zones use the NAT gateway of the first. Never in production. (TOM-6.5) */
export const sharesNat = ({ environment, settings }: DeploymentFacts): boolean =>
  environment !== 'production' && settings.network.sharedNat;

/** The zone whose NAT gateway a zone uses. */
export const natZone = (zone: string, facts: DeploymentFacts): string => (sharesNat(facts) ? '1' : zone);
