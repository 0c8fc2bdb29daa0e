// The launch template of collector servers: image, disks, place, and what is closed about them.
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

/** Amazon Linux 2023 for Graviton, with the kernel that AWS has made its default ("AL2023 on EC2", public parameters). */
const image = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';

/** Partitions of a zone: each is racks of its own ("Placement strategies": seven a zone, two for dedicated instances). */
const partitions = { shared: 7, dedicated: 2 } as const;

/**
 * The image is what the public parameter names at deployment: a deployment brings the newest image, and no server
 * starts from one that nobody deployed. Servers of one zone stand on racks of different partitions. Metadata answers to a token, and to
 * the server alone (one hop). (TOM-3.1, TOM-6.10, DSS-5.6.2, DSS-5.6.4)
 */
export class ServerTemplate extends Construct {
  readonly template: LaunchTemplate;

  constructor(scope: Construct, id: string, props: ServerTemplateProps) {
    super(scope, id);
    const { instanceTypes, dedicatedTenancy, disks } = props.site.settings.collection;
    serves(this, 'TOM-3.1', 'TOM-6.2', 'TOM-6.8', 'DSS-5.6.2', 'DSS-5.6.4');
    const placement = new PlacementGroup(this, 'Placement', {
      strategy: PlacementGroupStrategy.PARTITION,
      partitions: partitions[dedicatedTenancy ? 'dedicated' : 'shared'],
    });
    this.template = new LaunchTemplate(this, 'Template', {
      machineImage: MachineImage.fromSsmParameter(image),
      // The fleet takes the next one where a zone has none of it.
      instanceType: new InstanceType(instanceTypes[0] as string),
      // The template makes an instance profile of it, which no other template has. (TOM-6.8)
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
    // The library's template has no property for it. (DSS-5.6.4)
    if (dedicatedTenancy) template.addPropertyOverride('LaunchTemplateData.Placement.Tenancy', 'dedicated');
    classify(this.template, 'personal');
  }
}
