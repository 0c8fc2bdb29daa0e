// The way of the management networks into the VPC: a virtual private gateway, and the routes of responses.
import { CfnRoute, CfnVPCGatewayAttachment, CfnVPNGateway, type IVpc, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { rangeLabel, rangeOf } from '../config/address-range';
import { serves } from '../labels/labels';

export interface ManagementRouteProps {
  readonly vpc: IVpc;
  /** Subnets of the endpoints of AWS services. */
  readonly endpointSubnets: SubnetSelection;
  /** Ranges of the management networks. Changing one replaces its routes. (TOM-3.1) */
  readonly networks: readonly string[];
}

/**
 * Routes are static and for the subnets of the endpoints alone. With propagation the device at the other end would
 * decide which traffic of servers leaves through it, past firewall and NAT gateway. (TOM-3.1, TOM-6.6)
 */
export class ManagementRoute extends Construct {
  /** Id of the virtual private gateway, to which the VPN connects. */
  readonly gatewayId: string;

  constructor(scope: Construct, id: string, { vpc, endpointSubnets, networks }: ManagementRouteProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-5.6');
    const gateway = new CfnVPNGateway(this, 'Gateway', { type: 'ipsec.1' });
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', { vpcId: vpc.vpcId, vpnGatewayId: gateway.ref });
    for (const network of networks) {
      for (const [zone, { routeTable }] of vpc.selectSubnets(endpointSubnets).subnets.entries()) {
        new CfnRoute(this, `To${rangeLabel(rangeOf(network))}In${zone + 1}`, {
          routeTableId: routeTable.routeTableId,
          destinationCidrBlock: network,
          gatewayId: gateway.ref,
        }).addResourceDependency(attachment);
      }
    }
    this.gatewayId = gateway.ref;
  }
}
