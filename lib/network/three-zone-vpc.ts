// The VPC: three zones, IPv4 and IPv6, a subnet for each tier in each zone.
import { IpAddresses, IpProtocol, type ISubnet, type IVpc, type SubnetConfiguration, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IDependable } from 'constructs';
import { serves } from '../labels/labels';
import type { ClauseId } from '../tom/clause-id';
import { type AddressPlan, slotsPerTier, type Tier, tiers, zoneCount } from './address-plan';
import { acknowledgeInternetRoute } from './internet-route';

export interface ThreeZoneVpcProps {
  /** Private IPv4 range of the VPC, /16 to /20. Changing it replaces the VPC and everything in it. (TOM-7.2) */
  readonly cidr: string;
  /** The share of each tier in the range. */
  readonly plan: AddressPlan;
  /** Whether there are firewall subnets. Without them their addresses stay reserved; turning it on or off moves nothing. (TOM-6.6) */
  readonly firewall: boolean;
}

/** Clauses that the subnets of each tier serve, besides TOM-6.3. */
const tierClauses: Record<Tier, readonly ClauseId[]> = {
  public: ['DSS-5.6.3', 'DSS-5.6.4'],
  private: ['DSS-5.6.2', 'DSS-5.6.4'],
  functions: ['DSS-5.6.2', 'TOM-4.2'],
  isolated: ['TOM-4.2', 'TOM-7.2', 'DSS-5.6.2'],
  egress: ['TOM-6.5'],
  firewall: ['TOM-6.6'],
};

/**
 * The zones are those that `Stack.availabilityZones` gives; the network stack takes them from `Fn::GetAZs`.
 *
 * IPv6 comes in at the proxies and ends there. Every subnet has an IPv6 range, but only the public ones have an IPv6 route, and no
 * interface is given an address unasked: an egress-only gateway would be a second way out, past firewall and NAT.
 */
export class ThreeZoneVpc extends Vpc {
  constructor(scope: Construct, id: string, props: ThreeZoneVpcProps) {
    super(scope, id, {
      ipProtocol: IpProtocol.DUAL_STACK,
      ipAddresses: IpAddresses.cidr(props.cidr),
      maxAzs: zoneCount,
      reservedAzs: slotsPerTier - zoneCount,
      natGateways: 0,
      // DefaultSecurityGroup empties it, with a log, a dead-letter queue and a role of its own.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: tiers.map((tier) => subnetGroup(tier, props)),
    });
    serves(this, 'TOM-6.3', 'TOM-7.2', 'DSS-5.6.2');
    for (const tier of tiers) {
      if (tier === 'firewall' && !props.firewall) continue;
      for (const subnet of this.tier(tier)) serves(subnet, 'TOM-6.3', ...tierClauses[tier]);
    }
    for (const subnet of this.tier('public')) {
      for (const route of ['DefaultRoute', 'DefaultRoute6']) {
        acknowledgeInternetRoute(
          subnet.node.findChild(route),
          'Proxies are what the internet reaches (DSS-5.6.3); nothing else is in these subnets.',
        );
      }
    }
  }

  /** This VPC, as others take it: with optional properties exact, the library's class does not fit its own interface by itself. */
  get shared(): IVpc {
    return this as IVpc;
  }

  /** The attachment of the internet gateway. What leads to the gateway can be made only once it is attached. */
  get internetAttachment(): IDependable {
    return this.node.findChild('VPCGW');
  }

  /** The subnets of a tier, in the order of the zones. */
  tier(tier: Tier): ISubnet[] {
    return this.selectSubnets({ subnetGroupName: tier }).subnets;
  }
}

/** To the library only the proxies' subnets are public, and the others isolated: their routes are ours (egress-routes.ts). */
function subnetGroup(tier: Tier, { plan, firewall }: ThreeZoneVpcProps): SubnetConfiguration {
  return {
    name: tier,
    cidrMask: plan[tier].subnetMask,
    ipv6AssignAddressOnCreation: false,
    ...(tier === 'public' ? { subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false } : { subnetType: SubnetType.PRIVATE_ISOLATED }),
    ...(tier === 'firewall' ? { reserved: !firewall } : {}),
  };
}
