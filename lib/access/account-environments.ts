// Refuses the deployment of production beside another environment in one account, in either order, and looks again
// every hour.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/access/account-environments/calls';
import type { AccountEnvironmentsEnvironment } from '../../lambda/access/account-environments/env';
import { accountEnvironmentsType } from '../config/custom-resource-types';
import { probeMetrics } from '../config/metrics';
import { boundaryName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnFindings } from './probe-alarms';
import { releaseOf } from './release';

export interface AccountEnvironmentsProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Notifies people of another environment beside production. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** The policy of the topic, without which no alarm notifies. */
  readonly topicPolicy: IDependable;
  /** Policies of the stack before the first run: of the audit archive. */
  readonly before: IDependable;
}

/**
 * Each deployment has a marker with its environment at its permissions boundary. IAM is global, so the deployments of
 * every region read the markers of all others; the tags of VPCs, which the function reads in both regions of the
 * deployment, show a deployment whose marker was removed. A marker ends with its deployment.
 *
 * The custom resource is in the first stack of a deployment and changes with every template, so that each deployment
 * asks again before it changes anything else. A refusal fails the deployment, and raises the alarm of both
 * deployments. Deployments outside production may share an account. (TOM-7.3)
 */
export class AccountEnvironments extends Construct {
  /** The function, whose missed runs raise an alarm in a later stack. */
  readonly control: ControlFunction;

  constructor(scope: Construct, id: string, props: AccountEnvironmentsProps) {
    super(scope, id);
    serves(this, 'TOM-7.3');
    const { site, key, topicPolicy, before } = props;
    this.control = this.controlFunction(props);
    const alarm = alarmOnFindings(this, {
      ...props,
      probe: 'account-environments',
      findings: {
        id: 'EnvironmentBesideProduction',
        description:
          'Production and another environment are in one account, or a deployment that would have put them there was refused (TOM-7.3).',
        severity: 'page',
        period: Duration.hours(1),
      },
    });
    alarm.node.addDependency(topicPolicy);
    const admission = this.admission(site);
    admission.node.addDependency(before);
    const schedule = scheduleFunction(this, {
      site,
      control: this.control,
      key,
      name: 'account-environments',
      starts: 'the watch over the environments of the account',
      description: 'Hourly watch over the environments of the account',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    // At rollback and deletion no run writes the marker again.
    schedule.node.addDependency(admission, before);
  }

  private admission({ settings }: Site): CustomResource {
    const place = new Construct(this, 'Admission');
    const admission = new CustomResource(place, 'Resource', {
      resourceType: accountEnvironmentsType,
      serviceToken: this.control.function.functionArn,
      // The time of the calls with their retries, and that of the answer.
      serviceTimeout: Duration.minutes(6),
      properties: { Environment: settings.environment, Release: releaseOf(place) },
    });
    admission.node.addDependency(this.control.permissions);
    return admission;
  }

  private controlFunction({ site, key }: AccountEnvironmentsProps): ControlFunction {
    const regions = site.name === 'home' ? [site.region, site.settings.recoveryRegion] : [site.region];
    const environment: AccountEnvironmentsEnvironment = {
      DEPLOYMENT: site.deployment,
      ENVIRONMENT: site.settings.environment,
      BOUNDARY: Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryName(site) }),
      REGIONS: regions.join(),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'account-environments',
      description: 'Refuses production beside another environment in one account, at each deployment, and reports it every hour',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, values: { recoveryRegion: site.settings.recoveryRegion } }),
      timeout: Duration.minutes(2),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'The list of policies has no ARN, and VPCs cannot be described one by one; both actions only read.',
      [`arn:aws:iam::${accountInFindings(site)}:policy/*-boundary-*`]:
        'The action only reads; the names of other deployments of the account are not in the templates of this one.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }
}
