import { dailyBackups } from '../../../../../lib/tom/rules/backup/daily-backups';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, type Resources, without } from '../example';
import { backups, daily, plan } from './example-backups';

const verdict = (resources: Resources) => answers(dailyBackups, resources).Plan;
const withRule = (more: JsonObject) => ({ ...backups, Plan: plan({ ...daily, ...more }) });

test('a plan of daily backups for 30 days complies, with a continuous rule too', () => {
  expect(verdict(backups)).toBe('compliant');
  expect(verdict({ ...backups, Plan: plan(daily, { ...daily, EnableContinuousBackup: true }) })).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['a weekly backup', withRule({ ScheduleExpression: 'cron(0 4 ? * MON *)' }), ['schedule::0']],
  ['a backup each month', withRule({ ScheduleExpression: 'cron(0 4 1 * ? *)' }), ['schedule::0']],
  ['a backup in the hour of a place', withRule({ ScheduleExpressionTimezone: 'Europe/Paris' }), ['zone::0']],
  ['backups for 35 days', withRule({ Lifecycle: { DeleteAfterDays: 35 } }), ['days::0']],
  ['backups in cold storage', withRule({ Lifecycle: { DeleteAfterDays: 30, MoveToColdStorageAfterDays: 1 } }), ['days::0']],
  ['backups without an end', withRule({ Lifecycle: {} }), ['days::0']],
  ['a vault of another', withRule({ TargetBackupVault: 'Default' }), ['vault::0']],
  ['a second rule for a year', { ...backups, Plan: plan(daily, { ...daily, Lifecycle: { DeleteAfterDays: 365 } }) }, ['days::1']],
  ['no rule', { ...backups, Plan: plan() }, ['rules']],
  ['no selection', without(backups, 'Selection'), ['selection']],
])('%s does not', (_, resources, ids) => {
  expect(verdict(resources)).toEqual(ids);
});
