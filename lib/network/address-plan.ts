// Where each tier lies in the range of the VPC: fixed shares, so that no switch ever moves a subnet.

/**
 * The tiers of the network, in the order in which they take their share of the range (large before small, so that each is aligned).
 *
 * - `private`: servers. `public`: proxies, and nothing else. `isolated`: databases.
 * - `functions`: functions that reach a database. Apart from servers, because they need another range of answer ports (acl-tables.ts).
 * - `egress`: NAT gateways, and nothing else. `firewall`: endpoints of the network firewall, and nothing else.
 */
export const tiers = ['private', 'public', 'isolated', 'functions', 'egress', 'firewall'] as const;
export type Tier = (typeof tiers)[number];

/** Zones that the deployment uses (TOM-6.3). */
export const zoneCount = 3;

/** Subnets that each tier has room for. One more than there are zones: four aligned subnets make one range that an ACL can name. */
export const slotsPerTier = 4;

export interface TierRange {
  /** The range of the whole tier, over all zones, as in `10.64.0.0/17`. */
  readonly cidr: string;
  /** Mask of each of its subnets. */
  readonly subnetMask: number;
}

export type AddressPlan = Readonly<Record<Tier, TierRange>>;

/**
 * The share of each tier in a VPC of /16 to /20: servers half, proxies, databases and functions an eighth each, the rest
 * for NAT gateways and firewall endpoints (of /28, the smallest that AWS has) and for later.
 */
export function addressPlan(vpcCidr: string): AddressPlan {
  const [address = '', prefix = ''] = vpcCidr.split('/');
  const mask = Number(prefix);
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address) || !(mask >= 16 && mask <= 20)) {
    throw new Error(`network.vpcCidr: expected an IPv4 range of /16 to /20, got ${vpcCidr}; choose one as in 10.64.0.0/16`);
  }
  const masks: Record<Tier, number> = {
    private: mask + 3,
    public: mask + 5,
    isolated: mask + 5,
    functions: mask + 5,
    egress: 28,
    firewall: 28,
  };
  let next = toNumber(address);
  const ranges = tiers.map((tier): [Tier, TierRange] => {
    const range = { cidr: `${toAddress(next)}/${masks[tier] - 2}`, subnetMask: masks[tier] };
    next += slotsPerTier * 2 ** (32 - masks[tier]);
    return [tier, range];
  });
  return Object.fromEntries(ranges) as Record<Tier, TierRange>;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
