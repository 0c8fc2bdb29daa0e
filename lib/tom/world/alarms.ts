// Alarms and metric filters: each alarm with its metric, its threshold, its longest silence, and its actions.
import { noSharedBackupsProbe, probeMetrics } from '../../config/metrics';
import { longestErasureHours } from '../figures';
import { longestGap } from '../rules/database/backups-probed';
import { longestLakeWait } from '../rules/lake/lake-written';
import { hasCopies } from '../template/copies';
import { accessAlarms } from './alarms-access';
import { collectionAlarms } from './alarms-collection';
import { edgeLogAlarms } from './alarms-edge-logs';
import { alarm, type Expression, type Metric, none, ofFunction, one, successesOf } from './alarms-form';
import { type Declaration, declare } from './declaration';
import { between } from './form';

const day = 86_400;
const halfDay = 43_200;
const hour = 3600;

const probe = {
  namespace: probeMetrics.namespace,
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: noSharedBackupsProbe },
  ],
};

/** The age of the oldest erasure, which each run logs, and the alarm on it. (DSS-4.2) */
function lateErasures(
  id: 'LakeErasureLate' | 'WindowErasureLate',
  of: string,
  place: string,
  log: string,
): readonly [filter: Declaration, alarm: Declaration] {
  const namespace = 'Rempart/<deployment>';
  const name = `${place}OldestErasure`;
  return [
    declare('AWS::Logs::MetricFilter', `data/${of}OldestErasure`, {
      LogGroupName: log,
      FilterPattern: '{ $.message.oldestErasureHours >= 0 }',
      MetricTransformations: [{ MetricNamespace: namespace, MetricName: name, MetricValue: '$.message.oldestErasureHours' }],
    }),
    alarm({
      ...{ id, of, severity: 'page', silence: 'unchanged', metric: { namespace, name, statistic: 'Maximum' } },
      ...{ every: hour, raised: { above: between(6, longestErasureHours - 1) } },
    }),
  ];
}

/** Operations of S3 that were not replicated, of each folder of the archive. (DSS-5.4.2) */
const notReplicated: Expression = {
  expression: 'FILL(hits, 0) + FILL(errors, 0) + FILL(lake, 0)',
  label: 'Operations that were not replicated',
  metrics: Object.fromEntries(
    Object.entries({ hits: 'hits', errors: 'hits-in-error', lake: 'lake' }).map(([id, rule]): [string, Metric] => [
      id,
      {
        ...{ namespace: 'AWS/S3', name: 'OperationsFailedReplication', statistic: 'Sum' },
        dimensions: [
          { Name: 'DestinationBucket', Value: '<deployment>-replica-${AWS::AccountId}-<copyRegion>' },
          { Name: 'RuleId', Value: rule },
          { Name: 'SourceBucket', Value: '<deployment>-archive-${AWS::AccountId}-<region>' },
        ],
      },
    ]),
  ),
};

const dataAlarms = [
  alarm({
    ...{ id: 'ArchiveReplicationFailed', of: 'ArchiveReplication', severity: 'ticket', silence: 'fine', when: hasCopies },
    ...{ metric: notReplicated, every: 300, raised: { above: none } },
  }),
  alarm({
    ...{ id: 'UpkeepOverdue', of: 'Upkeep', severity: 'ticket', silence: 'failure', dependsOn: ['${data/UpkeepFirstRun}'] },
    ...{ metric: successesOf('data/UpkeepFunction'), every: 6 * hour, periods: longestErasureHours / 6, raised: { below: one } },
  }),
  ...lateErasures('WindowErasureLate', 'Upkeep', 'Window', '${data/UpkeepFunctionLog}'),
  ...lateErasures('LakeErasureLate', 'Lake', 'Lake', '${data/LakeUpkeepFunctionLog}'),
  declare('AWS::Logs::MetricFilter', 'data/LakeLongestWait', {
    LogGroupName: '${data/LakeExportFunctionLog}',
    FilterPattern: '{ $.message.longestWaitHours >= 0 }',
    MetricTransformations: [
      { MetricNamespace: 'Rempart/<deployment>', MetricName: 'LakeLongestWait', MetricValue: '$.message.longestWaitHours' },
    ],
  }),
  alarm({
    ...{ id: 'LakeExportLate', of: 'Lake', severity: 'ticket', silence: 'unchanged' },
    metric: { namespace: 'Rempart/<deployment>', name: 'LakeLongestWait', statistic: 'Maximum' },
    ...{ every: hour, raised: { above: between(1, longestLakeWait) } },
  }),
  alarm({
    ...{ id: 'LakeExportOverdue', of: 'LakeExport', severity: 'ticket', silence: 'failure', dependsOn: ['${data/LakeExportFirstRun}'] },
    ...{ metric: successesOf('data/LakeExportFunction'), every: 2 * hour, periods: 3, raised: { below: one } },
  }),
  alarm({
    ...{ id: 'LakeUpkeepMissed', of: 'LakeUpkeep', severity: 'ticket', silence: 'failure', dependsOn: ['${data/LakeUpkeepFirstRun}'] },
    ...{ metric: successesOf('data/LakeUpkeepFunction'), every: 2 * hour, periods: 3, raised: { below: one } },
  }),
  alarm({
    ...{ id: 'BackupsShared', of: 'NoSharedBackups', severity: 'page', silence: 'fine' },
    ...{ metric: { ...probe, name: probeMetrics.findings, statistic: 'Maximum' }, every: day, raised: { above: none } },
  }),
  alarm({
    ...{
      id: 'ProbeOverdue',
      of: 'NoSharedBackups',
      severity: 'ticket',
      silence: 'failure',
      dependsOn: ['${data/NoSharedBackupsFirstRun}'],
    },
    metric: { ...probe, name: probeMetrics.completed, statistic: 'Maximum' },
    ...{ every: halfDay, periods: longestGap / halfDay, raised: { below: one } },
  }),
];

/** Days before expiry: renewal begins at 20 or earlier, and a person needs a week. (DSS-5.3.2) */
const daysToExpiry = between(7, 19);

const errorsOf = { namespace: 'AWS/ApplicationELB', statistic: 'Sum' } as const;
const balancer = [{ Name: 'LoadBalancer', Value: '${edge/LoadBalancer.LoadBalancerFullName}' }];
const ownErrors: Expression = {
  expression: 'FILL(e500, 0) + FILL(e502, 0) + FILL(e503, 0) + FILL(e504, 0)',
  label: 'Responses 500, 502, 503 and 504 of the load balancer',
  metrics: Object.fromEntries(
    [500, 502, 503, 504].map((code) => [`e${code}`, { ...errorsOf, name: `HTTPCode_ELB_${code}_Count`, dimensions: balancer }]),
  ),
};

const edgeAlarms = [
  alarm({
    ...{ id: 'CertificateExpiring', of: 'CertificateAlarms', severity: 'ticket', silence: 'unchanged' },
    metric: {
      ...{ namespace: 'AWS/CertificateManager', name: 'DaysToExpiry', statistic: 'Minimum' },
      dimensions: [{ Name: 'CertificateArn', Value: '${edge/CertificateChecked.CertificateArn}' }],
    },
    ...{ every: day, raised: { below: daysToExpiry } },
  }),
  alarm({
    ...{ id: 'CertificateFailed', of: 'CertificateAlarms', severity: 'ticket', silence: 'unchanged' },
    ...{ metric: ofFunction('Errors', 'edge/CertificateFunction'), every: day, raised: { above: none } },
  }),
  alarm({
    ...{ id: 'LoadBalancerErrors', of: 'Alarms', severity: 'page', silence: 'fine' },
    ...{ metric: ownErrors, every: 60, periods: 3, raised: { atLeast: one } },
  }),
];

export const alarmsDeclarations: readonly Declaration[] = [
  ...accessAlarms,
  ...dataAlarms,
  ...edgeAlarms,
  ...edgeLogAlarms,
  ...collectionAlarms,
];
