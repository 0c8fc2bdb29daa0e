// The functions of the Client VPN, which decide its connections and renew its revocation list. A site without a
// certificate of the VPN server has none of them.
import type { ConnectionHandlerEnvironment } from '../../../lambda/access/connection-handler/env';
import type { RevocationListEnvironment } from '../../../lambda/access/revocation-list/env';
import { probeMetrics } from '../../config/metrics';
import { alarm, none, ofFunction } from './alarms-form';
import type { Declaration } from './declaration';
import { by, is } from './form';
import { controlFunction } from './functions-family';
import { dailyRetries, firstRun, scheduled } from './functions-triggers';
import { hasVpn } from './network-addresses';

const when = hasVpn;
const registry = { REGISTRY_BUCKET: '${access/VpnRegistry}', REGISTRY_KEY: 'certificates.json' } as const;
const deploymentOnly = [{ Name: 'Deployment', Value: '<deployment>' }];
const metric = (name: string, statistic: 'Sum' | 'Minimum') =>
  ({ namespace: probeMetrics.namespace, name, statistic, dimensions: deploymentOnly }) as const;

/** Client VPN denies a connection without an answer within 30 seconds. */
const handler = [
  ...controlFunction<ConnectionHandlerEnvironment>({
    ...{ stack: 'access', id: 'ConnectionHandlerFunction', control: 'connection-handler', memory: [256, 1024], timeout: [20, 29] },
    variables: {
      DEPLOYMENT: '<deployment>',
      ...registry,
      ADDRESSES: by(({ facts }) => facts.settings.access.vpnAddresses.join() || 'any'),
      SIGN_IN: by(({ facts }) => (facts.settings.access.vpnSamlProvider === undefined ? 'none' : 'federated')),
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  alarm({
    ...{ id: 'VpnConnectionsUnchecked', of: 'ConnectionHandler', severity: 'page', silence: 'fine', every: 300 },
    metric: {
      expression: 'FILL(unchecked, 0) + FILL(failed, 0) + FILL(throttled, 0)',
      label: 'Connections that were denied without a check',
      metrics: {
        unchecked: metric('VpnConnectionsUnchecked', 'Sum'),
        failed: ofFunction('Errors', 'access/ConnectionHandlerFunction'),
        throttled: ofFunction('Throttles', 'access/ConnectionHandlerFunction'),
      },
    },
    ...{ raised: { above: none }, when },
  }),
];

const listMetric = metric('RevocationListDays', 'Minimum');

const renewal = [
  ...controlFunction<RevocationListEnvironment>({
    ...{ stack: 'access', id: 'RevocationListFunction', control: 'revocation-list', memory: [256, 1024], timeout: [60, 300] },
    variables: {
      DEPLOYMENT: '<deployment>',
      AUTHORITY_KEY: '${access/VpnKey.Arn}',
      ...registry,
      ENDPOINT: '${access/ClientVpnEndpoint}',
      METRIC_NAMESPACE: probeMetrics.namespace,
    },
    when,
  }),
  ...scheduled({
    ...{ stack: 'access', id: 'RevocationList', group: 'revocation-list', expression: 'cron(40 2 * * ? *)', retries: dailyRetries },
    when,
  }),
  firstRun('access', 'RevocationList', {
    metric: { Namespace: probeMetrics.namespace, MetricName: 'RevocationListDays', Statistic: 'Minimum', Dimensions: deploymentOnly },
    when,
  }),
  alarm({
    ...{ id: 'VpnListExpiring', of: 'RevocationList', severity: 'page', silence: 'failure', every: 43_200, periods: 3 },
    ...{ metric: listMetric, raised: { below: is(16) }, dependsOn: ['${access/RevocationListFirstRun}'], when },
  }),
  alarm({
    ...{ id: 'VpnServerCertificateExpiring', of: 'RevocationList', severity: 'ticket', silence: 'unchanged', every: 86_400 },
    ...{ metric: metric('ServerCertificateDays', 'Minimum'), raised: { below: is(45) }, when },
  }),
  alarm({
    ...{ id: 'VpnAuthorityExpiring', of: 'RevocationList', severity: 'ticket', silence: 'unchanged', every: 86_400 },
    ...{ metric: metric('AuthorityDays', 'Minimum'), raised: { below: is(180) }, when },
  }),
];

export const vpnFunctionDeclarations: readonly Declaration[] = [...handler, ...renewal];
