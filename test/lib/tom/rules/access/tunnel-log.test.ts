import { tunnelLog } from '../../../../../lib/tom/rules/access/tunnel-log';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources } from '../example';
import { managementExample, tunnel, withGateway, withTunnel } from './example-management';

const says = (resources: Resources) => answers(tunnelLog, resources, withGateway).Connection;
const { CloudwatchLogOptions: own } = tunnel.LogOptions as { CloudwatchLogOptions: JsonObject };
const options = (more: JsonObject): Resources => withTunnel({ LogOptions: { CloudwatchLogOptions: { ...own, ...more } } });

test('tunnels that log to the group of the deployment comply', () => {
  expect(says(managementExample)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['without a log', withTunnel({ LogOptions: {} }), ['2::enabled', '2::log-group']],
  ['with a log that is off', options({ LogEnabled: false }), ['2::enabled']],
  ['with another group', options({ LogGroupArn: 'arn:aws:logs:eu-west-3:x:log-group:elsewhere' }), ['2::log-group']],
  [
    'where the group has another name',
    changed(managementExample, 'Tunnels', { LogGroupName: '/rempart/staging/tunnels' }),
    ['1::log-group', '2::log-group'],
  ],
  [
    'without options',
    changed(managementExample, 'Connection', { VpnTunnelOptionsSpecifications: [] }),
    ['1::enabled', '1::log-group', '2::enabled', '2::log-group'],
  ],
])('a tunnel %s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});
