// The launch template of collector servers: image, disks, placement, and access restrictions.
import {
  type CfnLaunchTemplate,
  InstanceType,
  type ISecurityGroup,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MachineImage,
  PlacementGroup,
  PlacementGroupStrategy,
  UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Site } from '../config/site';
import { leaveOutOfBackups } from '../labels/backup';
import { classify, serves } from '../labels/labels';
import { blockDevices } from './server-disks';
import type { ServerRole } from './server-role';

export interface ServerTemplateProps {
  readonly site: Site;
  readonly role: ServerRole;
  /** The servers' own group. (TOM-6.8) */
  readonly securityGroup: ISecurityGroup;
  /** Encrypts the disks. (TOM-5.5) */
  readonly dataKey: IKey;
  readonly userData: string;
}

/**
 * The minimal image of Amazon Linux 2023 for Graviton, with the kernel that AWS has made its default ("AL2023 on EC2",
 * public parameters). The boot installs the agent of Systems Manager, which only the standard image has. (TOM-6.8)
 */
const image = '/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64';

/**
 * Partitions per zone, each with its own racks ("Placement strategies": seven per zone, two for Dedicated Instances).
 */
const partitions = { shared: 7, dedicated: 2 } as const;

/**
 * The public parameter resolves to an image at deployment: each deployment uses the newest image, and no server starts
 * from an image that was not deployed. Servers of one zone run on racks of different partitions. The metadata service
 * requires a token, and responds to the server only (one hop). (TOM-3.1, TOM-6.10, DSS-5.6.2, DSS-5.6.4)
 */
export class ServerTemplate extends Construct {
  readonly template: LaunchTemplate;

  constructor(scope: Construct, id: string, props: ServerTemplateProps) {
    super(scope, id);
    const { instanceTypes, dedicatedTenancy, disks } = props.site.settings.collection;
    serves(this, 'TOM-3.1', 'TOM-6.2', 'TOM-6.8', 'TOM-6.10', 'DSS-5.6.2', 'DSS-5.6.4');
    const placement = new PlacementGroup(this, 'Placement', {
      strategy: PlacementGroupStrategy.PARTITION,
      partitions: partitions[dedicatedTenancy ? 'dedicated' : 'shared'],
    });
    this.template = new LaunchTemplate(this, 'Template', {
      machineImage: MachineImage.fromSsmParameter(image),
      // The fleet uses the next type in a zone without capacity for this one.
      instanceType: new InstanceType(instanceTypes[0] as string),
      // The template creates an instance profile for it, which no other template uses. (TOM-6.8)
      role: props.role.role,
      securityGroup: props.securityGroup,
      associatePublicIpAddress: false,
      blockDevices: blockDevices(disks, props.dataKey),
      ebsOptimized: true,
      detailedMonitoring: true,
      httpEndpoint: true,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: false,
      placementGroup: placement,
      userData: UserData.custom(props.userData),
    });
    const template = this.template.node.defaultChild as CfnLaunchTemplate;
    // The library's template has no property for the tenancy. (DSS-5.6.4)
    if (dedicatedTenancy) template.addPropertyOverride('LaunchTemplateData.Placement.Tenancy', 'dedicated');
    classify(this.template, 'personal');
    leaveOutOfBackups(template, 'Hits stay on the disks for minutes until the stream and the archive have them.');
  }
}
