// The functions of the access stack, and the one of the account stack that admits the deployment: the controls of the
// account.
import type { AccountEnvironmentsEnvironment } from '../../../lambda/access/account-environments/env';
import type { CredentialHygieneEnvironment } from '../../../lambda/access/credential-hygiene/env';
import type { OpenPortGuardEnvironment } from '../../../lambda/access/open-port-guard/env';
import type { PasswordPolicyEnvironment } from '../../../lambda/access/password-policy/env';
import type { SessionArchiveEnvironment } from '../../../lambda/access/session-archive/env';
import type { SessionDocumentEnvironment } from '../../../lambda/access/session-document/env';
import type { TamperGuardEnvironment } from '../../../lambda/access/tamper-guard/env';
import { accountEnvironmentsType, passwordPolicyType, sessionDocumentType } from '../../config/custom-resource-types';
import { probeMetrics } from '../../config/metrics';
import type { Control } from '../../config/names';
import { credentialWarnings, longestCredentialDays, longestDisabledKeyDays } from '../figures';
import { releaseForm } from '../rules/access/account-environments';
import { exemptUsers } from '../rules/access/credential-hygiene';
import { longestReuse } from '../rules/access/password-policy';
import { changingRecords } from '../rules/access/tamper-guard';
import type { DeploymentFacts } from '../template/assembly';
import { eventRuleType, permissionType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, jsonText, matches, words } from './form';
import { controlFunction } from './functions-family';
import { after } from './functions-order';
import { dailyRetries, firstDatapoint, firstRun, ruleInvokes, scheduled, targetsOfRule } from './functions-triggers';
import { siteRegions } from './identity-values';
import { sessionInputs } from './sessions';
import { tags } from './tags';

export const hourlyRetries = { attempts: 5, seconds: 3600 };

/** The wait for the first completed run of a control, before the alarm on its silence. (TOM-3.4) */
export const firstCompletedRun = (
  id: string,
  probe: Control,
  earlier: readonly string[] = [],
  when?: (facts: DeploymentFacts) => boolean,
): Declaration => firstRun('access', id, { metric: completedRuns(probe), after: earlier, ...(when ? { when } : {}) });

const completedRuns = (probe: Control): Readonly<Record<string, FormLike>> => ({
  ...{ Namespace: probeMetrics.namespace, MetricName: probeMetrics.completed, Statistic: 'Maximum' },
  Dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: probe },
  ],
});

/** The policy is set before the watch begins, and one run never overlaps another. (TOM-3.7) */
const figures: Readonly<Record<string, FormLike>> = {
  MinimumLength: by(({ facts }) => String(facts.settings.access.passwordPolicy.minimumLength)),
  MaximumAgeDays: String(longestCredentialDays),
  ReusePrevention: String(longestReuse),
};
const passwordPolicy = [
  ...controlFunction<PasswordPolicyEnvironment>({
    ...{ stack: 'access', id: 'PasswordPolicyFunction', control: 'password-policy', memory: [256, 1024], timeout: [60, 300] },
    concurrency: 1,
    variables: {
      DEPLOYMENT: '<deployment>',
      BOUNDARY: 'arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>',
      MINIMUM_LENGTH: by(({ facts }) => String(facts.settings.access.passwordPolicy.minimumLength)),
      MAXIMUM_AGE_DAYS: String(longestCredentialDays),
      REUSE_PREVENTION: String(longestReuse),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(
    passwordPolicyType,
    'access/PasswordPolicySet',
    { ServiceToken: '${access/PasswordPolicyFunction.Arn}', ServiceTimeout: '360', ...figures },
    { deletion: 'Delete', replacement: 'Delete', dependsOn: after('access', 'PasswordPolicyFunctionPermissions') },
  ),
  ...scheduled({
    ...{ stack: 'access', id: 'PasswordPolicy', group: 'password-policy', expression: 'rate(1 hour)', retries: hourlyRetries },
    after: ['PasswordPolicySet'],
  }),
  firstCompletedRun('PasswordPolicy', 'password-policy', ['PasswordPolicySet']),
];

/** The document is set before the watch begins, and one run never overlaps another. (TOM-3.6) */
const sessionDocument = [
  ...controlFunction<SessionDocumentEnvironment>({
    ...{ stack: 'access', id: 'SessionDocumentFunction', control: 'session-document', memory: [256, 1024], timeout: [60, 300] },
    concurrency: 1,
    variables: {
      DEPLOYMENT: '<deployment>',
      BOUNDARY: 'arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>',
      INPUTS: jsonText(sessionInputs),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(
    sessionDocumentType,
    'access/SessionDocumentSet',
    { ServiceToken: '${access/SessionDocumentFunction.Arn}', ServiceTimeout: '360', Inputs: jsonText(sessionInputs) },
    {
      deletion: 'Delete',
      replacement: 'Delete',
      dependsOn: after('access', 'SessionDocumentFunctionPermissions', 'SessionsDocument', 'SessionsLog'),
    },
  ),
  ...scheduled({
    ...{ stack: 'access', id: 'SessionDocument', group: 'session-document', expression: 'rate(1 hour)', retries: hourlyRetries },
    after: ['SessionDocumentSet'],
  }),
  firstCompletedRun('SessionDocument', 'session-document', ['SessionDocumentSet']),
];

/** Every hour, after the log that it exports. (TOM-3.6) */
const sessionArchive = [
  ...controlFunction<SessionArchiveEnvironment>({
    ...{ stack: 'access', id: 'SessionArchiveFunction', control: 'session-archive', memory: [256, 1024], timeout: [120, 600] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ARCHIVE: '${account/AuditArchive.Arn}',
      LATE_DAYS: '2',
      REACH_DAYS: '60',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'SessionArchive', group: 'session-archive', expression: 'rate(1 hour)', retries: hourlyRetries },
    after: ['SessionsLog'],
  }),
  firstCompletedRun('SessionArchive', 'session-archive', ['SessionsLog']),
];

/** At each change of a group, and every 5 minutes, in case an event was lost. (DSS-5.6.3) */
const openPortGuard = [
  ...controlFunction<OpenPortGuardEnvironment>({
    ...{ stack: 'access', id: 'OpenPortGuardFunction', control: 'open-port-guard', memory: [256, 1024], timeout: [60, 299] },
    rule: 'OpenPortGuardRule',
    variables: {
      DEPLOYMENT: '<deployment>',
      VPC: '${network/Vpc}',
      PROXY_GROUP: '${edge/Proxies.GroupId}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(eventRuleType, 'access/OpenPortGuardRule', {
    Description: words,
    EventPattern: {
      source: ['aws.ec2'],
      'detail-type': ['AWS API Call via CloudTrail'],
      detail: {
        eventSource: ['ec2.amazonaws.com'],
        eventName: [
          'AuthorizeSecurityGroupIngress',
          'CreateSecurityGroup',
          'ModifyManagedPrefixList',
          'ModifySecurityGroupRules',
          'RestoreManagedPrefixListVersion',
        ],
      },
    },
    ScheduleExpression: 'rate(5 minutes)',
    Targets: targetsOfRule('access', 'OpenPortGuard'),
    Tags: tags(),
  }),
  ruleInvokes('access', 'OpenPortGuard', after('access', 'OpenPortGuardFunctionPermissions')),
  firstCompletedRun(
    'OpenPortGuard',
    'open-port-guard',
    ['', 'DeadLetters', 'DeadLettersPolicy', 'Rule'].map((part) => `OpenPortGuardFunction${part}`),
  ),
];

/** Every day. The exemptions are those of the configuration, each with its end. (TOM-3.8, TOM-3.10) */
const credentialHygiene = [
  ...controlFunction<CredentialHygieneEnvironment>({
    ...{ stack: 'access', id: 'CredentialHygieneFunction', control: 'credential-hygiene', memory: [256, 1024], timeout: [900, 900] },
    variables: {
      DEPLOYMENT: '<deployment>',
      WARN_DAYS: credentialWarnings.join(),
      LIMIT_DAYS: String(longestCredentialDays),
      DELETE_DAYS: String(longestDisabledKeyDays),
      EXEMPT_USERS: by(({ facts }) => exemptUsers(facts)),
      TOPIC: '${account/Alarms}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'CredentialHygiene', group: 'credential-hygiene', expression: 'cron(10 6 * * ? *)', retries: dailyRetries },
  }),
  firstCompletedRun('CredentialHygiene', 'credential-hygiene'),
];

/** At each record of the audit trail that changes something, and its state every hour. (TOM-3.4, TOM-3.6) */
const tamperGuard = [
  ...controlFunction<TamperGuardEnvironment>({
    ...{ stack: 'access', id: 'TamperGuardFunction', control: 'tamper-guard', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ACCOUNT: '${AWS::AccountId}',
      REGION: '<region>',
      TRAIL: '<deployment>-trail-<region>',
      TRAIL_LOG: '/rempart/<deployment>/trail',
      ARCHIVE: '${account/AuditArchive.Arn}',
      BOUNDARY: 'arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>',
      EXECUTION_ROLE: 'cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-<region>',
      EXECUTION_BOUNDARY: 'arn:aws:iam::${AWS::AccountId}:policy/cdk-hnb659fds-execution-boundary-${AWS::AccountId}-<region>',
      KEYS: '${account/DeploymentKey.Arn},${account/AuditKey.Arn},${data/DataKey.Arn},${access/VpnKey.Arn},${account/BackupsKey.Arn}',
      VPC: '${network/Vpc}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(permissionType, 'access/TamperGuardRecords', {
    Action: 'lambda:InvokeFunction',
    FunctionName: '${access/TamperGuardFunction.Arn}',
    Principal: 'logs.amazonaws.com',
    SourceAccount: '${AWS::AccountId}',
    SourceArn: 'arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/trail:*',
  }),
  declare(
    'AWS::Logs::SubscriptionFilter',
    'access/TamperGuardSubscription',
    {
      LogGroupName: '/rempart/<deployment>/trail',
      DestinationArn: '${access/TamperGuardFunction.Arn}',
      FilterPattern: changingRecords,
    },
    { dependsOn: after('access', 'TamperGuardRecords') },
  ),
  ...scheduled({
    ...{ stack: 'access', id: 'TamperGuard', group: 'tamper-guard', expression: 'rate(1 hour)', retries: hourlyRetries },
    after: ['TamperGuardSubscription'],
  }),
  firstCompletedRun('TamperGuard', 'tamper-guard', ['TamperGuardSubscription']),
];

/** The deployment is admitted to its account before the watch begins, and again with each release. (TOM-7.3) */
const accountEnvironments = [
  ...controlFunction<AccountEnvironmentsEnvironment>({
    ...{ stack: 'account', id: 'EnvironmentsFunction', control: 'account-environments', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ENVIRONMENT: by(({ facts }) => facts.environment),
      BOUNDARY: 'arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>',
      REGIONS: by(({ facts }) => siteRegions(facts).join()),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(
    accountEnvironmentsType,
    'account/EnvironmentsAdmission',
    {
      ...{ ServiceToken: '${account/EnvironmentsFunction.Arn}', ServiceTimeout: '360' },
      ...{ Environment: by(({ facts }) => facts.environment), Release: matches(releaseForm, 'a digest of the templates') },
    },
    { deletion: 'Delete', replacement: 'Delete', dependsOn: after('account', 'AuditArchivePolicy', 'EnvironmentsFunctionPermissions') },
  ),
  ...scheduled({
    ...{ stack: 'account', id: 'Environments', group: 'account-environments', expression: 'rate(1 hour)', retries: hourlyRetries },
    after: ['AuditArchivePolicy', 'EnvironmentsAdmission'],
  }),
  firstDatapoint(
    'access/EnvironmentWatchFirstRun',
    {
      ...completedRuns('account-environments'),
      ...{ AtLeast: '1', Invoke: '${account/EnvironmentsFunction}' },
    },
    [],
  ),
];

export const accessFunctions: readonly Declaration[] = [
  ...accountEnvironments,
  ...passwordPolicy,
  ...sessionArchive,
  ...sessionDocument,
  ...openPortGuard,
  ...credentialHygiene,
  ...tamperGuard,
];
