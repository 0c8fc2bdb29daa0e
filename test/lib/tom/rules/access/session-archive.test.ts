import { sessionArchive } from '../../../../../lib/tom/rules/access/session-archive';
import { audit, exports, noDeletion } from '../audit/example-audit';
import { answers, att, changed, type Resources, ref, resource, without } from '../example';
import { commonViolations, controlExample, type ExampleControl, withVariables } from './example-control';

const control: ExampleControl = {
  control: 'session-archive',
  variables: { ARCHIVE: att('Archive'), LATE_DAYS: '2', REACH_DAYS: '60' },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 6 * 3600 },
};
const roleName = 'production-session-archive-eu-west-3';

/** A function with its role, beside an archive that admits its exports. */
const withArchive = (resources: Resources): Resources => {
  const { Trail: _, ...others } = resources;
  const all: Resources = { ...audit, ...others, Role: resource('AWS::IAM::Role', { RoleName: roleName }) };
  return 'Function' in all ? changed(all, 'Function', { Role: att('Role') }) : all;
};
const example = withArchive(controlExample(control));
const verdict = (resources: Resources) => answers(sessionArchive, resources).Trail;
const changedTo = (more: Readonly<Record<string, string>>): Resources => withArchive(withVariables(controlExample(control), control, more));
const admitting = (...Statement: typeof exports) =>
  changed(example, 'ArchivePolicy', { PolicyDocument: { Statement: [noDeletion, ...Statement] } });

test('an hourly export by its role, which the archive admits, complies', () => {
  expect(verdict(example)).toBe('compliant');
  expect(verdict(changedTo({ LATE_DAYS: '1', REACH_DAYS: '30' }))).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ...commonViolations(control).map(([name, resources, ids]): [string, Resources, string[]] => [
    name,
    withArchive(resources),
    ids[0] === 'function' ? ['function', 'role'] : ids,
  ]),
  ['an archive elsewhere', changedTo({ ARCHIVE: 'arn:aws:s3:::elsewhere' }), ['variable::ARCHIVE']],
  ['a day that is late after four days', changedTo({ LATE_DAYS: '4' }), ['variable::LATE_DAYS']],
  ['a reach beyond the log', changedTo({ REACH_DAYS: '90' }), ['variable::REACH_DAYS']],
  ['a reach of two weeks', changedTo({ REACH_DAYS: '14' }), ['variable::REACH_DAYS']],
  ['an export once a day', changed(example, 'Trigger', { ScheduleExpression: 'rate(1 day)' }), ['trigger']],
  ['a role that the archive does not name', changed(example, 'Role', { RoleName: 'another' }), ['role']],
  ['a role without a name', changed(example, 'Role', { RoleName: ref('AWS::NoValue') }), ['role']],
  ['an archive that admits no export', admitting(), ['admission::s3:GetBucketAcl', 'admission::s3:PutObject']],
  ['an archive that admits the question alone', admitting(...exports.slice(0, 1)), ['admission::s3:PutObject']],
  ['no policy of the archive', without(example, 'ArchivePolicy'), ['admission::s3:GetBucketAcl', 'admission::s3:PutObject']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
