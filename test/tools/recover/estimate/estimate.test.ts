// The predicted time of a recovery, from the templates of the recovery site.

import { Assembly, type ResourceJson } from '../../../../lib/tom/template/assembly';
import { restoreOf } from '../../../../tools/recover/estimate/durations';
import { aimedHours, type Prediction, predict, promisedHours } from '../../../../tools/recover/estimate/estimate';
import { gantt } from '../../../../tools/recover/estimate/gantt';
import { minutesText, predictionText, predictionValue } from '../../../../tools/recover/estimate/print';
import type { Circumstances } from '../../../../tools/recover/estimate/tasks';
import type { Deployed } from '../../../../tools/rehearse/deployed';
import { closure } from '../../../../tools/rehearse/deployed';
import { assemblyOf } from '../../rehearse/production';

const at: Circumstances = {
  gigabytes: 1000,
  decisionMinutes: 15,
  hitsPerSecond: 2000,
  recoveryPointHours: 24,
  concurrency: 6,
  pace: 'expected',
  measured: {},
};

const synthesized = assemblyOf('production', 'recovery');
const direct = {
  'production-account': [],
  'production-network': ['production-account'],
  'production-data': ['production-network'],
  'production-edge': ['production-data'],
  'production-access': ['production-edge'],
  'production-collection': ['production-edge'],
};

/** The recovery site, with a database that is restored from a snapshot as a recovery restores it. */
const deployed: Deployed = {
  assembly: new Assembly(
    synthesized.facts,
    synthesized.stacks.map((stack) => ({
      ...stack,
      template: { ...stack.template, Resources: Object.fromEntries(Object.entries(stack.template.Resources ?? {}).map(fromSnapshot)) },
    })),
  ),
  earlier: closure(new Map(Object.entries(direct))),
};

function fromSnapshot([id, json]: [string, ResourceJson]): [string, ResourceJson] {
  if (json.Type !== 'AWS::RDS::DBCluster') return [id, json];
  return [id, { ...json, Properties: { ...json.Properties, SnapshotIdentifier: 'awsbackup:job-1' } }];
}

const predictWith = (changes: Partial<Circumstances> = {}): Prediction => predict(deployed, { ...at, ...changes });
const types = ({ path }: Prediction) => path.map(({ task: { type } }) => type);

test('a hit is answered within the aim, at one terabyte and expected times, and within the promise when everything is slow', () => {
  expect(predictWith().answered).toBeLessThanOrEqual(aimedHours * 60);
  for (const gigabytes of [10, 1000, 10_000]) {
    expect(predictWith({ gigabytes, pace: 'slow', concurrency: 1 }).answered).toBeLessThanOrEqual(promisedHours * 60);
  }
});

test('the critical path begins with the decision, passes the restored database, and leaves out the VPNs and the readers of the aim', () => {
  const { path } = predictWith();
  expect(path[0]?.task.id).toBe('decide');
  expect(path.at(-1)?.task.id).toBe('switch');
  expect(types(predictWith())).toEqual(expect.arrayContaining(['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'Custom::FirstServers']));
  expect(types(predictWith())).not.toContain('AWS::EC2::ClientVpnTargetNetworkAssociation');
});

test('the schema of a restored database does not wait for its readers', () => {
  const { timed } = predictWith();
  const beginOf = (name: RegExp) => timed.find(({ task: { name: own } }) => name.test(own))?.begin;
  expect(beginOf(/^MigrationsSchema/)).toBeLessThanOrEqual(beginOf(/^DatabaseReader1/) ?? Number.NaN);
});

test('a larger database, a slower decision and stacks one by one take longer', () => {
  const { answered } = predictWith();
  expect(predictWith({ gigabytes: 10_000 }).answered - answered).toBeCloseTo(28);
  expect(predictWith({ decisionMinutes: 75 }).answered - answered).toBeCloseTo(60);
  expect(predictWith({ concurrency: 1 }).answered).toBeGreaterThanOrEqual(answered);
});

test('a time of a drill takes the place of the table, and is named as its source', () => {
  const measured = { 'AWS::RDS::DBCluster': 5 };
  const { answered, path } = predictWith({ measured });
  expect(predictWith().answered - answered).toBeCloseTo(27);
  expect(path.find(({ task: { type } }) => type === 'AWS::RDS::DBCluster')?.task.source).toBe('measured in a drill');
});

test('the replay takes the hits since the recovery point, and does not end where as many arrive', () => {
  const { complete } = predictWith();
  const minutes = (2000 * 24 * 3600) / (13_930 - 2000) / 60;
  expect(predictWith({ hitsPerSecond: 0 }).complete).toBeCloseTo(complete - minutes);
  expect(predictWith({ hitsPerSecond: 14_000 }).complete).toBe(Number.POSITIVE_INFINITY);
  expect(predictionValue(predictWith({ hitsPerSecond: 14_000 })).completeMinutes).toBeNull();
});

test('the restore of a database grows with its size and has an end', () => {
  const minutes = [0, 10, 500, 1000, 5000, 10_000].map((gigabytes) => restoreOf(gigabytes).expected);
  expect(minutes).toEqual([...minutes].sort((one, other) => one - other));
  expect(() => restoreOf(10_001)).toThrow('expected 0 to 10,000 GB, got 10001');
});

test('the text has each task of the path with its source, and the picture a bar for each', () => {
  const chosen = predictWith();
  const text = predictionText(chosen, [chosen]);
  for (const { task } of chosen.path) expect(text).toContain(task.source);
  expect(text).toContain(`a hit is answered in the recovery region: ${minutesText(chosen.answered)} (promised 12 h, aim 2 h)`);
  expect(predictionText(predictWith({ gigabytes: 10_000 }), [])).toMatch(/Above the aim of 2 h. The longest tasks: DatabaseCluster/);
  const picture = gantt('A <b> & c', chosen.timed, new Set(chosen.path.map(({ task }) => task.id)));
  expect(picture.match(/fill="#b3261e"/g)).toHaveLength(chosen.path.length);
  expect(picture).toContain('A &lt;b&gt; &amp; c');
});

test.each([
  [0, '0 min'],
  [59.2, '1 h 00 min'],
  [61, '1 h 01 min'],
  [Number.POSITIVE_INFINITY, 'never'],
])('%d minutes are %s', (minutes, expected) => {
  expect(minutesText(minutes)).toBe(expected);
});
