import { tunnelWatch } from '../../../../../lib/tom/rules/access/tunnel-watch';
import { answers, changed, type Resources, without } from '../example';
import { commonViolations, withVariables } from './example-control';
import { managementExample, watchControl, withGateway } from './example-management';

const says = (resources: Resources) => answers(tunnelWatch, resources, withGateway).Connection;

/** The example with the resources of a violation of every control. */
const violations = commonViolations(watchControl).map(([name, resources, ids]): [string, Resources, string[]] => {
  const own = ['Log', 'Function', 'Trigger', 'Found0', 'Missed'];
  const others = Object.fromEntries(Object.entries(managementExample).filter(([id]) => !own.includes(id)));
  return [name, { ...others, ...resources }, ids];
});

test('two alarms and an hourly examination comply', () => {
  expect(says(managementExample)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ...violations,
  ['another connection', withVariables(managementExample, watchControl, { CONNECTION: 'vpn-0' }), ['variable::CONNECTION']],
  [
    'another algorithm',
    withVariables(managementExample, watchControl, { ALGORITHMS: 'ikev2;AES256;SHA2-384;19' }),
    ['variable::ALGORITHMS'],
  ],
  ['keys of two years', withVariables(managementExample, watchControl, { KEY_DAYS: '730' }), ['variable::KEY_DAYS']],
  ['no alarm on one tunnel', without(managementExample, 'OneDown'), ['tunnel-down']],
  ['no alarm on both tunnels', without(managementExample, 'BothDown'), ['tunnels-down']],
  ['an alarm on one tunnel that both raise alone', changed(managementExample, 'OneDown', { Threshold: 0.5 }), ['tunnel-down']],
  ['an alarm on one tunnel by its average', changed(managementExample, 'OneDown', { Statistic: 'Average' }), ['tunnel-down']],
  ['an alarm on one tunnel after an hour', changed(managementExample, 'OneDown', { EvaluationPeriods: 12 }), ['tunnel-down']],
  [
    'an alarm of another connection',
    changed(managementExample, 'BothDown', { Dimensions: [{ Name: 'VpnId', Value: 'x' }] }),
    ['tunnels-down'],
  ],
  [
    'an alarm of a single tunnel',
    changed(managementExample, 'BothDown', { Dimensions: [{ Name: 'TunnelIpAddress', Value: 'x' }] }),
    ['tunnels-down'],
  ],
  ['an alarm that never is', changed(managementExample, 'BothDown', { Threshold: 0 }), ['tunnels-down']],
  ['an alarm with disabled actions', changed(managementExample, 'BothDown', { ActionsEnabled: false }), ['tunnels-down']],
])('%s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});
