// The password policy of the account, which CloudFormation has no type for: set at deployment, read back every hour,
// restored with the last deployment.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/password-policy/calls';
import type { PasswordPolicyEnvironment } from '../../lambda/access/password-policy/env';
import { passwordPolicyType } from '../config/custom-resource-types';
import { probeMetrics } from '../config/metrics';
import { boundaryName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';

export interface PasswordPolicyProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of drift and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** Days after which a password expires. (TOM-3.8) */
const maximumAgeDays = 90;

/** Former passwords that may not be used again: the maximum of IAM ("UpdateAccountPasswordPolicy"). */
const reusePrevention = 24;

/**
 * An account has one password policy, and several deployments can share the account. Each has a claim with its
 * figures at its permissions boundary; the policy is as strong as the strongest claim. The policy from before the
 * first claim is handed on, and the deletion of the last deployment restores it. Changing a figure is an update.
 * (TOM-3.7, TOM-3.8)
 */
export class PasswordPolicy extends Construct {
  constructor(scope: Construct, id: string, props: PasswordPolicyProps) {
    super(scope, id);
    serves(this, 'TOM-3.7', 'TOM-3.8');
    const { site, key } = props;
    const environment = this.environment(site);
    const control = this.controlFunction(props, environment);
    const { MINIMUM_LENGTH: MinimumLength, MAXIMUM_AGE_DAYS: MaximumAgeDays, REUSE_PREVENTION: ReusePrevention } = environment;
    const policySet = new CustomResource(this, 'Set', {
      resourceType: passwordPolicyType,
      serviceToken: control.function.functionArn,
      // The time of an hourly run in progress and of its own.
      serviceTimeout: Duration.minutes(6),
      properties: { MinimumLength, MaximumAgeDays, ReusePrevention },
    });
    policySet.node.addDependency(control.permissions);
    const schedule = scheduleFunction(this, {
      site,
      control,
      key,
      name: 'password-policy',
      starts: 'the watch over the password policy',
      description: 'Hourly watch over the password policy',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    schedule.node.addDependency(policySet);
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'password-policy',
      after: [policySet],
      findings: {
        id: 'PasswordPolicyDrifted',
        description: 'The password policy of the account was weaker than the deployment demands, and was set again (TOM-3.7).',
        severity: 'ticket',
        period: Duration.hours(1),
      },
      silence: {
        id: 'PasswordWatchOverdue',
        description: 'The watch over the password policy has not completed for 6 hours: a weaker policy would go unnoticed (TOM-3.7).',
        severity: 'ticket',
        period: Duration.hours(2),
        periods: 3,
      },
    });
  }

  private environment(site: Site): PasswordPolicyEnvironment {
    return {
      DEPLOYMENT: site.deployment,
      BOUNDARY: Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryName(site) }),
      MINIMUM_LENGTH: String(site.settings.access.passwordPolicy.minimumLength),
      MAXIMUM_AGE_DAYS: String(maximumAgeDays),
      REUSE_PREVENTION: String(reusePrevention),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
  }

  private controlFunction({ site, key }: PasswordPolicyProps, environment: PasswordPolicyEnvironment): ControlFunction {
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'password-policy',
      description: 'Sets the password policy of the account, corrects drift every hour, and restores the former policy at the end',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site }),
      timeout: Duration.minutes(2),
      // One at a time: an hourly run would correct the policy that a deletion restores.
      reservedConcurrency: 1,
    });
    acknowledgeWildcard(control.permissions, {
      resource: '*',
      reason: 'The password policy of the account and the list of policies have no ARN; the list is only read.',
    });
    acknowledgeWildcard(control.permissions, {
      resource: `arn:aws:iam::${accountInFindings(site)}:policy/*-boundary-*`,
      reason: 'The action only reads; the names of other deployments of the account are not in the templates of this one.',
    });
    return control;
  }
}
