// The Site-to-Site VPN of the infrastructure manager: two tunnels to the customer gateway of the management networks.
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnCustomerGateway, CfnVPNConnection, CfnVPNConnectionRoute } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ILogGroup, LogGroup, ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmBelow } from '../alarms/alarm';
import { rangeLabel, rangeOf } from '../config/address-range';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';
import { tunnelAlgorithms } from './tunnel-options';

export interface ManagementVpnProps {
  readonly site: Site;
  /** Public address of the customer gateway. Changing it replaces gateway and connection. */
  readonly address: string;
  /** Id of the virtual private gateway of the VPC. */
  readonly gatewayId: string;
  /** Encrypts the log of the tunnels. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people when a tunnel is down. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Increase it at each change of the tunnel options. CloudFormation replaces the connection then, and EC2 answers a
 * second request for the same pair of gateways with the existing connection ("CreateVpnConnection", an idempotent
 * operation), which CloudFormation would delete as the former one. Another device name makes another customer gateway,
 * and so another connection.
 */
const generation = 1;

/** The default of EC2; static routing makes no use of it. */
const bgpAsn = 65_000;

/**
 * Static routes: they are in the template, where rules judge them; with BGP the device would announce up to 100
 * prefixes that no rule sees (docs/adr/0018). Each tunnel ends in another zone. (TOM-3.1, TOM-5.6, TOM-6.5)
 */
export class ManagementVpn extends Construct {
  readonly connectionId: string;

  constructor(scope: Construct, id: string, props: ManagementVpnProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-5.6', 'TOM-6.5');
    const log = this.log(props);
    const connection = this.connect(props, log);
    connection.node.addDependency(this.delivery(props.site, log));
    this.connectionId = connection.ref;
    for (const { cidr } of props.site.settings.access.managementNetworks)
      new CfnVPNConnectionRoute(this, `Route${rangeLabel(rangeOf(cidr))}`, {
        vpnConnectionId: this.connectionId,
        destinationCidrBlock: cidr,
      });
    this.addAlarms(props);
  }

  private connect({ site, address, gatewayId }: ManagementVpnProps, log: ILogGroup): CfnVPNConnection {
    const deviceName = `${site.deployment}-${generation}`;
    const customer = new CfnCustomerGateway(this, 'Gateway', { type: 'ipsec.1', ipAddress: address, bgpAsn, deviceName });
    const tunnel = this.tunnel(log);
    return new CfnVPNConnection(this, 'Connection', {
      type: 'ipsec.1',
      customerGatewayId: customer.ref,
      vpnGatewayId: gatewayId,
      staticRoutesOnly: true,
      // Without keys in the request, the service generates them in a secret of its own.
      preSharedKeyStorage: 'SecretsManager',
      vpnTunnelOptionsSpecifications: [tunnel, tunnel],
    });
  }

  /** Lists that a request leaves out admit every algorithm, also SHA-1 and IKEv1 ("Tunnel options"). */
  private tunnel(log: ILogGroup): CfnVPNConnection.VpnTunnelOptionsSpecificationProperty {
    const values = <Value>(list: readonly Value[]): { readonly value: Value }[] => list.map((value) => ({ value }));
    const { ikeVersions, encryption, integrity, groups } = tunnelAlgorithms;
    return {
      ikeVersions: values(ikeVersions),
      phase1EncryptionAlgorithms: values(encryption),
      phase2EncryptionAlgorithms: values(encryption),
      phase1IntegrityAlgorithms: values(integrity),
      phase2IntegrityAlgorithms: values(integrity),
      phase1DhGroupNumbers: values(groups),
      phase2DhGroupNumbers: values(groups),
      startupAction: 'start',
      dpdTimeoutAction: 'restart',
      logOptions: { cloudwatchLogOptions: { logEnabled: true, logOutputFormat: 'json', logGroupArn: this.arnWithoutStreams(log) } },
    };
  }

  /** The ARN of a log group of CloudFormation ends with `:*`, for its streams. */
  private arnWithoutStreams({ logGroupName: resourceName }: ILogGroup): string {
    return Stack.of(this).formatArn({
      ...{ service: 'logs', resource: 'log-group', resourceName },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private log({ site, key }: ManagementVpnProps): LogGroup {
    const log = new LogGroup(this, 'Tunnels', {
      logGroupName: logGroupName(site, 'tunnels'),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(log, 'TOM-3.6', 'TOM-5.5');
    classify(log, 'confidential');
    return log;
  }

  /** Without this policy, Site-to-Site VPN updates one of the account ("Enabling logging from AWS services"). */
  private delivery({ deployment }: Site, log: ILogGroup): ResourcePolicy {
    const { account, region, partition } = Stack.of(this);
    return new ResourcePolicy(this, 'Delivery', {
      resourcePolicyName: `${deployment}-tunnel-log-delivery`,
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [log.logGroupArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': account },
            ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
          },
        }),
      ],
    });
  }

  /**
   * The metric of the connection is 1 when both tunnels are up and 0 when neither is ("Monitor AWS Site-to-Site VPN
   * tunnels using Amazon CloudWatch"); addresses of tunnels are not known before their creation. (TOM-3.4)
   */
  private addAlarms({ site, alarmTopic }: ManagementVpnProps): void {
    const state = (statistic: string): Metric =>
      new Metric({
        ...{ namespace: 'AWS/VPN', metricName: 'TunnelState', statistic, period: Duration.minutes(5) },
        dimensionsMap: { VpnId: this.connectionId },
      });
    alarmBelow(this, 'TunnelDown', {
      ...{ site, alarmTopic, severity: 'ticket', metric: state(Stats.MINIMUM), below: 1, periods: 3 },
      description: 'A tunnel of the Site-to-Site VPN has been down for 15 minutes: the other one has no standby (TOM-6.5).',
    });
    alarmBelow(this, 'TunnelsDown', {
      ...{ site, alarmTopic, severity: 'page', metric: state(Stats.MAXIMUM), below: 0.5, periods: 2 },
      description: 'Both tunnels of the Site-to-Site VPN are down: the infrastructure manager cannot reach servers (TOM-3.1).',
    });
  }
}
