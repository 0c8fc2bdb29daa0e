// The Client VPN of the IT team: personal certificates, and a sign-in where the configuration names its provider; to
// the endpoints of AWS services alone.
import {
  CfnClientVpnAuthorizationRule,
  CfnClientVpnEndpoint,
  CfnClientVpnTargetNetworkAssociation,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { addressIn, rangeOf } from '../config/address-range';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

export interface ClientVpnProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of the interfaces of the VPN. Changing them replaces the associations: 15 minutes each. */
  readonly vpnSubnets: SubnetSelection;
  /** Subnets of the endpoints of AWS services, which people reach. */
  readonly endpointSubnets: SubnetSelection;
  /** Range of these subnets. */
  readonly endpointRange: string;
  /**
   * ARN of the server's certificate, whose authority also signs those of people. Changing it replaces the endpoint.
   */
  readonly certificateArn: string;
  /** Decides each new connection. (TOM-3.2) */
  readonly connectionHandler: IFunction;
  /** Encrypts the log of connections. (TOM-5.5) */
  readonly key: IKey;
}

/** Zones in which the endpoint has an interface; each is billed by the hour. (TOM-6.3) */
const zonesIn = ({ settings }: Site): number => (settings.environment === 'production' ? 2 : 1);

const banner = 'For authorised people only. Each connection and each session is recorded.';

/**
 * Split tunnel: only traffic to the VPC enters the tunnel; docs/adr/0017 counts its routes. Every property that a
 * change replaces the endpoint for is fixed or a setting whose description says so; the tag is one that never changes.
 * (TOM-3.1, TOM-3.2, TOM-3.3, TOM-3.6)
 */
export class ClientVpn extends Construct {
  readonly endpointId: string;

  constructor(scope: Construct, id: string, props: ClientVpnProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-3.2', 'TOM-3.3');
    this.endpointId = this.createEndpoint(props).ref;
    this.associate(props);
    this.authorize(props);
  }

  private createEndpoint({ site, vpc, endpointRange, certificateArn, connectionHandler, key }: ClientVpnProps): CfnClientVpnEndpoint {
    const { vpnClientCidr, timeouts } = site.settings.access;
    return new CfnClientVpnEndpoint(this, 'Endpoint', {
      description: `IT team of ${site.deployment}`,
      authenticationOptions: this.authentication(site, certificateArn),
      serverCertificateArn: certificateArn,
      clientConnectOptions: { enabled: true, lambdaFunctionArn: connectionHandler.functionArn },
      clientCidrBlock: vpnClientCidr,
      vpcId: vpc.vpcId,
      securityGroupIds: [this.securityGroup(vpc, endpointRange).securityGroupId],
      connectionLogOptions: { enabled: true, ...this.log(site, key) },
      splitTunnel: true,
      selfServicePortal: 'disabled',
      sessionTimeoutHours: timeouts.vpnSessionHours,
      disconnectOnSessionTimeout: true,
      transportProtocol: 'udp',
      vpnPort: 443,
      clientLoginBannerOptions: { enabled: true, bannerText: banner },
      tagSpecifications: [{ resourceType: 'client-vpn-endpoint', tags: [{ key: 'rempart:deployment', value: site.deployment }] }],
    });
  }

  /** Both are then required of each connection ("Client authentication in AWS Client VPN"). */
  private authentication({ settings }: Site, certificateArn: string): CfnClientVpnEndpoint.ClientAuthenticationRequestProperty[] {
    const certificates = { type: 'certificate-authentication', mutualAuthentication: { clientRootCertificateChainArn: certificateArn } };
    const resourceName = settings.access.vpnSamlProvider;
    if (resourceName === undefined) return [certificates];
    const samlProviderArn = Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'saml-provider', resourceName });
    return [certificates, { type: 'federated-authentication', federatedAuthentication: { samlProviderArn } }];
  }

  /** Without a group of its own, the interfaces have the default group of the VPC. */
  private securityGroup(vpc: IVpc, endpointRange: string): ISecurityGroup {
    const description = 'People on the VPN: reach the endpoints of AWS services on 443, and nothing else';
    const group = new SecurityGroup(this, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
    group.addEgressRule(Peer.ipv4(endpointRange), Port.tcp(443), 'Endpoints of AWS services');
    return group;
  }

  private log(site: Site, encryptionKey: IKey): { readonly cloudwatchLogGroup: string; readonly cloudwatchLogStream: string } {
    const removalPolicy = removalOfNamedLog(site);
    const log = new LogGroup(this, 'Connections', {
      logGroupName: logGroupName(site, 'vpn-connections'),
      encryptionKey,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy,
    });
    serves(log, 'TOM-3.6', 'TOM-5.5');
    // Names of people, and their addresses.
    classify(log, 'personal');
    const stream = new LogStream(this, 'Stream', { logGroup: log, logStreamName: 'connections', removalPolicy });
    return { cloudwatchLogGroup: log.logGroupName, cloudwatchLogStream: stream.logStreamName };
  }

  private associate({ site, vpc, vpnSubnets }: ClientVpnProps): void {
    const subnets = vpc.selectSubnets(vpnSubnets).subnets.slice(0, zonesIn(site));
    for (const [zone, { subnetId }] of subnets.entries())
      new CfnClientVpnTargetNetworkAssociation(this, `Zone${zone + 1}`, { clientVpnEndpointId: this.endpointId, subnetId });
  }

  /**
   * With certificates there are no groups: the connection handler decides who connects, IAM who starts which session.
   * A rule for the resolver lets clients resolve the names of the endpoints.
   */
  private authorize({ site, vpc, endpointSubnets }: ClientVpnProps): void {
    const rule = (id: string, targetNetworkCidr: string, description: string) =>
      new CfnClientVpnAuthorizationRule(this, id, {
        ...{ clientVpnEndpointId: this.endpointId, authorizeAllGroups: true, targetNetworkCidr, description },
      });
    for (const [zone, { ipv4CidrBlock }] of vpc.selectSubnets(endpointSubnets).subnets.entries())
      rule(`Endpoints${zone + 1}`, ipv4CidrBlock, `Endpoints of AWS services in zone ${zone + 1}`);
    // "Amazon DNS server": the third address of the VPC.
    rule('Resolver', `${addressIn(rangeOf(site.settings.network.vpcCidr), 2)}/32`, 'Names of the endpoints');
  }
}
