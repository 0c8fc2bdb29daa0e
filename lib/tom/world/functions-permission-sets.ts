// The function that examines permission sets of IAM Identity Center. A deployment whose people are IAM users has none.
import type { PermissionSetsEnvironment } from '../../../lambda/access/permission-sets/env';
import { probeMetrics } from '../../config/metrics';
import { longestGap, permissionSetNames, setBoundary } from '../rules/access/permission-sets';
import { alarm, type Metric, none, one } from './alarms-form';
import type { Declaration } from './declaration';
import { by } from './form';
import { firstCompletedRun } from './functions-access';
import { controlFunction } from './functions-family';
import { dailyRetries, scheduled } from './functions-triggers';
import { hasPermissionSets } from './people-roles';

const when = hasPermissionSets;

const reported = (name: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name, statistic: 'Maximum' },
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: 'permission-sets' },
  ],
});

export const permissionSetDeclarations: readonly Declaration[] = [
  ...controlFunction<PermissionSetsEnvironment>({
    ...{ stack: 'access', id: 'PermissionSetsFunction', control: 'permission-sets', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ACCOUNT: '${AWS::AccountId}',
      SETS: by(({ facts }) => permissionSetNames(facts)),
      BOUNDARY: by(({ facts }) => `arn:aws:iam::\${AWS::AccountId}:policy/${setBoundary(facts)}`),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'PermissionSets', group: 'permission-sets', expression: 'cron(40 6 * * ? *)', retries: dailyRetries },
    when,
  }),
  firstCompletedRun('PermissionSets', 'permission-sets', [], when),
  alarm({
    ...{ id: 'PermissionSetsDiffer', of: 'PermissionSets', severity: 'ticket', silence: 'fine', every: 86_400 },
    ...{ metric: reported(probeMetrics.findings), raised: { above: none }, when },
  }),
  alarm({
    ...{ id: 'PermissionSetsUnexamined', of: 'PermissionSets', severity: 'ticket', silence: 'failure', every: 43_200 },
    ...{ periods: longestGap / 43_200, metric: reported(probeMetrics.completed), raised: { below: one } },
    ...{ dependsOn: ['${access/PermissionSetsFirstRun}'], when },
  }),
];
