import { openPortGuard } from '../../../../../lib/tom/rules/access/open-port-guard';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, type Resources, ref, resource } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const control: ExampleControl = {
  control: 'open-port-guard',
  variables: { VPC: ref('Vpc') as unknown as string, PROXY_GROUP: att('Proxies', 'GroupId') as unknown as string },
  ...{ trigger: 'rule', expression: 'rate(5 minutes)', gap: 1800 },
};
const network: Resources = {
  Vpc: resource('AWS::EC2::VPC'),
  Proxies: resource('AWS::EC2::SecurityGroup'),
  Servers: resource('AWS::EC2::SecurityGroup'),
  Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    ...{ Scheme: 'internet-facing', SecurityGroups: [att('Proxies', 'GroupId')] },
  }),
};
const names = ['AuthorizeSecurityGroupIngress', 'CreateSecurityGroup', 'ModifyManagedPrefixList', 'ModifySecurityGroupRules'];
const pattern: JsonObject = { source: ['aws.ec2'], 'detail-type': ['AWS API Call via CloudTrail'], detail: { eventName: names } };
const complete = (resources: Resources): Resources => ({
  ...network,
  ...(resources.Trigger ? changed(resources, 'Trigger', { EventPattern: pattern }) : resources),
});
const example = complete(controlExample(control));
const verdict = (resources: Resources) => answers(openPortGuard, resources).Vpc;

test('a guard of the VPC with events, a sweep and alarms complies', () => {
  expect(verdict(example)).toBe('compliant');
});

test('each VPC has its own guard', () => {
  const two = { ...example, Other: resource('AWS::EC2::VPC') };
  expect([answers(openPortGuard, two).Vpc, answers(openPortGuard, two).Other]).toEqual(['compliant', ['variable::VPC']]);
});

const withPattern = (more: JsonObject): Resources => changed(example, 'Trigger', { EventPattern: { ...pattern, ...more } });
const noEvents = [
  'no function',
  'a function with another log',
  'a function of another deployment',
  'no trigger',
  'a trigger of another function',
];

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [
    name,
    complete(resources),
    noEvents.includes(name) ? [...ids, 'events'] : ids,
  ]),
  ['a sweep every hour', changed(example, 'Trigger', { ScheduleExpression: 'rate(1 hour)' }), ['trigger']],
  ['a guard without a sweep', changed(example, 'Trigger', { ScheduleExpression: undefined }), ['trigger']],
  ['a guard of another VPC', withVariables(example, control, { VPC: 'vpc-elsewhere' }), ['variable::VPC']],
  [
    'a guard that spares the group of servers',
    withVariables(example, control, { PROXY_GROUP: att('Servers', 'GroupId') as unknown as string }),
    ['variable::PROXY_GROUP'],
  ],
  ['a guard without events', changed(example, 'Trigger', { EventPattern: undefined }), ['events']],
  ['events of another service', withPattern({ source: ['aws.s3'] }), ['events']],
  ['events of another kind', withPattern({ 'detail-type': ['EC2 Instance State-change Notification'] }), ['events']],
  ...names.map((name): [string, Resources, string[]] => [
    `a guard without ${name}`,
    withPattern({ detail: { eventName: names.filter((other) => other !== name) } }),
    ['events'],
  ]),
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
