// The function that examines the tunnels of the Site-to-Site VPN. A site without a customer gateway has none.
import type { TunnelWatchEnvironment } from '../../../lambda/access/tunnel-watch/env';
import { probeMetrics } from '../../config/metrics';
import { longestGap } from '../rules/access/tunnel-watch';
import { alarm, type Metric, none, one } from './alarms-form';
import type { Declaration } from './declaration';
import { firstCompletedRun, hourlyRetries } from './functions-access';
import { controlFunction } from './functions-family';
import { scheduled } from './functions-triggers';
import { hasManagementVpn } from './network-addresses';

const when = hasManagementVpn;

const reported = (name: string): Metric => ({
  ...{ namespace: probeMetrics.namespace, name, statistic: 'Maximum' },
  dimensions: [
    { Name: 'Deployment', Value: '<deployment>' },
    { Name: 'Probe', Value: 'tunnel-watch' },
  ],
});

export const tunnelFunctionDeclarations: readonly Declaration[] = [
  ...controlFunction<TunnelWatchEnvironment>({
    ...{ stack: 'access', id: 'TunnelWatchFunction', control: 'tunnel-watch', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      CONNECTION: '${access/ManagementVpnConnection}',
      ALGORITHMS: 'ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21',
      KEY_DAYS: '330',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'TunnelWatch', group: 'tunnel-watch', expression: 'rate(1 hour)', retries: hourlyRetries },
    when,
  }),
  firstCompletedRun('TunnelWatch', 'tunnel-watch', [], when),
  alarm({
    ...{ id: 'TunnelChanged', of: 'TunnelWatch', severity: 'ticket', silence: 'fine', every: 3600 },
    ...{ metric: reported(probeMetrics.findings), raised: { above: none }, when },
  }),
  alarm({
    ...{ id: 'TunnelWatchOverdue', of: 'TunnelWatch', severity: 'ticket', silence: 'failure', every: 7200, periods: longestGap / 7200 },
    ...{ metric: reported(probeMetrics.completed), raised: { below: one }, dependsOn: ['${access/TunnelWatchFirstRun}'], when },
  }),
];
