// The fixed names: within the lengths of AWS for the longest name of a deployment, and no two alike.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AlarmId, alarmName, alarms, controls, functionName } from '../../../lib/config/names';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';

const settings = settingsSchema.parse({ environment: 'production', owner: 'platform' });
/** The longest name that a file in config/ may have. */
const site = siteOf('a'.repeat(24), 'home', settings, []);
const lambda = join(__dirname, '../../../lambda');

test('the controls are the folders of functions', () => {
  const folders = readdirSync(lambda).flatMap((concern) => readdirSync(join(lambda, concern)));
  expect([...controls]).toEqual(folders.sort());
});

test.each(controls)('the name of the function %s has at most 64 characters', (control) => {
  expect(functionName(site, control)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

test('no control ends with another one, so that deployments whose names begin alike share no name', () => {
  for (const control of controls) expect(controls.filter((other) => other.endsWith(`-${control}`))).toEqual([]);
});

test.each(Object.keys(alarms) as AlarmId[])('the name of the alarm %s has at most 255 characters, and one word at its end', (alarm) => {
  expect(alarmName(site, alarm).length).toBeLessThanOrEqual(255);
  expect(alarmName(site, alarm)).toMatch(/^a{24}-(?:access|account|backup|collection|data|edge)-[A-Z][A-Za-z]+$/);
});

test('the headings of no two alarms are alike', () => {
  const headings = Object.keys(alarms).map((alarm) => alarm.toLowerCase());
  expect(new Set(headings).size).toBe(headings.length);
});
