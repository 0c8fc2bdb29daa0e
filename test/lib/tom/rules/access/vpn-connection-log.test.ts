import { vpnConnectionLog } from '../../../../../lib/tom/rules/access/vpn-connection-log';
import { answers, changed, type Resources, ref } from '../example';
import { vpnExample } from './example-vpn';

const says = (resources: Resources) => answers(vpnConnectionLog, resources).Endpoint;
const withLog = (options: object) => changed(vpnExample, 'Endpoint', { ConnectionLogOptions: options as never });

test('connections in the log group of the deployment comply', () => expect(says(vpnExample)).toBe('compliant'));

test.each<[string, Resources, string[]]>([
  ['no log', changed(vpnExample, 'Endpoint', { ConnectionLogOptions: undefined }), ['enabled', 'log-group']],
  ['a log that is off', withLog({ Enabled: false, CloudwatchLogGroup: ref('Connections') }), ['enabled']],
  ['a log group by name', withLog({ Enabled: true, CloudwatchLogGroup: '/elsewhere' }), ['log-group']],
  ['another log group', withLog({ Enabled: true, CloudwatchLogGroup: ref('OtherLog') }), ['log-group']],
  ['something else', withLog({ Enabled: true, CloudwatchLogGroup: ref('Group') }), ['log-group']],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});
