// Ends passwords and access keys of IAM users that are too old, once a day, and warns their owners in advance.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/credential-hygiene/calls';
import type { CredentialHygieneEnvironment } from '../../lambda/access/credential-hygiene/env';
import { probeMetrics, rootUserReport } from '../config/metrics';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnFindings, alarmOnRuns } from './probe-alarms';

export interface CredentialHygieneProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of credentials that age or are ended, and of missed runs. (TOM-3.4, TOM-3.10) */
  readonly alarmTopic: ITopic;
}

/** Ages of a credential in days: its owner is warned twice, it is disabled, and a key is deleted. (TOM-3.8) */
const ages = { warn: [76, 83], limit: 90, remove: 120 } as const;

/**
 * Runs every day at 06:10 UTC, and at the first deployment: credentials that are older then are ended at once. Roles
 * have no passwords or keys, and the root user has none that a function could end: its MFA and its keys are reported.
 * No user is spared but those of `access.credentialExemptions`; a user for emergencies belongs there. (TOM-3.8,
 * TOM-3.10)
 */
export class CredentialHygiene extends Construct {
  constructor(scope: Construct, id: string, props: CredentialHygieneProps) {
    super(scope, id);
    serves(this, 'TOM-3.8', 'TOM-3.10');
    const { site, key, alarmTopic } = props;
    const control = this.controlFunction(props);
    scheduleFunction(this, {
      site,
      control,
      key,
      name: 'credential-hygiene',
      starts: 'the examination of credentials',
      description: 'Daily examination of passwords and access keys',
      expression: 'cron(10 6 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    alarmOnFindings(this, {
      ...{ site, alarmTopic, probe: rootUserReport },
      findings: {
        id: 'RootUnprotected',
        description: 'The root user of the account has access keys, or no MFA (TOM-3.10).',
        severity: 'page',
        period: Duration.days(1),
      },
    });
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'credential-hygiene',
      findings: {
        id: 'CredentialsEnded',
        description: 'A password or an access key was too old, and was removed or disabled (TOM-3.8).',
        severity: 'ticket',
        period: Duration.days(1),
      },
      silence: {
        id: 'CredentialsUnexamined',
        description: 'The examination of passwords and access keys has not completed for 36 hours: older ones stay valid (TOM-3.8).',
        severity: 'ticket',
        period: Duration.hours(12),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, key, alarmTopic }: CredentialHygieneProps): ControlFunction {
    const environment: CredentialHygieneEnvironment = {
      DEPLOYMENT: site.deployment,
      WARN_DAYS: ages.warn.join(),
      LIMIT_DAYS: String(ages.limit),
      DELETE_DAYS: String(ages.remove),
      EXEMPT_USERS: site.settings.access.credentialExemptions.map(({ user, until }) => `${user}/${until}`).join() || 'none',
      TOPIC: alarmTopic.topicArn,
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'credential-hygiene',
      description: 'Warns of passwords and access keys that age, disables and removes older ones, and reports the root user',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: { 'account/Alarms': alarmTopic.topicArn } }),
      timeout: Duration.minutes(15),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'The credential report, the summary and the list of users belong to the account, have no ARN, and are only read.',
      [`arn:aws:iam::${accountInFindings(site)}:user/*`]:
        'The promise is about every user of the account; the actions read and end credentials and create none.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }
}
