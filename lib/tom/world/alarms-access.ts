// The alarms of the access stack: for each control of the account, one on its findings and one on missed runs; and
// those on single events of the audit trail.
import { probeMetrics, rootUserReport } from '../../config/metrics';
import type { AlarmId } from '../../config/names';
import { longestGap as longestEnvironmentGap } from '../rules/access/account-environments';
import { longestGap as longestCredentialGap } from '../rules/access/credential-hygiene';
import { longestGap as longestPortGap } from '../rules/access/open-port-guard';
import { longestGap as longestPasswordGap } from '../rules/access/password-policy';
import { longestGap as longestSessionArchiveGap } from '../rules/access/session-archive';
import { longestGap as longestSessionGap } from '../rules/access/session-document';
import { longestGap as longestTamperGap } from '../rules/access/tamper-guard';
import { type AlarmDeclaration, alarm, type Metric, none, one } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { by, type FormLike } from './form';

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
const sessionArchive = { of: 'SessionArchive', probe: 'session-archive', severity: 'ticket' } as const;
const session = { of: 'SessionDocument', probe: 'session-document', severity: 'ticket' } as const;
const port = { of: 'OpenPortGuard', probe: 'open-port-guard', severity: 'page' } as const;
const credentials = { of: 'CredentialHygiene', probe: 'credential-hygiene', severity: 'ticket' } as const;
const audit = { of: 'TamperGuard', probe: 'tamper-guard', severity: 'page' } as const;

const emergencyRole = 'arn:aws:iam::${AWS::AccountId}:role/<deployment>-emergency-<region>';

/** Events of the audit trail, each counted by a filter. (TOM-3.2, TOM-3.3) */
const trailEvents = {
  Emergency: {
    name: 'EmergencyRoleUses',
    pattern:
      `{ ($.eventName = "AssumeRole*") && (($.requestParameters.roleArn = "${emergencyRole}") || ` +
      '($.errorMessage = "*:role/<deployment>-emergency-<region>*")) }',
    ...{ alarm: 'EmergencyRoleUsed', severity: 'page' },
  },
  Console: {
    name: 'LongConsoleSessions',
    pattern: by(
      ({ facts: { settings } }) =>
        '{ ($.eventName = "AssumeRoleWithSAML") && ($.requestParameters.roleArn = "*:role/aws-reserved/sso.amazonaws.com/*") && ' +
        `($.requestParameters.durationSeconds > ${settings.access.timeouts.consoleSessionMinutes * 60}) }`,
    ),
    ...{ alarm: 'ConsoleSessionLong', severity: 'ticket' },
  },
} as const satisfies Readonly<Record<string, { alarm: AlarmId; severity: AlarmDeclaration['severity']; name: string; pattern: FormLike }>>;

const trailAlarms = Object.entries(trailEvents).flatMap(([of, { name, pattern, alarm: id, severity }]) => {
  const metric = { namespace: 'Rempart/<deployment>', name } as const;
  return [
    declare('AWS::Logs::MetricFilter', `access/${of}Uses`, {
      LogGroupName: '/rempart/<deployment>/trail',
      FilterPattern: pattern,
      MetricTransformations: [{ MetricNamespace: metric.namespace, MetricName: metric.name, MetricValue: '1' }],
    }),
    alarm({
      ...{ id, of, severity, silence: 'fine' },
      ...{ metric: { ...metric, statistic: 'Sum' }, every: 300, raised: { above: none } },
    }),
  ];
});

export const accessAlarms: readonly Declaration[] = [
  ...trailAlarms,
  found({ ...environments, id: 'EnvironmentBesideProduction', every: 3600, dependsOn: ['${account/AlarmsPolicy}'] }),
  missed({ ...environmentWatch, id: 'EnvironmentsUnwatched', every: 7200, gap: longestEnvironmentGap }),
  found({ ...password, id: 'PasswordPolicyDrifted', every: 3600 }),
  missed({ ...password, id: 'PasswordWatchOverdue', every: 7200, gap: longestPasswordGap }),
  found({ ...sessionArchive, id: 'SessionsUnarchived', every: 3600 }),
  missed({ ...sessionArchive, id: 'SessionArchiveOverdue', every: 7200, gap: longestSessionArchiveGap }),
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
