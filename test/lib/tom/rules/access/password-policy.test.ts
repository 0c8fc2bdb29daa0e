import { passwordPolicy } from '../../../../../lib/tom/rules/access/password-policy';
import { answers, att, changed, type Resources, resource } from '../example';
import { controlExample, type ExampleControl, keptViolations, withVariables } from './example-control';

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

test.each<[string, Resources, string[]]>([
  ...keptViolations(control, { Set: custom }),
  ['9 characters', withFigures({ MINIMUM_LENGTH: '9' }), ['variable::MINIMUM_LENGTH']],
  ['129 characters', withFigures({ MINIMUM_LENGTH: '129' }), ['variable::MINIMUM_LENGTH']],
  ['91 days', withFigures({ MAXIMUM_AGE_DAYS: '91' }), ['variable::MAXIMUM_AGE_DAYS']],
  ['passwords that do not expire', withFigures({ MAXIMUM_AGE_DAYS: '0' }), ['variable::MAXIMUM_AGE_DAYS']],
  ['reuse after 5 passwords', withFigures({ REUSE_PREVENTION: '5' }), ['variable::REUSE_PREVENTION']],
  ['a figure that the custom resource lacks', changed(example, 'Set', { MinimumLength: undefined }), ['set']],
  ['a figure that differs from the variable', changed(example, 'Set', { MaximumAgeDays: '60' }), ['set']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
