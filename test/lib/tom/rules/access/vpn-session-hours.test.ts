import { vpnSessionHours } from '../../../../../lib/tom/rules/access/vpn-session-hours';
import { answers, changed, type Resources } from '../example';
import { vpnExample } from './example-vpn';

const says = (resources: Resources) => answers(vpnSessionHours, resources).Endpoint;

test('a session that is disconnected after the configured hours complies', () => expect(says(vpnExample)).toBe('compliant'));

test.each<[string, Parameters<typeof changed>[2], string[]]>([
  ['lasts a day', { SessionTimeoutHours: 24 }, ['hours']],
  ['lasts longer than configured', { SessionTimeoutHours: 12 }, ['hours']],
  ['has the hours of AWS', { SessionTimeoutHours: undefined }, ['hours']],
  ['connects again by itself', { DisconnectOnSessionTimeout: false }, ['disconnect']],
  ['does not state its end', { DisconnectOnSessionTimeout: undefined }, ['disconnect']],
])('a session that %s does not', (_, properties, ids) => {
  expect(says(changed(vpnExample, 'Endpoint', properties))).toEqual(ids);
});
