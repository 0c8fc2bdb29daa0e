// Network of restored clusters: isolated subnets, and one group that only the reader reaches.
import { CfnSecurityGroupEgress, CfnSecurityGroupIngress, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { Construct, DependencyGroup } from 'constructs';
import { databasePort } from '../config/flows/flow';
import { restoreSubnetsName } from '../config/names';
import type { Site } from '../config/site';
import type { FunctionNetwork } from '../functions/control-function';
import { serves } from '../labels/labels';

export interface RestoreNetworkProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of databases only. (TOM-4.2) */
  readonly isolatedSubnets: SubnetSelection;
  /** Subnets of functions that use the database. (TOM-4.2) */
  readonly functionSubnets: SubnetSelection;
}

/**
 * A restored cluster has all rows of the source: no function, server or person has a way to it, except the reader,
 * whose only way leads there. (TOM-4.2, TOM-7.4)
 */
export class RestoreNetwork extends Construct {
  /** Group of restored clusters. */
  readonly restored: SecurityGroup;
  readonly subnets: CfnDBSubnetGroup;
  /** Network of the reader. */
  readonly reader: FunctionNetwork;
  /** The rules between both. */
  readonly ready = new DependencyGroup();

  constructor(scope: Construct, id: string, { site, vpc, isolatedSubnets, functionSubnets }: RestoreNetworkProps) {
    super(scope, id);
    serves(this, 'TOM-4.2');
    this.restored = new SecurityGroup(this, 'Restored', {
      vpc,
      description: 'Restored databases: connections from the function that reads them, none from the database',
      allowAllOutbound: false,
    });
    const securityGroup = new SecurityGroup(this, 'Reader', {
      vpc,
      description: 'Function that reads restored databases: no other way leads out',
      allowAllOutbound: false,
    });
    this.subnets = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupName: restoreSubnetsName(site),
      dbSubnetGroupDescription: `Isolated subnets of the restore tests of ${site.deployment}`,
      subnetIds: vpc.selectSubnets(isolatedSubnets).subnetIds,
    });
    this.reader = { vpc, subnets: functionSubnets, securityGroup };
    this.admit(securityGroup);
  }

  private admit(reader: SecurityGroup): void {
    const port = { ipProtocol: 'tcp', fromPort: databasePort, toPort: databasePort };
    const inward = new CfnSecurityGroupIngress(this, 'FromReader', {
      ...{ ...port, groupId: this.restored.securityGroupId, sourceSecurityGroupId: reader.securityGroupId },
      description: 'Reads of restored databases',
    });
    const outward = new CfnSecurityGroupEgress(this, 'ToRestored', {
      ...{ ...port, groupId: reader.securityGroupId, destinationSecurityGroupId: this.restored.securityGroupId },
      description: 'Reads of restored databases',
    });
    this.ready.add(inward, outward);
  }
}
