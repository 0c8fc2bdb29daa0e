// A NAT gateway with its own address in each zone.
import { CfnEIP, CfnNatGateway } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { serves } from '../labels/labels';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface NatGatewaysProps {
  readonly vpc: ThreeZoneVpc;
  /**
   * Whether one NAT gateway, in the first zone, serves all zones. It costs a third; when that zone fails, the others
   * have no route to the internet. Changing it deletes or creates gateways: connections through them are closed.
   * (TOM-6.5)
   */
  readonly shared: boolean;
}

export class NatGateways extends Construct {
  /** Index of the zone whose gateway each zone uses, in the order of the zones. */
  readonly zoneUsed: readonly number[];
  /** The gateway that each zone uses, in the order of the zones. */
  readonly gatewayIds: readonly string[];

  constructor(scope: Construct, id: string, { vpc, shared }: NatGatewaysProps) {
    super(scope, id);
    const subnets = vpc.tier('egress');
    const used = subnets.slice(0, shared ? 1 : subnets.length);
    const addresses = used.map((_, zone) => new CfnEIP(this, `Address${zone + 1}`, { domain: 'vpc' }));
    const gateways = used.map((subnet, zone) => {
      const address = addresses[zone] as CfnEIP;
      const gateway = new CfnNatGateway(this, `Gateway${zone + 1}`, { subnetId: subnet.subnetId, allocationId: address.attrAllocationId });
      gateway.node.addDependency(vpc.internetAttachment);
      return gateway.attrNatGatewayId;
    });
    this.zoneUsed = subnets.map((_, zone) => (shared ? 0 : zone));
    this.gatewayIds = this.zoneUsed.map((zone) => gateways[zone] as string);

    serves(this, 'TOM-6.5');
  }
}
