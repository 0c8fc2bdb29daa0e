import { accountEnvironments } from '../../../../../lib/tom/rules/access/account-environments';
import { answers, att, changed, type Resources, resource, without } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const control: ExampleControl = {
  control: 'account-environments',
  variables: {
    ENVIRONMENT: 'production',
    BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
    REGIONS: 'eu-west-3,eu-central-1',
  },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 6 * 3600 },
};
const properties = { ServiceToken: att('Function'), Environment: 'production', Release: '0123456789abcdef' };
const more: Resources = { Admission: resource('Custom::AccountEnvironments', properties) };
const example: Resources = { ...controlExample(control), ...more };
const verdict = (resources: Resources) => answers(accountEnvironments, resources).Trail;

test('a deployment that is admitted to its account complies, with its watch', () => {
  expect(verdict(example)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [
    name,
    { ...resources, ...more },
    ids[0] === 'function' ? [...ids, 'admission'] : ids,
  ]),
  ['the name of another environment', withVariables(example, control, { ENVIRONMENT: 'staging' }), ['variable::ENVIRONMENT']],
  [
    'the boundary of another deployment',
    withVariables(example, control, { BOUNDARY: 'arn:aws:iam::111111111111:policy/staging-boundary-eu-west-3' }),
    ['variable::BOUNDARY'],
  ],
  ['no recovery region', withVariables(example, control, { REGIONS: 'eu-west-3' }), ['variable::REGIONS']],
  ['no home region', withVariables(example, control, { REGIONS: 'eu-central-1' }), ['variable::REGIONS']],
  ['a watch every two hours', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 hours)' }), ['trigger']],
  ['no custom resource', without(example, 'Admission'), ['admission']],
  [
    'a second custom resource, of another function',
    { ...example, Pretended: resource('Custom::AccountEnvironments', { ...properties, ServiceToken: 'x' }) },
    ['admission'],
  ],
  ['a custom resource of another function', changed(example, 'Admission', { ServiceToken: 'x' }), ['admission']],
  ['an admission of another environment', changed(example, 'Admission', { Environment: 'staging' }), ['admission']],
  ['an admission that never changes', changed(example, 'Admission', { Release: 'first' }), ['admission']],
  ['an admission without a release', changed(example, 'Admission', { Release: undefined }), ['admission']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
