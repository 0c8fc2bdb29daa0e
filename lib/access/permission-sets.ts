// Examines the roles of permission sets of IAM Identity Center in the account, once a day.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/permission-sets/calls';
import type { PermissionSetsEnvironment } from '../../lambda/access/permission-sets/env';
import { probeMetrics } from '../config/metrics';
import { boundaryName, type PeopleRole } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';

export interface PermissionSetsProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of a set that differs, and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/** The roles that people of a permission set assume. */
const roles: readonly PeopleRole[] = ['client-data-team', 'emergency', 'infrastructure-manager', 'it-team', 'recovery'];

/**
 * Exists with `access.signIn: identity-center`. IAM Identity Center has its permission sets in another account; what
 * this account has of them is a role each, which nobody here can change. The function reads those. MFA is a setting of
 * IAM Identity Center that no public operation returns: see "Sign in by IAM Identity Center" in docs/runbook.md.
 * (TOM-3.2, TOM-3.5)
 */
export class PermissionSets extends Construct {
  constructor(scope: Construct, id: string, props: PermissionSetsProps) {
    super(scope, id);
    serves(this, 'TOM-3.2', 'TOM-3.5');
    const { site, key } = props;
    const control = this.controlFunction(props);
    scheduleFunction(this, {
      site,
      control,
      key,
      name: 'permission-sets',
      starts: 'the examination of permission sets',
      description: 'Daily examination of the roles of permission sets',
      expression: 'cron(40 6 * * ? *)',
      retries: { attempts: 10, age: Duration.days(1) },
    });
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'permission-sets',
      findings: {
        id: 'PermissionSetsDiffer',
        description:
          'A permission set of IAM Identity Center is none of people, lacks the permissions boundary, or can be assumed by others ' +
          '(TOM-3.2, TOM-3.5).',
        severity: 'ticket',
        period: Duration.days(1),
      },
      silence: {
        id: 'PermissionSetsUnexamined',
        description:
          'The examination of permission sets has not completed for 36 hours: another way into the account would go unnoticed (TOM-3.2).',
        severity: 'ticket',
        period: Duration.hours(12),
        periods: 3,
      },
    });
  }

  private controlFunction({ site, key }: PermissionSetsProps): ControlFunction {
    const environment: PermissionSetsEnvironment = {
      DEPLOYMENT: site.deployment,
      ACCOUNT: Stack.of(this).account,
      SETS: setsOf(site).join(),
      // Home and recovery site may share an account, whose sets bear the boundary of one of them.
      BOUNDARY: Stack.of(this).formatArn({
        ...{ service: 'iam', region: '', resource: 'policy' },
        resourceName: boundaryName({ ...site, deployment: deploymentsOf(site), region: '*' }),
      }),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'permission-sets',
      description: 'Reports permission sets that are none of people, lack the permissions boundary or admit others',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site }),
      timeout: Duration.minutes(5),
    });
    const reasons: Readonly<Record<string, string>> = {
      '*': 'iam:ListRoles, which only reads, cannot be limited to a path.',
      [`arn:aws:iam::${accountInFindings(site)}:role/aws-reserved/sso.amazonaws.com/*`]:
        'IAM Identity Center chooses the names of its roles below a path that AWS reserves; the action only reads.',
    };
    for (const [resource, reason] of Object.entries(reasons)) acknowledgeWildcard(control.permissions, { resource, reason });
    return control;
  }
}

/** The deployments whose sets may be in the account: production is alone there, others may share theirs. (TOM-7.3) */
const deploymentsOf = ({ deployment, settings }: Site): string => (settings.environment === 'production' ? deployment : '*');

/**
 * A set has the name of its role. Where one organisation has several accounts, those of the other deployments follow
 * with their names, as in `it-team_staging`, since a set names one boundary for each of its accounts.
 */
const setsOf = (site: Site): readonly string[] => roles.flatMap((role) => [role, `${role}_${deploymentsOf(site)}`]);
