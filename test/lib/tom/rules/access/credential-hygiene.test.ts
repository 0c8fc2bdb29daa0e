import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { credentialHygiene } from '../../../../../lib/tom/rules/access/credential-hygiene';
import { answers, changed, type Resources, ref, resource, without } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const control: ExampleControl = {
  control: 'credential-hygiene',
  reports: ['credential-hygiene', 'root-user'],
  variables: { WARN_DAYS: '76,83', LIMIT_DAYS: '90', DELETE_DAYS: '120', EXEMPT_USERS: 'none', TOPIC: ref('Topic') },
  ...{ trigger: 'schedule', expression: 'cron(10 6 * * ? *)', gap: 36 * 3600 },
};
const topic: Resources = { Topic: resource('AWS::SNS::Topic') };
const example: Resources = { ...controlExample(control), ...topic };
const verdict = (resources: Resources, facts = {}) => answers(credentialHygiene, resources, facts).Trail;
const changedTo = (more: Readonly<Record<string, string>>): Resources => withVariables(example, control, more);

test('an examination every day with warnings, limits and alarms complies', () => {
  expect(verdict(example)).toBe('compliant');
  expect(verdict(changedTo({ LIMIT_DAYS: '60', DELETE_DAYS: '90' }))).toBe('compliant');
});

test('the exemptions are those of the configuration, each with its end', () => {
  const credentialExemptions = [{ user: 'break-glass', reason: 'Signs in when no role can.', until: '2027-06-30' }];
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', access: { credentialExemptions } });
  expect(verdict(changedTo({ EXEMPT_USERS: 'break-glass/2027-06-30' }), { settings })).toBe('compliant');
  expect(verdict(changedTo({ EXEMPT_USERS: 'break-glass/2099-06-30' }), { settings })).toEqual(['variable::EXEMPT_USERS']);
  expect(verdict(example, { settings })).toEqual(['variable::EXEMPT_USERS']);
  expect(verdict(changedTo({ EXEMPT_USERS: 'break-glass/2027-06-30' }))).toEqual(['variable::EXEMPT_USERS']);
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [name, { ...resources, ...topic }, ids]),
  ['one warning', changedTo({ WARN_DAYS: '83' }), ['variable::WARN_DAYS']],
  ['a warning on the last day', changedTo({ WARN_DAYS: '76,89' }), ['variable::WARN_DAYS']],
  ['91 days', changedTo({ LIMIT_DAYS: '91' }), ['variable::LIMIT_DAYS']],
  ['no limit', changedTo({ LIMIT_DAYS: '0' }), ['variable::LIMIT_DAYS']],
  ['disabled keys for 121 days', changedTo({ DELETE_DAYS: '121' }), ['variable::DELETE_DAYS']],
  ['a topic elsewhere', changedTo({ TOPIC: 'arn:aws:sns:eu-west-3:111111111111:elsewhere' }), ['variable::TOPIC']],
  ['no alarm on the root user', without(example, 'Found1'), ['findings::root-user']],
  ['an examination every two days', changed(example, 'Trigger', { ScheduleExpression: 'rate(2 days)' }), ['trigger']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
