// Places of a change, and the findings that are about them.
import { Assembly, type Json, type StackTemplate } from '../../../../lib/tom/template/assembly';
import { changedPaths, changedReads, isAtChange } from '../../../../tools/develop/challenge/places';
import { challengeReport } from '../../../../tools/develop/challenge/report';
import { facts, resource, stack } from '../../../lib/tom/rules/example';

const properties = { Name: 'a', Rules: [{ Port: 1 }, { Port: 2 }], Text: { 'Fn::Join': ['', ['a', { Ref: 'B' }]] } };
const assemblyWith = (changed: Readonly<Record<string, Json>>, rest: Partial<StackTemplate['template']> = {}): Assembly =>
  new Assembly(facts, [stack({}, { template: { Resources: { A: resource('T', { ...properties, ...changed }) }, ...rest } })]);
const pathsOf = (changed: Readonly<Record<string, Json>>) => changedPaths(assemblyWith({}), assemblyWith(changed));
const at = (path: string, place = 'production-example/A') => ({ place, path });

test('a change is at its property', () => {
  expect([...pathsOf({ Name: 'b' })]).toEqual([['production-example/A', ['Properties.Name']]]);
  expect(pathsOf({}).size).toBe(0);
});

test.each<[string, Json, string]>([
  ['an element of a list', [{ Port: 1 }, { Port: 3 }], 'Properties.Rules.1.Port'],
  ['a list of another length, as a whole', [{ Port: 1 }], 'Properties.Rules'],
  ['a value of another type', 'all', 'Properties.Rules'],
])('the path of %s', (_, rules, path) => {
  expect(pathsOf({ Rules: rules }).get('production-example/A')).toEqual([path]);
});

test('a computed value changes as a whole', () => {
  expect(pathsOf({ Text: { 'Fn::Join': ['', ['b', { Ref: 'B' }]] } }).get('production-example/A')).toEqual(['Properties.Text']);
});

test('a removed resource is a change of its stack, an added one of itself', () => {
  const without = new Assembly(facts, [stack({})]);
  expect(changedPaths(assemblyWith({}), without).get('production-example/')).toEqual(['Resources']);
  expect(changedPaths(without, assemblyWith({}))).toEqual(new Map([['production-example/A', ['']]]));
});

test('an added stack is a change of each of its resources', () => {
  const none = new Assembly(facts, []);
  expect(changedPaths(none, assemblyWith({}))).toEqual(new Map([['production-example/A', ['']]]));
});

test('a section is a change of the stack', () => {
  const changed = assemblyWith({}, { Outputs: { X: { Value: 'y' } } });
  expect([...changedPaths(assemblyWith({}), changed)]).toEqual([['production-example/', ['Outputs']]]);
});

test('a finding counts at the changed property, within it, and around it, and nowhere else', () => {
  const paths = pathsOf({ Rules: [{ Port: 1 }, { Port: 3 }] });
  const counts = ['Properties.Rules.1.Port', 'Properties.Rules.1.Port.x', 'Properties.Rules', ''].map((path) =>
    isAtChange(at(path), paths),
  );
  expect(counts).toEqual([true, true, true, true]);
  const others = ['Properties.Name', 'Properties.Rules.0', 'Properties.Rules.1.Ports', 'Metadata'];
  expect(others.filter((path) => isAtChange(at(path), paths))).toEqual([]);
  expect(isAtChange(at('Properties.Rules', 'production-example/B'), paths)).toBe(false);
});

test('the report has both scores, by kind and by chapter', () => {
  const outcome = { clause: 'TOM-3.4', kind: 'C', title: 'x', elsewhere: [] };
  const outcomes = [
    { ...outcome, rule: 'declared-properties', own: 'alarms-notify' },
    { ...outcome, clause: 'DSS-4.4', rule: 'declared-properties', elsewhere: ['alarms-notify'] },
    { ...outcome, title: 'missed' },
  ];
  const report = challengeReport({ set: 'first', all: 3, objected: 2, outcomes });
  expect(report).toContain('first: 2 of 3 changes were objected to at the changed property, 66.6 %');
  expect(report).toContain('without declared-*: 1, 33.3 %; 1 more at another property or resource');
  expect(report).toMatch(/chapter\s+TOM-3\s+1 of 2, without declared-\*: 1/);
  expect(report).toContain('no objection: TOM-3.4: missed');
});

describe('the reads of a change', () => {
  const readsOf = (changed: Readonly<Record<string, Json>>) => {
    const [before, after] = [assemblyWith({}), assemblyWith(changed)];
    return changedReads(before, after, changedPaths(before, after));
  };

  test('are its properties, and the object of one that comes', () => {
    expect(readsOf({ Rules: [{ Port: 1 }, { Port: 3 }] })).toEqual([{ type: 'T', path: 'Properties.Rules.1.Port' }]);
    expect(readsOf({ Other: 1 })).toEqual([{ type: 'T', path: 'Properties' }]);
  });

  test('are unknown if a resource comes or a section changes', () => {
    const without = new Assembly(facts, [stack({})]);
    const sections = assemblyWith({}, { Outputs: { X: { Value: 'y' } } });
    for (const [before, after] of [
      [without, assemblyWith({})],
      [assemblyWith({}), without],
      [assemblyWith({}), sections],
    ] as const)
      expect(changedReads(before, after, changedPaths(before, after))).toBeUndefined();
  });
});
