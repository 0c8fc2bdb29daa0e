import { lakeWritten } from '../../../../../lib/tom/rules/lake/lake-written';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { changed, type Resources, resource, without } from '../example';
import { findings, lake } from './example-lake';

const on = (id: string, resources: Resources) => findings(lakeWritten, resources, id);

test('the functions of the lake comply; another one is not its concern', () => {
  for (const id of ['LakeExportFunction', 'LakeUpkeepFunction']) expect([id, on(id, lake)]).toEqual([id, []]);
  expect(on('Other', { ...lake, Other: resource('AWS::Lambda::Function') })).toBe('not-applicable');
});

test.each<[string, string, Resources, string[]]>([
  [
    'an export before the stream is over',
    'LakeExportFunction',
    changed(lake, 'LakeExportFunction', { Environment: { Variables: { LAKE_AFTER_DAYS: '3' } } }),
    ['LAKE_AFTER_DAYS'],
  ],
  [
    'an upkeep with other months than the configuration',
    'LakeUpkeepFunction',
    changed(lake, 'LakeUpkeepFunction', { Environment: { Variables: { KEEP_MONTHS: '13' } } }),
    ['KEEP_MONTHS'],
  ],
  ...['21', '10', 'x'].map((days): [string, string, Resources, string[]] => [
    `a window of ${days} days, which loses days that wait for their export,`,
    'LakeExportFunction',
    changed(lake, 'UpkeepFunction', { Environment: { Variables: { HOT_DAYS: days } } }),
    ['window'],
  ]),
  ['a window without an upkeep', 'LakeExportFunction', without(lake, 'UpkeepFunction'), ['window']],
  ['an export that nothing starts', 'LakeExportFunction', without(lake, 'LakeExportSchedule'), ['schedule']],
  ['an upkeep that nothing starts', 'LakeUpkeepFunction', without(lake, 'LakeUpkeepSchedule'), ['schedule']],
  ['a schedule that is off', 'LakeUpkeepFunction', changed(lake, 'LakeUpkeepSchedule', { State: 'DISABLED' }), ['schedule']],
])('%s does not', (_, id, resources, ids) => {
  expect(on(id, resources)).toEqual(ids);
});

test('a window of a week beyond the latest alarm complies', () => {
  const shortest = changed(lake, 'UpkeepFunction', { Environment: { Variables: { HOT_DAYS: '22' } } });
  expect(on('LakeExportFunction', shortest)).toEqual([]);
});

test.each<[string, string, JsonObject]>([
  ['has no log', 'Filter', { LogGroupName: 'another' }],
  ['reads another field', 'Filter', { FilterPattern: '{ $.message.days >= 0 }' }],
  ['reads late days alone', 'Filter', { FilterPattern: '{ $.message.longestWaitHours > 100 }' }],
  ['comes weeks late', 'Late', { Threshold: 121 }],
  ['is raised by no day', 'Late', { ComparisonOperator: 'LessThanThreshold' }],
  ['sees the shortest wait', 'Late', { Statistic: 'Minimum' }],
  ['is on one site alone', 'Late', { Dimensions: [{ Name: 'Site', Value: '1' }] }],
  ['waits for days', 'Late', { EvaluationPeriods: 100 }],
  ['reads another namespace', 'Late', { Namespace: 'AWS/Lambda' }],
  ['notifies nobody', 'Late', { AlarmActions: [] }],
  ['is off', 'Late', { ActionsEnabled: false }],
])('an export whose alarm %s does not', (_, id, properties) => {
  expect(on('LakeExportFunction', changed(lake, id, properties))).toEqual(['late']);
});

test.each(['Late', 'Filter'])('nor does one without %s', (id) => {
  expect(on('LakeExportFunction', without(lake, id))).toEqual(['late']);
});
