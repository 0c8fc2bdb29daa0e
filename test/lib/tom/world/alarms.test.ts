// The declared alarms: each of names.ts once, with severity and runbook entry at the end of its description.
import { alarms } from '../../../../lib/config/names';
import { Assembly, type Json } from '../../../../lib/tom/template/assembly';
import { alarmType } from '../../../../lib/tom/template/resource-types';
import { declarations } from '../../../../lib/tom/world/all';
import { contextOf, declaredResources } from '../../../../lib/tom/world/declaration';
import { withCertificate } from '../rules/access/example-vpn';
import { facts as common, resource, stack } from '../rules/example';

/** A deployment with every alarm. */
const { settings } = { ...common, ...withCertificate };
const access = { ...settings.access, managementGateway: { home: '8.8.4.4' }, signIn: 'identity-center' as const };
const facts = { ...common, settings: { ...settings, access } };
const declared = [...declaredResources(declarations, facts).values()].filter(({ declaration }) => declaration.type === alarmType);

test('each alarm of names.ts is declared once, in its stack', () => {
  const ids = declared.map(({ name }) => {
    const [owner, construct = ''] = name.split('/');
    const found = Object.entries(alarms).filter(([id, of]) => of === owner && construct.endsWith(id));
    return found.map(([id]) => id).join();
  });
  expect(ids.toSorted()).toEqual(Object.keys(alarms).toSorted());
});

/** Paths of the properties that the declaration of an alarm refuses. */
function refused(name: string, properties: Readonly<Record<string, Json>>): readonly string[] {
  const found = declared.find((candidate) => candidate.name === name);
  const assembly = new Assembly(facts, [stack({ Alarm: resource(alarmType) })]);
  const [subject] = assembly.resources;
  if (!found || !subject) throw new Error(`expected ${name}`);
  const value = { Type: alarmType, Properties: properties };
  return found.declaration.form
    .deviations({ value, path: '', context: contextOf(found, subject, { assembly }) })
    .map(({ path }) => path)
    .filter((path) => Object.keys(properties).some((property) => path === `Properties.${property}`));
}

test.each<[string, Json, boolean]>([
  ['the failure, its severity and its runbook entry', 'Collectors return 503. Severity: page. Runbook: docs/runbook.md#hitsrefused', true],
  ['another severity', 'Collectors return 503. Severity: ticket. Runbook: docs/runbook.md#hitsrefused', false],
  ['the entry of another alarm', 'Collectors return 503. Severity: page. Runbook: docs/runbook.md#unknownsite', false],
  ['a text after the entry', 'Collectors return 503. Severity: page. Runbook: docs/runbook.md#hitsrefused or not', false],
  ['no failure', ' Severity: page. Runbook: docs/runbook.md#hitsrefused', false],
  ['a secret that is resolved', 'Token {{resolve:ssm:a}}. Severity: page. Runbook: docs/runbook.md#hitsrefused', false],
])('a description with %s: %s', (_, description, isAdmitted) => {
  expect(refused('collection/CollectorsAlarmsHitsRefused', { AlarmDescription: description })).toEqual(
    isAdmitted ? [] : ['Properties.AlarmDescription'],
  );
});

test('an alarm waits no longer than declared, and its threshold is in bounds', () => {
  expect(refused('collection/HitIngestIngestBehind', { EvaluationPeriods: 1, Period: 300, Threshold: 900_000 })).toEqual([]);
  expect(refused('collection/HitIngestIngestBehind', { EvaluationPeriods: 2, Period: 600, Threshold: 900_001 })).toEqual([
    'Properties.Period',
    'Properties.Threshold',
    'Properties.EvaluationPeriods',
  ]);
});

test('no alarm has a unit, a switch of its actions, or another name', () => {
  for (const { name } of declared) {
    const muted = { Unit: 'Percent', ActionsEnabled: true, InsufficientDataActions: [], DatapointsToAlarm: 3 };
    expect(refused(name, muted)).toEqual(Object.keys(muted).map((property) => `Properties.${property}`));
    expect(refused(name, { AlarmName: 'other' })).toEqual(['Properties.AlarmName']);
  }
});
