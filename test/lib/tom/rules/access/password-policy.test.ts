import { passwordPolicy } from '../../../../../lib/tom/rules/access/password-policy';
import { answers, att, changed, type Resources, resource, without } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const figures = { MINIMUM_LENGTH: '14', MAXIMUM_AGE_DAYS: '90', REUSE_PREVENTION: '24' };
const control: ExampleControl = {
  control: 'password-policy',
  variables: { BOUNDARY: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3', ...figures },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 6 * 3600 },
};
const properties = { ServiceToken: att('Function'), MinimumLength: '14', MaximumAgeDays: '90', ReusePrevention: '24' };
const custom = resource('Custom::PasswordPolicy', properties);
const example: Resources = { ...controlExample(control), Set: custom };
const withFigures = (more: Partial<typeof figures>): Resources => {
  const { MINIMUM_LENGTH, MAXIMUM_AGE_DAYS, REUSE_PREVENTION } = { ...figures, ...more };
  const all = { MinimumLength: MINIMUM_LENGTH, MaximumAgeDays: MAXIMUM_AGE_DAYS, ReusePrevention: REUSE_PREVENTION };
  return changed(withVariables(example, control, more), 'Set', all);
};
const verdict = (resources: Resources) => answers(passwordPolicy, resources).Trail;

test('a policy of 10 characters and 90 days or stronger complies, with its watch', () => {
  expect(verdict(example)).toBe('compliant');
  expect(verdict(withFigures({ MINIMUM_LENGTH: '10' }))).toBe('compliant');
  expect(verdict(withFigures({ MINIMUM_LENGTH: '128', MAXIMUM_AGE_DAYS: '30' }))).toBe('compliant');
});

const common = commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [
  name,
  { ...resources, Set: custom },
  ids[0] === 'function' ? [...ids, 'set'] : ids,
]);

test.each<[string, Resources, string[]]>([
  ...common,
  ['9 characters', withFigures({ MINIMUM_LENGTH: '9' }), ['variable::MINIMUM_LENGTH']],
  ['129 characters', withFigures({ MINIMUM_LENGTH: '129' }), ['variable::MINIMUM_LENGTH']],
  ['91 days', withFigures({ MAXIMUM_AGE_DAYS: '91' }), ['variable::MAXIMUM_AGE_DAYS']],
  ['passwords that do not expire', withFigures({ MAXIMUM_AGE_DAYS: '0' }), ['variable::MAXIMUM_AGE_DAYS']],
  ['reuse after 5 passwords', withFigures({ REUSE_PREVENTION: '5' }), ['variable::REUSE_PREVENTION']],
  [
    'the boundary of another deployment',
    withVariables(example, control, { BOUNDARY: 'arn:aws:iam::111111111111:policy/staging-boundary-eu-west-3' }),
    ['variable::BOUNDARY'],
  ],
  ['a schedule every two hours', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 hours)' }), ['trigger']],
  ['no custom resource', without(example, 'Set'), ['set']],
  ['a custom resource of another function', changed(example, 'Set', { ServiceToken: 'x' }), ['set']],
  ['a figure that the custom resource lacks', changed(example, 'Set', { MinimumLength: undefined }), ['set']],
  ['a figure that differs from the variable', changed(example, 'Set', { MaximumAgeDays: '60' }), ['set']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
