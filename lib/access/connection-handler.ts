// Decides each new connection of the Client VPN by the registry of its certificates, and records it.
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/connection-handler/calls';
import type { ConnectionHandlerEnvironment } from '../../lambda/access/connection-handler/env';
import { alarmAbove } from '../alarms/alarm';
import { probeMetrics } from '../config/metrics';
import { vpnRegistryObject } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';

export interface ConnectionHandlerProps {
  readonly site: Site;
  /** Who has a certificate, and who had one. (DSS-5.6.5) */
  readonly registry: IBucket;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people of connections that could not be checked. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * Client VPN invokes the function with its service-linked role, which may invoke functions with the prefix
 * `AWSClientVPN-`; the function has no policy of its own ("ClientVPNServiceConnectionsRolePolicy"). A connection is
 * denied without an answer within 30 seconds. (TOM-3.2, TOM-3.6)
 */
export class ConnectionHandler extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: ConnectionHandlerProps) {
    super(scope, id);
    serves(this, 'TOM-3.2', 'TOM-3.6', 'DSS-5.6.5');
    const { site, alarmTopic } = props;
    const control = this.controlFunction(props);
    this.function = control.function;
    const period = Duration.minutes(5);
    const failed = control.function.metricErrors({ period, statistic: Stats.SUM });
    const throttled = control.function.metricThrottles({ period, statistic: Stats.SUM });
    const unchecked = new Metric({
      ...{ namespace: probeMetrics.namespace, metricName: 'VpnConnectionsUnchecked', statistic: Stats.SUM, period },
      dimensionsMap: { Deployment: site.deployment },
    });
    alarmAbove(this, 'VpnConnectionsUnchecked', {
      ...{ site, alarmTopic, severity: 'page', above: 0 },
      metric: new MathExpression({
        expression: 'FILL(unchecked, 0) + FILL(failed, 0) + FILL(throttled, 0)',
        usingMetrics: { unchecked, failed, throttled },
        label: 'Connections that were denied without a check',
        period,
      }),
      description: 'Connections to the VPN are denied, because they cannot be checked (TOM-3.2).',
    });
  }

  private controlFunction({ site, registry, key }: ConnectionHandlerProps): ControlFunction {
    const { vpnAddresses, vpnSamlProvider } = site.settings.access;
    const environment: ConnectionHandlerEnvironment = {
      DEPLOYMENT: site.deployment,
      REGISTRY_BUCKET: registry.bucketName,
      REGISTRY_KEY: vpnRegistryObject,
      ADDRESSES: vpnAddresses.join() || 'any',
      SIGN_IN: vpnSamlProvider === undefined ? 'none' : 'federated',
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    return new ControlFunction(this, 'Function', {
      site,
      control: 'connection-handler',
      description: 'Admits connections to the VPN with registered certificates from listed addresses, and records who connected',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: { 'access/VpnRegistry.Arn': registry.bucketArn } }),
      timeout: Duration.seconds(25),
      memorySize: 512,
    });
  }
}
