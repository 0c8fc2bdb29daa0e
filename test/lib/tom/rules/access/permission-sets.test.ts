import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { permissionSets } from '../../../../../lib/tom/rules/access/permission-sets';
import { answers, changed, join, type Resources } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const boundary = 'arn:aws:iam::111122223333:policy/production-boundary-*';
const roles = ['client-data-team', 'emergency', 'infrastructure-manager', 'it-team', 'recovery'];
const sets = (deployment: string) => roles.flatMap((role) => [role, `${role}_${deployment}`]).join();
const control: ExampleControl = {
  control: 'permission-sets',
  variables: { SETS: sets('production'), BOUNDARY: boundary },
  ...{ trigger: 'schedule', expression: 'cron(40 6 * * ? *)', gap: 36 * 3600 },
};
const example = controlExample(control);
const signIn = (value: string, environment = 'production') => ({
  environment: environment as 'production' | 'staging',
  settings: settingsSchema.parse({ environment, owner: 'platform-team', access: { signIn: value } }),
});
const verdict = (resources: Resources, facts: object = signIn('identity-center')) => answers(permissionSets, resources, facts).Trail;
const changedTo = (more: Readonly<Record<string, string>>): Resources => withVariables(example, control, more);

test('a daily examination of the sets of people complies; the account may be a reference', () => {
  expect(verdict(example)).toBe('compliant');
  const BOUNDARY = join('arn:aws:iam::', { Ref: 'AWS::AccountId' }, ':policy/production-boundary-*');
  const Variables = { DEPLOYMENT: 'production', METRIC_NAMESPACE: 'Rempart/Probes', SETS: sets('production'), BOUNDARY };
  expect(verdict(changed(example, 'Function', { Environment: { Variables } }))).toBe('compliant');
});

test('without IAM Identity Center the rule asks for nothing', () => {
  expect(verdict({ Trail: example.Trail as never }, signIn('users'))).toBe('not-applicable');
});

test('outside production the sets of deployments that share the account are admitted, and in production they are not', () => {
  const shared = changedTo({ SETS: sets('*'), BOUNDARY: 'arn:aws:iam::111122223333:policy/*-boundary-*' });
  expect(verdict(shared, signIn('identity-center', 'staging'))).toBe('compliant');
  expect(verdict(shared)).toEqual(['variable::SETS', 'variable::BOUNDARY']);
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control),
  ['a set of administrators', changedTo({ SETS: `${sets('production')},AdministratorAccess` }), ['variable::SETS']],
  ['any set', changedTo({ SETS: '*' }), ['variable::SETS']],
  ['any policy as boundary', changedTo({ BOUNDARY: 'arn:aws:iam::111122223333:policy/*' }), ['variable::BOUNDARY']],
  ['the boundary of another deployment', changedTo({ BOUNDARY: boundary.replace('production', 'staging') }), ['variable::BOUNDARY']],
  ['an administrator policy', changedTo({ BOUNDARY: 'arn:aws:iam::aws:policy/AdministratorAccess' }), ['variable::BOUNDARY']],
  ['an examination every two days', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 days)' }), ['trigger']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
