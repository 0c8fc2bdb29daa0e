// The command line of the estimate, and the file of measured times.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCircumstances, readMeasured } from '../../../../tools/recover/estimate/request';

const folder = mkdtempSync(join(tmpdir(), 'rempart-recover-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (content: string): string => {
  const file = join(folder, 'measured.json');
  writeFileSync(file, content);
  return file;
};

test('the defaults', () => {
  expect(readCircumstances({})).toEqual({
    gigabytes: 1000,
    decisionMinutes: 15,
    hitsPerSecond: 2000,
    recoveryPointHours: 24,
    concurrency: 6,
    pace: 'expected',
    measured: {},
  });
});

test.each([
  [{ gigabytes: '10001' }, '--gigabytes: expected a number from 0 to 10,000, got 10001'],
  [{ concurrency: '0' }, '--concurrency: expected a number from 1 to 100, got 0'],
  [{ 'hits-per-second': 'many' }, '--hits-per-second: expected a number from 0 to 1,000,000, got many'],
  [{ 'decision-minutes': '-1' }, '--decision-minutes: expected a number from 0 to 10,080, got -1'],
])('%j is refused', (values, message) => {
  expect(() => readCircumstances(values)).toThrow(message);
});

test('measured times are minutes by resource type', () => {
  expect(readMeasured(fileWith('{"AWS::RDS::DBCluster": 21, "Custom::Certificate": 0.5}'))).toEqual({
    'AWS::RDS::DBCluster': 21,
    'Custom::Certificate': 0.5,
  });
  expect(() => readMeasured(fileWith('{"AWS::RDS::DBCluster": "21"}'))).toThrow(
    /minutes by resource type.*got \["AWS::RDS::DBCluster","21"\]/,
  );
  expect(() => readMeasured(fileWith('{"DBCluster": 21}'))).toThrow('got ["DBCluster",21]');
  expect(() => readMeasured(fileWith('[21]'))).toThrow('got [21]');
  expect(() => readMeasured(fileWith('null'))).toThrow('got null');
  expect(() => readMeasured(fileWith('{'))).toThrow(/expected a file with JSON/);
  expect(() => readMeasured(join(folder, 'missing.json'))).toThrow(/expected a file with JSON.*or leave --measured out/);
});
