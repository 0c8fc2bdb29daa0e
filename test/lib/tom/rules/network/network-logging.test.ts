import { networkLogging } from '../../../../../lib/tom/rules/network/network-logging';
import { audit } from '../audit/example-audit';
import { answers, att, changed, join, type Resources, ref, resource, without } from '../example';
import { network } from './example-network';

const verdict = (resources: Resources, id = 'Vpc') => answers(networkLogging, resources)[id];

test('a network that logs to log groups, or to the audit archive, complies', () => {
  expect(verdict(network)).toBe('compliant');
  expect(verdict(network, 'Firewall1')).toBe('compliant');
  const archived = changed({ ...network, ...audit }, 'Flows', { LogDestination: join(att('Archive'), '/flow-logs/') });
  expect(verdict(archived)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['no flow log', without(network, 'Flows'), ['flows']],
  ['a flow log of refused traffic', changed(network, 'Flows', { TrafficType: 'REJECT' }), ['flows']],
  ['a flow log of accepted traffic', changed(network, 'Flows', { TrafficType: 'ACCEPT' }), ['flows']],
  ['a flow log of another VPC', changed(network, 'Flows', { ResourceId: 'vpc-elsewhere' }), ['flows']],
  [
    'a flow log to another bucket',
    changed({ ...network, B: resource('AWS::S3::Bucket') }, 'Flows', { LogDestination: att('B') }),
    ['flows'],
  ],
  ['no query log', without(network, 'QueriesOfVpc'), ['queries']],
  ['a query log that is not written', without(network, 'Queries'), ['queries']],
  ['a query log to elsewhere', changed(network, 'Queries', { DestinationArn: 'arn:aws:s3:::elsewhere' }), ['queries']],
])('a VPC with %s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

test('a firewall logs alerts and flows', () => {
  expect(verdict(without(network, 'FirewallLogs0'), 'Firewall0')).toEqual(['ALERT', 'FLOW']);
  const configs = (...LogDestinationConfigs: object[]) =>
    verdict(changed(network, 'FirewallLogs0', { LoggingConfiguration: { LogDestinationConfigs } as never }), 'Firewall0');
  const to = (LogType: string, logGroup: object | string = ref('Log')) => ({ LogType, LogDestination: { logGroup } });
  expect(configs(to('ALERT'), to('FLOW'))).toBe('compliant');
  expect(configs(to('ALERT'), to('TLS'))).toEqual(['FLOW']);
  expect(configs(to('ALERT', '/elsewhere'), to('FLOW'))).toEqual(['ALERT']);
});
