// The examination of permission sets as the stack deploys it, with sign-in by IAM Identity Center alone.
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { evaluate } from '../../../lib/tom/evaluate';
import { rules } from '../../../lib/tom/rules/all';
import { nameOf } from '../../../lib/tom/template/names';
import { roleType } from '../../../lib/tom/template/resource-types';
import { roleRows } from '../../../tools/rehearse/call-rows';
import { build } from '../../../tools/rehearse/deployments';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { grantsOf, only, resourcesOf, variablesOf } from '../stacks/access-stack';
import type { Choice } from '../stacks/account-stack';

const center: Choice = { settings: { access: { signIn: 'identity-center' } } };

test('without IAM Identity Center there is no function', () => {
  const names = Object.keys(resourcesOf('AWS::Lambda::Function')).filter((id) => id.startsWith('PermissionSets'));
  expect(names).toEqual([]);
});

test('reads roles, below the path of IAM Identity Center, and changes nothing', () => {
  expect(grantsOf('PermissionSets', center)).toEqual({
    'iam:GetRole': 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*',
    'iam:ListRoles': '*',
  });
});

test('has the sets of people and the boundary of either site', () => {
  const { SETS, BOUNDARY } = variablesOf('PermissionSets', center);
  expect(String(SETS).split(',')).toEqual(expect.arrayContaining(['it-team', 'emergency', 'client-data-team']));
  expect(String(SETS)).not.toMatch(/auditor|deployer/);
  expect(JSON.stringify(BOUNDARY)).toContain(':policy/example-boundary-*');
});

test('runs every day, and people are notified of a set that differs and after 36 hours without a completed run', () => {
  expect(only('AWS::Scheduler::Schedule', 'PermissionSets', center).Properties.ScheduleExpression).toBe('cron(40 6 * * ? *)');
  const alarm = (id: string) => only('AWS::CloudWatch::Alarm', `PermissionSets${id}`, center).Properties;
  expect(alarm('PermissionSetsDiffer').AlarmDescription).toContain('Severity: ticket');
  const { Period, EvaluationPeriods } = alarm('PermissionSetsUnexamined');
  expect(Number(Period) * Number(EvaluationPeriods)).toBe(36 * 3600);
});

/** The findings of every rule; `build` does not bundle, so functions have no assets. */
function findingsAt(site: 'home' | 'recovery', signIn: 'users' | 'identity-center') {
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform', access: { signIn } });
  const { assembly } = build(siteOf('example', site, settings, []));
  const found = evaluate(assembly, rules).flatMap(({ rule, resource, verdict }) =>
    verdict === 'not-applicable' ? [] : verdict.map(({ id, path }) => `${rule.name} ${resource?.logicalId} ${id} ${path}`),
  );
  return { assembly, found: found.filter((finding) => !/aws:asset:|Properties\.Code/.test(finding)) };
}

test.each(['home', 'recovery'] as const)(
  'no rule objects to it at the %s site, and its calls are permitted',
  async (site) => {
    const { assembly, found } = findingsAt(site, 'identity-center');
    expect(found).toEqual(findingsAt(site, 'users').found);
    const roles = assembly.ofType(roleType).map((role) => nameOf(role, assembly.facts));
    const own = roles.filter((role) => role.startsWith('access/PermissionSets'));
    expect(own).toContain('access/PermissionSetsFunctionRole');
    const rows = await roleRows(new StandIn(assembly), own);
    expect(rows.map(({ outcome }) => outcome)).toContain('ok');
    expect(rows.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  },
  120_000,
);
