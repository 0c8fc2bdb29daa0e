// The alarms of the access stack: for each control of the account, one on its findings and one on missed runs; the use of
// the emergency role; and long sessions of permission sets.
import { probeMetrics, rootUserReport } from '../../config/metrics';
import type { AlarmId } from '../../config/names';
import { longestGap as longestEnvironmentGap } from '../rules/access/account-environments';
import { longestGap as longestCredentialGap } from '../rules/access/credential-hygiene';
import { longestGap as longestPortGap } from '../rules/access/open-port-guard';
import { longestGap as longestPasswordGap } from '../rules/access/password-policy';
import { longestGap as longestSessionGap } from '../rules/access/session-document';
import { longestGap as longestTamperGap } from '../rules/access/tamper-guard';
import type { DeploymentFacts } from '../template/assembly';
import { type AlarmDeclaration, alarm, type Metric, none, one } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { by } from './form';

const metricOf = (probe: string, name: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name, statistic: 'Maximum' },
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: probe },
  ],
});

interface Runs {
  /** Construct of the control. */
  readonly of: string;
  readonly probe: string;
  readonly id: AlarmId;
  readonly severity: AlarmDeclaration['severity'];
  /** Seconds. */
  readonly every: number;
  /** Resources of the stack before the alarm. @default - none */
  readonly dependsOn?: readonly string[];
}

const found = ({ of, probe, ...rest }: Runs): Declaration =>
  alarm({ ...rest, of, silence: 'fine', metric: metricOf(probe, probeMetrics.findings), raised: { above: none } });

const missed = ({ of, probe, gap, ...rest }: Runs & { readonly gap: number }): Declaration =>
  alarm({
    ...{ ...rest, of, silence: 'failure', metric: metricOf(probe, probeMetrics.completed), periods: gap / rest.every },
    ...{ raised: { below: one }, dependsOn: [`\${access/${of}FirstRun}`] },
  });

const environments = { of: 'Environments', probe: 'account-environments', severity: 'page' } as const;
const environmentWatch = { ...environments, of: 'EnvironmentWatch', severity: 'ticket' } as const;
const password = { of: 'PasswordPolicy', probe: 'password-policy', severity: 'ticket' } as const;
const session = { of: 'SessionDocument', probe: 'session-document', severity: 'ticket' } as const;
const port = { of: 'OpenPortGuard', probe: 'open-port-guard', severity: 'page' } as const;
const credentials = { of: 'CredentialHygiene', probe: 'credential-hygiene', severity: 'ticket' } as const;
const audit = { of: 'TamperGuard', probe: 'tamper-guard', severity: 'page' } as const;

/** Uses of the emergency role in the audit trail. (TOM-3.1) */
const emergencyRole = 'arn:aws:iam::${AWS::AccountId}:role/<deployment>-emergency-<region>';
const emergencyUses = { namespace: 'Rempart/<deployment>', name: 'EmergencyRoleUses' } as const;

const emergencyPattern =
  `{ ($.eventName = "AssumeRole*") && (($.requestParameters.roleArn = "${emergencyRole}") || ` +
  '($.errorMessage = "*:role/<deployment>-emergency-<region>*")) }';

/** Sign-ins to permission sets that last longer than configured. (TOM-3.3) */
const longSessions = { namespace: 'Rempart/<deployment>', name: 'LongConsoleSessions' } as const;
const longSessionPattern = ({ settings }: DeploymentFacts): string =>
  '{ ($.eventName = "AssumeRoleWithSAML") && ($.requestParameters.roleArn = "*:role/aws-reserved/sso.amazonaws.com/*") && ' +
  `($.requestParameters.durationSeconds > ${settings.access.timeouts.consoleSessionMinutes * 60}) }`;

export const accessAlarms: readonly Declaration[] = [
  declare('AWS::Logs::MetricFilter', 'access/ConsoleSessions', {
    LogGroupName: '/rempart/<deployment>/trail',
    FilterPattern: by(({ facts }) => longSessionPattern(facts)),
    MetricTransformations: [{ MetricNamespace: longSessions.namespace, MetricName: longSessions.name, MetricValue: '1' }],
  }),
  alarm({
    ...{ id: 'ConsoleSessionLong', of: 'Console', severity: 'ticket', silence: 'fine' },
    ...{ metric: { ...longSessions, statistic: 'Sum' }, every: 300, raised: { above: none } },
  }),
  declare('AWS::Logs::MetricFilter', 'access/EmergencyUses', {
    LogGroupName: '/rempart/<deployment>/trail',
    FilterPattern: emergencyPattern,
    MetricTransformations: [{ MetricNamespace: emergencyUses.namespace, MetricName: emergencyUses.name, MetricValue: '1' }],
  }),
  alarm({
    ...{ id: 'EmergencyRoleUsed', of: 'Emergency', severity: 'page', silence: 'fine' },
    ...{ metric: { ...emergencyUses, statistic: 'Sum' }, every: 300, raised: { above: none } },
  }),
  found({ ...environments, id: 'EnvironmentBesideProduction', every: 3600, dependsOn: ['${account/AlarmsPolicy}'] }),
  missed({ ...environmentWatch, id: 'EnvironmentsUnwatched', every: 7200, gap: longestEnvironmentGap }),
  found({ ...password, id: 'PasswordPolicyDrifted', every: 3600 }),
  missed({ ...password, id: 'PasswordWatchOverdue', every: 7200, gap: longestPasswordGap }),
  found({ ...session, id: 'SessionDocumentDrifted', every: 3600 }),
  missed({ ...session, id: 'SessionWatchOverdue', every: 7200, gap: longestSessionGap }),
  found({ ...port, id: 'PortOpened', every: 300 }),
  missed({ ...port, id: 'PortGuardOverdue', every: 600, gap: longestPortGap }),
  found({ ...credentials, id: 'CredentialsEnded', every: 86_400 }),
  found({ of: 'CredentialHygiene', probe: rootUserReport, severity: 'page', id: 'RootUnprotected', every: 86_400 }),
  missed({ ...credentials, id: 'CredentialsUnexamined', every: 43_200, gap: longestCredentialGap }),
  found({ ...audit, id: 'AuditTampered', every: 300 }),
  missed({ ...audit, id: 'TamperGuardOverdue', every: 3600, gap: longestTamperGap }),
];
