// The network ACLs of the tiers, from their tables.
import { Action, CfnSubnetNetworkAclAssociation, NetworkAcl, TrafficDirection } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledgeStanding } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { type AclRow, type AclTable, aclTables } from './acl-tables';
import { type AddressPlan, type OptionalTiers, type Tier, tiersWith } from './address-plan';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface NetworkAclsProps {
  readonly vpc: ThreeZoneVpc;
  readonly vpcCidr: string;
  readonly plan: AddressPlan;
  readonly optional: OptionalTiers;
  /** Ranges of the management networks. (TOM-3.1) */
  readonly management: readonly string[];
  /** Whether the subnets of servers have an EC2 Instance Connect Endpoint. (DSS-5.6.6) */
  readonly instanceConnect: boolean;
}

export class NetworkAcls extends Construct {
  constructor(scope: Construct, id: string, { vpc, vpcCidr, plan, optional, management, instanceConnect }: NetworkAclsProps) {
    super(scope, id);
    const tables = aclTables(plan, vpcCidr, { ...optional, management, instanceConnect });
    for (const tier of tiersWith(optional)) this.addAcl(tier, vpc, tables[tier]);
    serves(this, 'TOM-6.6', 'TOM-3.1', 'TOM-4.2', 'DSS-5.6.3');
    acknowledgeStanding(this, {
      id: 'AwsSolutions::AwsSolutions-VPC3',
      reason: 'TOM-6.6 promises deny-by-default network ACLs; their rows are in one table per tier, and tests cover each of them.',
    });
  }

  private addAcl(tier: Tier, vpc: ThreeZoneVpc, table: AclTable): void {
    const acl = new NetworkAcl(this, tier, { vpc: vpc.shared });
    // Not `subnetSelection`: the library writes the path of the subnet, with the deployment, into the logical id.
    for (const [zone, { subnetId }] of vpc.tier(tier).entries()) {
      new CfnSubnetNetworkAclAssociation(acl, `Zone${zone + 1}`, { networkAclId: acl.networkAclId, subnetId });
    }
    addRows(acl, 'In', TrafficDirection.INGRESS, table);
    addRows(acl, 'Out', TrafficDirection.EGRESS, table);
  }
}

/**
 * Row numbers are multiples of ten, so that an operator can add a row between two others during an incident; those of
 * the first rows are below ten, and those of the last from 200.
 */
function addRows(acl: NetworkAcl, prefix: 'In' | 'Out', direction: TrafficDirection, { first, last, ...table }: AclTable): void {
  const rowsOf = ({ inbound, outbound }: Pick<AclTable, 'inbound' | 'outbound'>): readonly AclRow[] =>
    prefix === 'In' ? inbound : outbound;
  const numbered = (rows: readonly AclRow[], step: number, from = step) =>
    rows.map((row, index) => ({ ...row, number: from + index * step }));
  const part = (rows: Pick<AclTable, 'inbound' | 'outbound'> | undefined) => (rows ? rowsOf(rows) : []);
  for (const row of [...numbered(part(first), 1), ...numbered(rowsOf(table), 10), ...numbered(part(last), 10, 200)]) {
    acl.addEntry(`${prefix}${row.number}`, {
      ruleNumber: row.number,
      direction,
      cidr: row.peer,
      traffic: row.traffic,
      ruleAction: row.verdict === 'allow' ? Action.ALLOW : Action.DENY,
    });
  }
}
