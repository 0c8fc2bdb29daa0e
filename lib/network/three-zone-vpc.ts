// The VPC: three zones, IPv4 and IPv6, a subnet for each tier in each zone.
import { IpAddresses, IpProtocol, type ISubnet, type IVpc, type SubnetConfiguration, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IDependable } from 'constructs';
import { serves } from '../labels/labels';
import type { ClauseId } from '../tom/clause-id';
import { type AddressPlan, type OptionalTiers, slotsPerTier, type Tier, tiers, tiersWith, zoneCount } from './address-plan';
import { acknowledgeInternetRoute } from './internet-route';

export interface ThreeZoneVpcProps {
  /** Private IPv4 range of the VPC, /16 to /20. Changing it replaces the VPC and everything in it. (TOM-7.2) */
  readonly cidr: string;
  /** The share of each tier in the range. */
  readonly plan: AddressPlan;
  /** Whether the VPC has subnets of firewalls (TOM-6.6), and of Client VPN (TOM-3.2). */
  readonly optional: OptionalTiers;
}

/** Clauses that the subnets of each tier serve, besides TOM-6.3. */
const tierClauses: Record<Tier, readonly ClauseId[]> = {
  public: ['DSS-5.6.3', 'DSS-5.6.4'],
  private: ['DSS-5.6.2', 'DSS-5.6.4'],
  functions: ['DSS-5.6.2', 'TOM-4.2'],
  isolated: ['TOM-4.2', 'TOM-7.2', 'DSS-5.6.2'],
  egress: ['TOM-6.5'],
  firewall: ['TOM-6.6'],
  vpn: ['TOM-3.1', 'TOM-3.2'],
};

/**
 * The zones are those of `Stack.availabilityZones`; the network stack reads them from `Fn::GetAZs`.
 *
 * IPv6 traffic ends at the proxies. Every subnet has an IPv6 range, but only the public ones have an IPv6 route, and
 * no interface gets an address automatically: an egress-only gateway would be a second route to the internet, past
 * firewall and NAT.
 */
export class ThreeZoneVpc extends Vpc {
  constructor(scope: Construct, id: string, props: ThreeZoneVpcProps) {
    super(scope, id, {
      ipProtocol: IpProtocol.DUAL_STACK,
      ipAddresses: IpAddresses.cidr(props.cidr),
      maxAzs: zoneCount,
      reservedAzs: slotsPerTier - zoneCount,
      natGateways: 0,
      // DefaultSecurityGroup revokes its rules instead, with its own log, dead-letter queue and role.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: tiers.map((tier) => subnetGroup(tier, props)),
    });
    serves(this, 'TOM-6.3', 'TOM-7.2', 'DSS-5.6.2');
    for (const tier of tiersWith(props.optional)) {
      for (const subnet of this.tier(tier)) serves(subnet, 'TOM-6.3', 'TOM-6.10', ...tierClauses[tier]);
    }
    for (const subnet of this.tier('public')) {
      for (const route of ['DefaultRoute', 'DefaultRoute6']) {
        acknowledgeInternetRoute(
          subnet.node.findChild(route),
          'The internet reaches the proxies (DSS-5.6.3); nothing else is in these subnets.',
        );
      }
    }
  }

  /**
   * This VPC as an `IVpc`: under `exactOptionalPropertyTypes` the library's class is not assignable to its own
   * interface.
   */
  get shared(): IVpc {
    return this as IVpc;
  }

  /** The attachment of the internet gateway. Routes and addresses that use the gateway depend on it. */
  get internetAttachment(): IDependable {
    return this.node.findChild('VPCGW');
  }

  /** The subnets of a tier, in the order of the zones. */
  tier(tier: Tier): ISubnet[] {
    return this.selectSubnets({ subnetGroupName: tier }).subnets;
  }
}

/**
 * For the library only the proxies' subnets are public and the others isolated: egress-routes.ts adds their routes.
 */
function subnetGroup(tier: Tier, { plan, optional }: ThreeZoneVpcProps): SubnetConfiguration {
  return {
    name: tier,
    cidrMask: plan[tier].subnetMask,
    ipv6AssignAddressOnCreation: false,
    ...(tier === 'public' ? { subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false } : { subnetType: SubnetType.PRIVATE_ISOLATED }),
    ...(tier === 'firewall' || tier === 'vpn' ? { reserved: !optional[tier] } : {}),
  };
}
