import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { clauseIds } from '../../../../lib/tom/clause-id';
import { evaluate } from '../../../../lib/tom/evaluate';
import { ruleFile, rules, rulesByConcern } from '../../../../lib/tom/rules/all';
import { Assembly, type Json, type ResourceJson } from '../../../../lib/tom/template/assembly';
import { facts, stack } from './example';

const folder = join(__dirname, '../../../../lib/tom/rules');
/** Files of rules, as `<concern>/<rule>.ts`. */
const files = Object.keys(rulesByConcern).flatMap((concern) =>
  readdirSync(join(folder, concern))
    .filter((file) => file !== 'index.ts' && !/-(?:bypasses|findings)\.ts$/.test(file))
    .map((file) => `${concern}/${file}`),
);
const seed = 20_261;

describe('the rules of the house', () => {
  test('all are listed, one a file, each under the name of its file', () => {
    expect(rules.map((rule) => ruleFile(rule).slice('lib/tom/rules/'.length)).sort()).toEqual(files.toSorted());
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  test('every folder is a concern', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(rulesByConcern).sort());
  });

  test('a rule that is not listed has no file', () => {
    const stray = { ...(rules[0] as (typeof rules)[number]) };
    expect(() => ruleFile(stray)).toThrow(/expected a rule listed in lib\/tom\/rules\/all\.ts/);
  });

  test.each(files)('%s begins with its clauses', (file) => {
    const [first = ''] = readFileSync(join(folder, file), 'utf8').split('\n');
    const [, ids = ''] = /^\/\/ ((?:[A-Z]+-[\d.]+(?:, )?)+): .+[.]$/.exec(first) ?? [];
    expect(ids).not.toBe('');
    for (const id of ids.split(', ')) expect(clauseIds).toContain(id);
  });

  test('each guards something', () => {
    expect(rules.filter(({ guards }) => guards.every(({ breaks }) => breaks.length === 0))).toEqual([]);
  });
});

describe(`any content of a template (seed ${seed})`, () => {
  const ids = ['A', 'B', 'C', 'D', 'E', 'F'];
  const names = [...new Set(rules.flatMap((rule) => rule.guards.flatMap(({ path }) => (typeof path === 'string' ? path.split('.') : []))))];
  const types = [...new Set(rules.flatMap((rule) => [...rule.types, ...rule.guards.map(({ type }) => type)]))].filter((type) =>
    type.includes('::'),
  );
  const leaf = fc.oneof(
    fc.constantFrom<Json>(null, true, false, 0, -1, 22, '', '*', '-1', '0.0.0.0/0', '::/0', 'tcp', 'alias/x', '${', 's3:*', 'Deny', 'ALL'),
    fc.constantFrom(...ids).map((id): Json => ({ Ref: id })),
    fc.constantFrom(...ids).map((id): Json => ({ 'Fn::GetAtt': [id, 'Arn'] })),
    fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(...names),
          fc.constantFrom('Fn::Join', 'Fn::Sub', 'Fn::Select', 'Fn::ImportValue', 'Fn::GetStackOutput', '__proto__'),
        ),
        tie('value'),
        { maxKeys: 5, noNullPrototype: true },
      ),
    ),
  }));
  const properties = fc.oneof(value, fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12, noNullPrototype: true }));

  /** Each type with the properties that rules read, and arbitrary values. */
  const template = fc.array(fc.record({ Type: fc.constantFrom(...types), Properties: properties, Condition: leaf }), {
    minLength: 1,
    maxLength: 6,
  });

  test('no rule throws', () => {
    fc.assert(
      fc.property(template, (resources) => {
        const named = Object.fromEntries(resources.map((json, index) => [ids[index] as string, json as unknown as ResourceJson]));
        const fatal = evaluate(new Assembly(facts, [stack(named)]), rules).filter((outcome) => outcome.fatal);
        expect(fatal.map(({ verdict }) => verdict)).toEqual([]);
      }),
      { seed, numRuns: 1500 },
    );
  });

  test('no rule throws at any property of any type', () => {
    for (const type of types) {
      fc.assert(
        fc.property(properties, (any) => {
          const outcomes = evaluate(new Assembly(facts, [stack({ A: { Type: type, Properties: any as never } })]), rules);
          expect(outcomes.filter((outcome) => outcome.fatal).map(({ verdict }) => verdict)).toEqual([]);
        }),
        { seed, numRuns: 40 },
      );
    }
  });

  test.each([
    ['a list of resources', []],
    ['a text for resources', 'x'],
    ['null for a resource', { A: null }],
    ['a type that is a number', { A: { Type: 7, Properties: [] } }],
  ])('no rule throws at %s', (_, resources) => {
    const outcomes = evaluate(new Assembly(facts, [stack(resources as never)]), rules);
    expect(outcomes.filter((outcome) => outcome.fatal)).toEqual([]);
  });
});
