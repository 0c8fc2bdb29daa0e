// Restore tests of the database: plan, selection, network, the functions that validate, and their alarms. (DSS-5.5.1)
import type { RestoreValidationEnvironment } from '../../../lambda/backup/restore-validation/env';
import type { RestoredStateEnvironment } from '../../../lambda/backup/restored-state/env';
import { probeMetrics, restoreMetrics, restoreValidation } from '../../config/metrics';
import { restoreTestsName } from '../../config/names';
import { databasePort } from '../template/databases';
import { eventRuleType, restorePlanType, restoreSelectionType } from '../template/resource-types';
import { alarm, type Metric, none, one, successesOf } from './alarms-form';
import { identifierOf } from './database';
import { type Declaration, declare } from './declaration';
import { between, by, words } from './form';
import { controlFunction } from './functions-family';
import { after } from './functions-order';
import { firstRun, ruleInvokes, targetsOfRule } from './functions-triggers';
import { groupsOf, subnetsIn } from './network-tiers';
import { tags } from './tags';

/** Hours from the start of a backup to its restore: AWS Backup begins within ten, and the snapshot takes minutes. */
const hoursAfterBackup = 8;
/** Promised hours of a recovery. (DSS-5.5.1) */
const promisedHours = 12;
/** Hours in which a restored cluster is kept for its validation. */
const window = 8;

const plan = declare(restorePlanType, 'backup/RestoreTestsPlan', {
  RecoveryPointSelection: {
    Algorithm: 'LATEST_WITHIN_WINDOW',
    IncludeVaults: ['${backup/BackupsVault.BackupVaultArn}'],
    RecoveryPointTypes: ['SNAPSHOT'],
    SelectionWindowDays: 2,
  },
  RestoreTestingPlanName: by(({ facts }) => restoreTestsName(facts)),
  ScheduleExpression: by(({ facts }) => `cron(0 ${(facts.settings.backup.hour + hoursAfterBackup) % 24} * * ? *)`),
  ScheduleExpressionTimezone: 'Etc/UTC',
  StartWindowHours: 1,
  Tags: tags(),
});

/** Isolated subnets, the group that only the reader reaches, sign-in by token, and the key of the data. (TOM-4.2) */
const selection = declare(
  restoreSelectionType,
  'backup/RestoreTestsDatabase',
  {
    IamRoleArn: '${backup/RestoreTestsRole.Arn}',
    ProtectedResourceArns: by(({ facts }) => [`arn:aws:rds:<region>:\${AWS::AccountId}:cluster:${identifierOf(facts)}`]),
    ProtectedResourceType: 'Aurora',
    RestoreMetadataOverrides: {
      dbSubnetGroupName: '${backup/RestoreNetworkSubnets}',
      enableIamDatabaseAuthentication: 'true',
      kmsKeyId: '${data/DataKey.Arn}',
      vpcSecurityGroupIds: `["${groupsOf('restoredDatabases')[0]}"]`,
    },
    RestoreTestingPlanName: '${backup/RestoreTestsPlan}',
    RestoreTestingSelectionName: 'database',
    ValidationWindowHours: window,
  },
  { dependsOn: after('backup', 'RestoreNetworkFromReader', 'RestoreNetworkToRestored') },
);

const subnets = declare('AWS::RDS::DBSubnetGroup', 'backup/RestoreNetworkSubnets', {
  DBSubnetGroupDescription: words,
  DBSubnetGroupName: '<deployment>-restore-tests',
  SubnetIds: subnetsIn('restoredDatabases'),
  Tags: tags(),
});

const reader = controlFunction<RestoredStateEnvironment>({
  ...{ stack: 'backup', id: 'RestoreValidationReader', control: 'restored-state', memory: [256, 1024], timeout: [900, 900] },
  ...{ network: 'restoredReader', functionAfter: ['RestoreNetworkFromReader', 'RestoreNetworkToRestored'] },
  variables: { DATABASE_PORT: String(databasePort), DATABASE_NAME: 'rempart', DATABASE_CA_FILE: '/var/runtime/ca-cert.pem' },
});

const validation = [
  ...controlFunction<RestoreValidationEnvironment>({
    ...{ stack: 'backup', id: 'RestoreValidationFunction', control: restoreValidation, memory: [256, 1024], timeout: [900, 900] },
    rule: 'RestoreValidationRule',
    variables: {
      DEPLOYMENT: '<deployment>',
      PLAN_ARN: '${backup/RestoreTestsPlan.RestoreTestingPlanArn}',
      DATA_KEY: '${data/DataKey.Arn}',
      INSTANCE_CLASS: 'db.t4g.medium',
      READER: '<deployment>-restored-state',
      GIVE_UP_HOURS: String(window - 2),
      REPORT_HOURS: String(window - 1),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
  }),
  declare(eventRuleType, 'backup/RestoreValidationRule', {
    Description: words,
    EventPattern: {
      source: ['aws.backup'],
      'detail-type': ['Restore Job State Change'],
      detail: { restoreTestingPlanArn: ['${backup/RestoreTestsPlan.RestoreTestingPlanArn}'] },
    },
    ScheduleExpression: 'rate(10 minutes)',
    Targets: targetsOfRule('backup', 'RestoreValidation'),
    Tags: tags(),
  }),
  ruleInvokes('backup', 'RestoreValidation', after('backup', 'RestoreValidationFunctionPermissions')),
  firstRun('backup', 'RestoreValidation', {
    after: ['', 'DeadLetters', 'DeadLettersPolicy', 'Rule'].map((part) => `RestoreValidationFunction${part}`),
  }),
];

const metricOf = (name: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name, statistic: 'Maximum' },
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: restoreValidation },
  ],
});

const of = 'RestoreValidation';
const alarms: readonly Declaration[] = [
  alarm({
    ...{ id: 'RestoreTestFailed', of, severity: 'page', every: 3600, silence: 'fine' },
    ...{ metric: metricOf(probeMetrics.findings), raised: { above: none } },
  }),
  alarm({
    ...{ id: 'RestoreTestSlow', of, severity: 'page', every: 3600, silence: 'fine' },
    ...{ metric: metricOf(restoreMetrics.hours), raised: { above: between(1, promisedHours) } },
  }),
  alarm({
    ...{ id: 'RestoreTestsMissing', of, severity: 'ticket', every: 43_200, periods: 3, silence: 'unchanged' },
    ...{ metric: metricOf(restoreMetrics.proven), raised: { below: one } },
  }),
  alarm({
    ...{ id: 'RestoreValidationOverdue', of, severity: 'ticket', every: 3600, periods: 3, silence: 'failure' },
    ...{ metric: successesOf('backup/RestoreValidationFunction'), raised: { below: one } },
    dependsOn: ['${backup/RestoreValidationFirstRun}'],
  }),
];

export const restoreDeclarations: readonly Declaration[] = [plan, selection, subnets, ...reader, ...validation, ...alarms];
