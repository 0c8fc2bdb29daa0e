// The range of each tier within the VPC: fixed shares, so that no setting moves a subnet.

/**
 * The tiers of the network, in the order of their shares of the range (large before small, so that each is aligned).
 *
 * - `private`: servers. `public`: proxies only. `isolated`: databases.
 * - `functions`: functions that reach a database. They are separate from servers because their responses return to
 *   another range of ports (acl-tables.ts).
 * - `egress`: NAT gateways only. `firewall`: endpoints of the network firewall only.
 * - `vpn`: the interfaces of Client VPN only, from whose addresses the IT team reaches the endpoints of services.
 */
export const tiers = ['private', 'public', 'isolated', 'functions', 'egress', 'firewall', 'vpn'] as const;
export type Tier = (typeof tiers)[number];

/** Tiers that a deployment can leave out. Their addresses remain reserved; a change moves no subnet. */
export interface OptionalTiers {
  readonly firewall: boolean;
  readonly vpn: boolean;
}

/** The tiers that a deployment has. */
export const tiersWith = (optional: OptionalTiers): readonly Tier[] =>
  tiers.filter((tier) => (tier === 'firewall' || tier === 'vpn' ? optional[tier] : true));

/** Zones that the deployment uses (TOM-6.3). */
export const zoneCount = 3;

/**
 * Number of subnets for which each tier reserves addresses. One more than there are zones: four aligned subnets form
 * one range that an ACL row can hold.
 */
export const slotsPerTier = 4;

export interface TierRange {
  /** The range of the whole tier, over all zones, as in `10.64.0.0/17`. */
  readonly cidr: string;
  /** Mask of each of its subnets. */
  readonly subnetMask: number;
}

export type AddressPlan = Readonly<Record<Tier, TierRange>>;

/**
 * The share of each tier in a VPC of /16 to /20: half for servers, an eighth each for proxies, databases and
 * functions, the rest for NAT gateways and firewall endpoints (/28, the smallest subnet of AWS), for Client VPN (/27,
 * the smallest subnet that it accepts) and in reserve.
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
    vpn: 27,
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
