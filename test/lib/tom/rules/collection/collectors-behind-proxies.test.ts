import { collectorsBehindProxies } from '../../../../../lib/tom/rules/collection/collectors-behind-proxies';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { fleet, withServer } from './example-fleet';

const verdict = (resources: Resources, id = 'Fleet') => answers(collectorsBehindProxies, resources)[id];
const paths = (...Values: string[]) => changed(fleet, 'Hits', { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values } }] });

test('collectors behind the load balancer comply', () => {
  expect(verdict(fleet)).toBe('compliant');
});

test('other fleets are not its concern', () => {
  expect(verdict(changed(fleet, 'Fleet', { Tags: [{ Key: 'rempart:role', Value: 'portal' }] }))).toBe('not-applicable');
});

test.each<[string, Resources, string[]]>([
  ['no targets', changed(fleet, 'Fleet', { TargetGroupARNs: undefined }), ['targets']],
  ['targets from elsewhere', changed(fleet, 'Fleet', { TargetGroupARNs: ['arn'] }), ['targets']],
  ['a check of something else', changed(fleet, 'Targets', { HealthCheckPath: '/' }), ['check::HealthCheckPath']],
  ['a check that takes anything', changed(fleet, 'Targets', { Matcher: { HttpCode: '200-599' } }), ['check::Matcher.HttpCode']],
  ['no check', changed(fleet, 'Targets', { HealthCheckEnabled: false }), ['check']],
  ['no rule', without(fleet, 'Hits'), ['rule']],
  ['a rule for everything', paths('/*'), ['rule::Hits']],
  ['a rule for their metrics too', paths('/hit.gif', '/hit', '/hits', '/metrics'), ['rule::Hits']],
  ['a rule for some of the hit paths', paths('/hit'), ['rule::Hits']],
  ['a listener without TLS', changed(fleet, 'Listener', { Protocol: 'HTTP' }), ['rule::Hits']],
  ['a listener from elsewhere', changed(fleet, 'Hits', { ListenerArn: 'arn' }), ['rule::Hits']],
  ['a group from elsewhere', withServer({ NetworkInterfaces: [{ Groups: ['sg'] }] }), ['group']],
  ['no source that reaches them', without(fleet, 'FromProxies'), ['closed']],
  ['an address range that reaches them', changed(fleet, 'FromProxies', { CidrIp: '10.0.0.0/8' }), ['admits::FromProxies']],
  ['a load balancer in another group', changed(fleet, 'Balancer', { SecurityGroups: [] }), ['admits::FromProxies']],
  [
    'a range in the group itself',
    changed(fleet, 'Servers', { SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, CidrIp: '0.0.0.0/0' }] }),
    ['admits::SecurityGroupIngress.0'],
  ],
])('collectors with %s do not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});

describe('nothing else answers for collectors', () => {
  const other = (Values: Json, rest: JsonObject = {}): Resources => ({
    ...changed(fleet, 'Hits', { Priority: 100 }),
    Other: resource('AWS::ElasticLoadBalancingV2::ListenerRule', {
      ListenerArn: ref('Listener'),
      Priority: 2,
      Conditions: Values === null ? [] : [{ Field: 'path-pattern', PathPatternConfig: { Values } }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '204' } }],
      ...rest,
    }),
  });

  test.each([[['/hits']], [['/x', '/hit*']], [['/???']], [['*.gif']], [null], [[ref('Path')]]])('on a path of theirs: %j', (values) => {
    expect(verdict(other(values as Json))).toEqual(['taken::Other']);
  });

  test('but on other paths, after them, or on another listener', () => {
    expect(verdict(other(['/health', '/hitx', '/HIT']))).toBe('compliant');
    expect(verdict(other(['/*'], { Priority: 101 }))).toBe('compliant');
    expect(verdict(other(['/*'], { ListenerArn: 'another' }))).toBe('compliant');
  });

  test('and no listener sends them whatever no rule is about', () => {
    const open = changed(fleet, 'Listener', { DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }] });
    expect(verdict(open)).toEqual(['taken::Listener']);
  });

  test.each<[string, JsonObject, string]>([
    ['a check on another port', { HealthCheckPort: '22' }, 'check::port'],
    ['functions for servers', { TargetType: 'lambda' }, 'targets::type'],
    ['servers that are not of the fleet', { Targets: [{ Id: 'i-1' }] }, 'targets::others'],
  ])('nor has their target group %s', (_, properties, id) => {
    expect(verdict(changed(fleet, 'Targets', properties))).toEqual([id]);
    expect(verdict(changed(fleet, 'Targets', { HealthCheckPort: '8080', TargetType: 'instance' }))).toBe('compliant');
  });
});
