import { runsDaily } from '../../../../lib/tom/template/schedules';
import { assemblyOf, resource } from '../rules/example';

const schedule = (properties: object) => {
  const found = assemblyOf({ Schedule: resource('AWS::Scheduler::Schedule', properties as never) }).resource(
    'production-example',
    'Schedule',
  );
  return found !== undefined && runsDaily(found);
};

test.each(['cron(40 5 * * ? *)', 'cron(0 2,14 * * ? *)', 'cron(0,30 * ? * * *)', 'rate(1 day)', 'rate(24 hours)', 'rate(1440 minutes)'])(
  '%s runs at least once a day',
  (ScheduleExpression) => {
    expect(schedule({ ScheduleExpression })).toBe(true);
  },
);

test.each([
  'cron(40 5 ? * MON *)',
  'cron(40 2 1 * ? *)',
  'cron(40 2 * * ? 2030)',
  'cron(60 5 * * ? *)',
  'cron(0 24 * * ? *)',
  'rate(2 days)',
  'rate(25 hours)',
  'rate(1441 minutes)',
  'rate(0 minutes)',
  'at(2030-01-01T00:00:00)',
  '',
])('%j does not', (ScheduleExpression) => {
  expect(schedule({ ScheduleExpression })).toBe(false);
});

test('a schedule is enabled and has neither a start nor an end', () => {
  const daily = { ScheduleExpression: 'rate(1 day)' };
  expect(schedule({ ...daily, State: 'ENABLED' })).toBe(true);
  expect(schedule({ ...daily, State: 'DISABLED' })).toBe(false);
  expect(schedule({ ...daily, StartDate: '2030-01-01T00:00:00Z' })).toBe(false);
  expect(schedule({ ...daily, EndDate: '2030-01-01T00:00:00Z' })).toBe(false);
  expect(schedule({})).toBe(false);
});
