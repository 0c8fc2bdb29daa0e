// Prevents alarms on missing data from being raised at their creation: each is created once its metric has a
// datapoint.
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/alarms/first-datapoint/calls';
import type { FirstDatapointProperties } from '../../lambda/alarms/first-datapoint/env';
import { firstDatapointType } from '../config/custom-resource-types';
import type { Site } from '../config/site';
import { acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { callStatements } from './call-statements';
import { ControlFunction } from './control-function';

export interface FirstDatapointsProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
}

export interface FirstDatapointProps {
  readonly metric: Metric;
  /** Minimum value for which the deployment waits. @default 1 */
  readonly atLeast?: number;
  /**
   * A metric that counts failures, to be subtracted; its namespace, dimensions and statistic are those of the metric.
   * @default none
   */
  readonly failures?: Metric;
  /**
   * The function that publishes the metric; the wait invokes it, and again after a run that failed.
   * @default - another source publishes the metric
   */
  readonly invokes?: ControlFunction;
}

/**
 * An alarm that treats missing data as breaching is raised at its creation, before the first run. A custom resource
 * therefore invokes the function that publishes the metric and waits until CloudWatch returns a datapoint, for 13
 * minutes at most; the alarm depends on the resource. The resource acts at its creation and at an update to another
 * metric or function. (TOM-3.4)
 */
export class FirstDatapoints extends Construct {
  private readonly control: ControlFunction;

  constructor(scope: Construct, id: string, { site, key }: FirstDatapointsProps) {
    super(scope, id);
    serves(this, 'TOM-3.4');
    this.control = new ControlFunction(this, 'Function', {
      site,
      control: 'first-datapoint',
      description: 'Invokes the function that publishes a metric when its alarm is created, and waits for the first datapoint',
      environment: {},
      key,
      timeout: Duration.minutes(15),
      permissions: callStatements(this, calls, { site }),
    });
    acknowledgeWildcard(this.control.permissions, {
      resource: '*',
      reason: 'cloudwatch:GetMetricData, which only reads, does not support resource-level permissions.',
    });
  }

  /**
   * The wait for one metric; its alarm depends on it. Without a datapoint the deployment continues, and the alarm is
   * raised.
   */
  of(scope: Construct, id: string, { metric, failures, atLeast = 1, invokes }: FirstDatapointProps): CustomResource {
    const { namespace: Namespace, metricName: MetricName, statistic: Statistic } = metric;
    const dimensions = Object.entries(metric.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) }));
    const properties: FirstDatapointProperties = {
      ...{ Namespace, MetricName, Statistic, Dimensions: dimensions },
      AtLeast: String(atLeast),
      ...(failures ? { Failures: failures.metricName } : {}),
      ...(invokes ? { Invoke: invokes.function.functionName } : {}),
    };
    const resource = new CustomResource(scope, id, {
      resourceType: firstDatapointType,
      serviceToken: this.control.function.functionArn,
      serviceTimeout: Duration.minutes(16),
      properties,
    });
    resource.node.addDependency(this.control.permissions, ...(invokes ? [invokes.permissions] : []));
    return resource;
  }

  /**
   * The wait for a run that succeeds, as `alarmUnlessRun` counts them. `Invocations` alone counts runs that fail, too.
   */
  ofSuccess(scope: Construct, id: string, control: ControlFunction): CustomResource {
    const { function: lambda } = control;
    return this.of(scope, id, { metric: lambda.metricInvocations(), failures: lambda.metricErrors(), invokes: control });
  }
}
