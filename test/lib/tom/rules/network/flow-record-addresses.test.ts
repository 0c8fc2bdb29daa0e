import { flowRecordAddresses } from '../../../../../lib/tom/rules/network/flow-record-addresses';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { network } from './example-network';

const type = 'AWS::EC2::FlowLog';
const ends = '${start} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr}';
const subnetIds = Object.keys(network).filter((id) => network[id]?.Type === 'AWS::EC2::Subnet');
const others = subnetIds.filter((id) => !id.startsWith('public'));
const logOf = (id: string) => resource(type, { ResourceId: ref(id), ResourceType: 'Subnet', TrafficType: 'ALL', LogFormat: ends });

const recorded: Resources = {
  ...changed(network, 'Flows', { LogFormat: '${start} ${interface-id} ${action}' }),
  ...Object.fromEntries(others.map((id) => [`Log${id}`, logOf(id)])),
};
const [one = ''] = others;
const verdict = (resources: Resources, id = 'Flows') => answers(flowRecordAddresses, resources)[id];

test('records of the VPC without addresses, and of the other subnets with both ends, comply', () => {
  expect(verdict(recorded)).toBe('compliant');
  for (const id of others) expect([id, verdict(recorded, id), verdict(recorded, `Log${id}`)]).toEqual([id, 'compliant', 'not-applicable']);
  for (const id of subnetIds.filter((subnet) => !others.includes(subnet))) expect(verdict(recorded, id)).toBe('not-applicable');
});

test.each(['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'])('records of the VPC do not have %s', (field) => {
  expect(verdict(changed(recorded, 'Flows', { LogFormat: `\${start} \${${field}}` }))).toEqual(['addresses']);
});

test('the default format, or one that is resolved later, counts as one with addresses', () => {
  expect(verdict(changed(recorded, 'Flows', { LogFormat: undefined }))).toEqual(['addresses']);
  expect(verdict(changed(recorded, 'Flows', { LogFormat: ref('Format') }))).toEqual(['addresses']);
});

test('records of a subnet of proxies, or of an interface, have no addresses either', () => {
  expect(verdict({ ...recorded, Proxies: logOf('public0') }, 'Proxies')).toEqual(['addresses']);
  expect(verdict({ ...recorded, Interface: resource(type, { ResourceId: 'eni-1', LogFormat: ends }) }, 'Interface')).toEqual(['addresses']);
});

test.each<[string, Resources]>([
  ['no flow log', without(recorded, `Log${one}`)],
  ['one of accepted traffic', changed(recorded, `Log${one}`, { TrafficType: 'ACCEPT' })],
  ['one without an address', changed(recorded, `Log${one}`, { LogFormat: ends.replace(' ${pkt-dstaddr}', '') })],
  ['one of another subnet', changed(recorded, `Log${one}`, { ResourceId: 'subnet-elsewhere' })],
])('a subnet of another tier with %s does not comply', (_, resources) => {
  expect(verdict(resources, one)).toEqual(['ends']);
});
