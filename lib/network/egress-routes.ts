// The one route to the internet: server → firewall of its zone → NAT gateway of its zone → internet, and back the same
// way.
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
   * @default - no firewall: traffic goes to the NAT gateway of the zone directly
   */
  readonly firewallEndpoints?: readonly string[] | undefined;
}

/** Tiers that may open connections to the internet. */
const egressTiers: readonly Tier[] = ['private', 'functions'];
const internet = '0.0.0.0/0';

/**
 * A firewall must process both directions of a connection, so responses are routed back through it: the route table of
 * the NAT gateway's subnet has a route for the range of each server subnet, which is more specific than the local
 * route and takes precedence. The destination of such a route must be the whole range of a subnet (Amazon VPC User
 * Guide, "Route table concepts"; AWS Networking Blog, "Deployment models for AWS Network Firewall with VPC routing
 * enhancements").
 */
export class EgressRoutes extends Construct {
  constructor(scope: Construct, id: string, props: EgressRoutesProps) {
    super(scope, id);
    serves(this, 'TOM-6.5', 'TOM-6.6', 'DSS-5.6.2');
    this.routeNatToInternet(props);
    for (const [zone, natGatewayId] of props.nat.gatewayIds.entries()) {
      const vpcEndpointId = props.firewallEndpoints?.[zone];
      for (const tier of egressTiers) {
        const subnet = props.vpc.tier(tier)[zone] as ISubnet;
        // The same logical id with and without firewall: a change of the setting updates the route in place.
        this.addRoute(`${tier}${zone + 1}Out`, subnet, internet, vpcEndpointId ? { vpcEndpointId } : { natGatewayId });
        if (!vpcEndpointId) continue;
        const natSubnet = props.vpc.tier('egress')[props.nat.zoneUsed[zone] as number] as ISubnet;
        this.addRoute(`${tier}${zone + 1}Back`, natSubnet, subnet.ipv4CidrBlock, { vpcEndpointId });
      }
      if (vpcEndpointId) this.addRoute(`firewall${zone + 1}Out`, props.vpc.tier('firewall')[zone] as ISubnet, internet, { natGatewayId });
    }
  }

  /** Only from subnets with a NAT gateway, and only for IPv4. */
  private routeNatToInternet({ vpc, nat }: EgressRoutesProps): void {
    const gatewayId = vpc.internetGatewayId as string;
    for (const zone of new Set(nat.zoneUsed)) {
      const route = this.addRoute(`egress${zone + 1}Out`, vpc.tier('egress')[zone] as ISubnet, internet, { gatewayId });
      route.node.addDependency(vpc.internetAttachment);
      acknowledgeInternetRoute(
        route,
        'A NAT gateway needs the route to reach the internet for servers (TOM-6.5); it admits no connection, and nothing else is in this subnet.',
      );
    }
  }

  private addRoute(id: string, from: ISubnet, destinationCidrBlock: string, target: Partial<CfnRouteProps>): CfnRoute {
    return new CfnRoute(this, id, { routeTableId: from.routeTable.routeTableId, destinationCidrBlock, ...target });
  }
}
