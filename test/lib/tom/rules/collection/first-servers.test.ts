import { firstServers } from '../../../../../lib/tom/rules/collection/first-servers';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { fleet } from './example-fleet';

const wait = (variables: Readonly<Record<string, string | object>>) =>
  resource('AWS::Lambda::Function', { Environment: { Variables: { TARGET_GROUP: ref('Targets'), SERVERS: '2', ...variables } } as never });

const awaited: Resources = {
  ...fleet,
  Wait: wait({}),
  Healthy: resource('Custom::FirstServers', { ServiceToken: att('Wait'), Fleet: ref('Fleet'), TargetGroup: ref('Targets') }),
};
const says = (resources: Resources) => answers(firstServers, resources).Fleet;

test('a fleet with a wait for its servers complies', () => {
  expect(says(awaited)).toBe('compliant');
});

test.each<[string, Resources]>([
  ['nothing waits', without(awaited, 'Healthy')],
  ['what waits is there before the fleet', changed(awaited, 'Healthy', { Fleet: 'production-collectors' })],
  ['another target group is looked at', changed(awaited, 'Healthy', { TargetGroup: 'arn:aws:elasticloadbalancing:x' })],
  ['a function from elsewhere waits', changed(awaited, 'Healthy', { ServiceToken: 'arn:aws:lambda:x' })],
  ['the function looks at another target group', { ...awaited, Wait: wait({ TARGET_GROUP: 'arn:aws:elasticloadbalancing:x' }) }],
  ['one server is enough', { ...awaited, Wait: wait({ SERVERS: '1' }) }],
  ['the number cannot be told', { ...awaited, Wait: wait({ SERVERS: ref('Number') }) }],
])('it does not where %s', (_, resources) => {
  expect(says(resources)).toEqual(['awaited']);
});

test('other fleets are not applicable', () => {
  const Tags = [{ Key: 'rempart:role', Value: 'portal', PropagateAtLaunch: true }];
  expect(says(changed(without(awaited, 'Healthy'), 'Fleet', { Tags }))).toBe('not-applicable');
});
