// Unique objections: a rule that another rule of its clauses repeats has none; a repetition by a declaration is
// counted by itself.
import { guard, type Rule, remove, replace } from '../../../../lib/tom/rule';
import type { Challenge } from '../../../../tools/develop/challenge/challenge';
import { sumOf, uniquenessOf } from '../../../../tools/develop/challenge/unique';
import { isRepeated, uniqueReport } from '../../../../tools/develop/challenge/unique-report';
import { assemblyOf, resource } from '../../../lib/tom/rules/example';

const finding = (path: string) => ({ id: path, path, found: undefined, required: 'otherwise', fix: 'Mend it.' });
const holds = (name: string, property: string, value: string): Rule => ({
  name,
  requires: `a lock has the ${property} ${value}`,
  types: ['Lock'],
  check: (lock) => (lock.at(property) === value ? [] : [finding(`Properties.${property}`)]),
  guards: [guard('Lock', `Properties.${property}`, remove, replace('other'))],
  bypasses: [{ name: 'a bare lock', beside: 'Lock', resources: { Bare: resource('Lock') } }],
});
const steel = holds('steel', 'Metal', 'steel');
const alsoSteel = holds('also-steel', 'Metal', 'steel');
const elsewhere = holds('elsewhere', 'Metal', 'steel');
const shut = holds('shut', 'State', 'shut');
const declared = holds('declared-properties', 'State', 'shut');
const alone = holds('alone', 'Owner', 'us');
const rules = [steel, alsoSteel, elsewhere, shut, declared, alone];

const subject = { label: 'toy', assembly: assemblyOf({ Lock: resource('Lock', { Metal: 'steel', State: 'shut', Owner: 'us' }) }) };
const challenge = (property: string): Challenge => ({
  ...{ clause: 'TOM-3.1', kind: 'J', title: `another ${property}` },
  change: (templates) => {
    for (const template of Object.values(templates)) if (template.Resources.Lock) template.Resources.Lock.Properties[property] = 'other';
  },
});
const provenBy = (rule: Rule) => (rule === elsewhere ? (['TOM-5.1'] as const) : (['TOM-3.1'] as const));
const share = (part: number, parts: number) =>
  uniquenessOf(rules, ['Metal', 'State', 'Owner'].map(challenge), subject, { part, parts }, provenBy);
const rows = share(0, 1);
const row = (rule: Rule) => rows.find(({ rule: name }) => name === rule.name);

test('another rule of the same clause repeats an objection at the changed property', () => {
  const repeated = { changes: 2, repeated: 2, declared: 0, alone: 0 };
  expect(row(steel)).toMatchObject({ mutants: repeated, challenges: { changes: 1, repeated: 1 } });
  expect(row(alsoSteel)).toMatchObject({ mutants: repeated });
});

test('a rule of another clause repeats nothing', () => {
  expect(row(elsewhere)).toMatchObject({ mutants: { changes: 2, alone: 2 }, challenges: { changes: 1, alone: 1 } });
});

test('a repetition by the closed world alone is counted by itself', () => {
  expect(row(shut)).toMatchObject({ mutants: { changes: 2, repeated: 0, declared: 2 }, challenges: { changes: 1, declared: 1 } });
  expect(row(alone)).toMatchObject({ mutants: { changes: 2, alone: 2 }, challenges: { changes: 1, alone: 1 } });
});

test('the rules without an objection of their own are listed', () => {
  const repeated = [steel, alsoSteel, shut, alone].filter((rule) => isRepeated(row(rule) as never));
  expect(repeated).toEqual([steel, alsoSteel]);
  expect(uniqueReport(rows)).toContain('2 of 6 rules have no objection of their own: steel, also-steel');
});

test('the parts add up to the whole', () => {
  expect(sumOf([share(0, 2), share(1, 2)])).toEqual(rows);
});
