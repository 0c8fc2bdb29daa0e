// The endpoints through which servers and functions reach AWS services without leaving the VPC.
import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';
import type { AddressPlan } from './address-plan';
import { awsBuckets, ownPrincipals, type Reach } from './endpoint-policies';
import type { ThreeZoneVpc } from './three-zone-vpc';

export interface EndpointsProps {
  readonly site: Site;
  readonly vpc: ThreeZoneVpc;
  readonly plan: AddressPlan;
  /** Whether people on a Client VPN use the endpoints. (TOM-3.2) */
  readonly vpn: boolean;
  /** Ranges of the management networks, which reach the endpoints by Site-to-Site VPN. (TOM-3.1) */
  readonly management: readonly string[];
}

/**
 * The services with an interface endpoint, and the resources that each allows. One network interface in each zone is
 * billed by the hour, so the list holds only those without which a server could not boot, be reached, be replaced,
 * encrypt or report while the egress route is down; requests to the others go through the NAT gateway. `ec2messages`
 * is not listed: current agents use `ssmmessages` (AWS Systems Manager User Guide, "Reference: ec2messages,
 * ssmmessages, and other API operations").
 */
const services: readonly {
  readonly id: string;
  readonly service: InterfaceVpcEndpointAwsService;
  readonly iam: string;
  readonly reach: Reach;
}[] = [
  { id: 'Ssm', service: InterfaceVpcEndpointAwsService.SSM, iam: 'ssm', reach: 'any-resource' },
  { id: 'SsmMessages', service: InterfaceVpcEndpointAwsService.SSM_MESSAGES, iam: 'ssmmessages', reach: 'any-resource' },
  { id: 'Autoscaling', service: InterfaceVpcEndpointAwsService.AUTOSCALING, iam: 'autoscaling', reach: 'own-resources' },
  { id: 'Kms', service: InterfaceVpcEndpointAwsService.KMS, iam: 'kms', reach: 'own-resources' },
  { id: 'SecretsManager', service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, iam: 'secretsmanager', reach: 'own-resources' },
  { id: 'Sts', service: InterfaceVpcEndpointAwsService.STS, iam: 'sts', reach: 'own-resources' },
  { id: 'Logs', service: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, iam: 'logs', reach: 'own-resources' },
  { id: 'Monitoring', service: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING, iam: 'cloudwatch', reach: 'own-resources' },
  { id: 'Kinesis', service: InterfaceVpcEndpointAwsService.KINESIS_STREAMS, iam: 'kinesis', reach: 'own-resources' },
];

export class Endpoints extends Construct {
  /** Admits servers, functions and the VPNs on 443. An endpoint that a later stack adds uses this group. */
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    serves(this, 'TOM-6.6', 'TOM-3.5');
    this.securityGroup = this.createSecurityGroup(props);
    this.addGateways(props);
    for (const { id: serviceId, service, iam, reach } of services) {
      const endpoint = new InterfaceVpcEndpoint(this, serviceId, {
        vpc: props.vpc.shared,
        service,
        privateDnsEnabled: true,
        subnets: { subnetGroupName: 'private' },
        securityGroups: [this.securityGroup],
        open: false,
      });
      endpoint.addToPolicy(ownPrincipals(iam, reach));
    }
  }

  private createSecurityGroup({ vpc, plan, vpn, management }: EndpointsProps): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc: vpc.shared,
      description: 'Endpoints of AWS services: admits servers and functions on 443, opens no connection itself',
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.ipv4(plan.private.cidr), Port.tcp(443), 'Servers');
    group.addIngressRule(Peer.ipv4(plan.functions.cidr), Port.tcp(443), 'Functions');
    if (vpn) group.addIngressRule(Peer.ipv4(plan.vpn.cidr), Port.tcp(443), 'VPN');
    for (const network of management) group.addIngressRule(Peer.ipv4(network), Port.tcp(443), 'Management network');
    return group;
  }

  /** Gateway endpoints are routes, without charge. */
  private addGateways({ site, vpc }: EndpointsProps): void {
    const subnets = [{ subnetGroupName: 'private' }, { subnetGroupName: 'functions' }];
    const s3 = new GatewayVpcEndpoint(this, 'S3', { vpc: vpc.shared, service: GatewayVpcEndpointAwsService.S3, subnets });
    s3.addToPolicy(ownPrincipals('s3', 'own-resources'));
    for (const statement of awsBuckets(site.region)) s3.addToPolicy(statement);
    const dynamoDb = new GatewayVpcEndpoint(this, 'DynamoDb', { vpc: vpc.shared, service: GatewayVpcEndpointAwsService.DYNAMODB, subnets });
    dynamoDb.addToPolicy(ownPrincipals('dynamodb', 'own-resources'));
  }
}
