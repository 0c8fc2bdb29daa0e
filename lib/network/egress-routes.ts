// The one way out: server → firewall of its zone → NAT gateway of its zone → internet, and back the same way.
import { CfnRoute, type CfnRouteProps, type ISubnet } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { serves } from '../labels/labels';
import type { Tier } from './address-plan';
import { acknowledgeInternetRoute } from './internet-route';
import type { NatGateways } from './nat-gateways';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface EgressRoutesProps {
  readonly vpc: ThreeZoneVpc;
  readonly nat: NatGateways;
  /**
   * Endpoint of the network firewall in each zone, in the order of the zones.
   * @default - there is no firewall: the zones leave through their NAT gateway directly
   */
  readonly firewallEndpoints?: readonly string[] | undefined;
}

/** Tiers that may open connections to the internet. */
const leaving: readonly Tier[] = ['private', 'functions'];
const internet = '0.0.0.0/0';

/**
 * A firewall must see both directions of a connection, so answers are led back through it: the route table of the NAT gateway's
 * subnet names the range of each server subnet, which is more specific than the local route and therefore wins. Such a route must
 * name the whole range of a subnet (Amazon VPC User Guide, "Route table concepts"; AWS Networking Blog, "Deployment models for AWS
 * Network Firewall with VPC routing enhancements").
 */
export class EgressRoutes extends Construct {
  constructor(scope: Construct, id: string, props: EgressRoutesProps) {
    super(scope, id);
    serves(this, 'TOM-6.5', 'TOM-6.6', 'DSS-5.6.2');
    this.leaveNat(props);
    for (const [zone, natGatewayId] of props.nat.gatewayIds.entries()) {
      const vpcEndpointId = props.firewallEndpoints?.[zone];
      for (const tier of leaving) {
        const subnet = props.vpc.tier(tier)[zone] as ISubnet;
        // The same logical id with and without firewall: the switch updates the route in place.
        this.route(`${tier}${zone + 1}Out`, subnet, internet, vpcEndpointId ? { vpcEndpointId } : { natGatewayId });
        if (!vpcEndpointId) continue;
        const natSubnet = props.vpc.tier('egress')[props.nat.zoneUsed[zone] as number] as ISubnet;
        this.route(`${tier}${zone + 1}Back`, natSubnet, subnet.ipv4CidrBlock, { vpcEndpointId });
      }
      if (vpcEndpointId) this.route(`firewall${zone + 1}Out`, props.vpc.tier('firewall')[zone] as ISubnet, internet, { natGatewayId });
    }
  }

  /** Only from subnets that have a NAT gateway, and for IPv4 alone. */
  private leaveNat({ vpc, nat }: EgressRoutesProps): void {
    const gatewayId = vpc.internetGatewayId as string;
    for (const zone of new Set(nat.zoneUsed)) {
      const route = this.route(`egress${zone + 1}Out`, vpc.tier('egress')[zone] as ISubnet, internet, { gatewayId });
      route.node.addDependency(vpc.internetAttachment);
      acknowledgeInternetRoute(
        route,
        'A NAT gateway needs it to lead servers out (TOM-6.5); nothing else is in this subnet, and nothing gets in.',
      );
    }
  }

  private route(id: string, from: ISubnet, destinationCidrBlock: string, target: Partial<CfnRouteProps>): CfnRoute {
    return new CfnRoute(this, id, { routeTableId: from.routeTable.routeTableId, destinationCidrBlock, ...target });
  }
}
