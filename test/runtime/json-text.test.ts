// The text of JSON values, against JSON.parse.
import fc from 'fast-check';
import { compactJson, isStorableNumber, itemsOf, membersOf, namesIn, scanJson, textOf } from '../../runtime/json-text';

test('members and items are those of the text', () => {
  const text = ' { "a" : 1.0 ,"b":"}\\"," , "\\u00fc":[ 1e5 , {"x":"]"} ] , "a":null,"c":{}}';
  expect(membersOf(text).map((member) => [member.name, member.text])).toEqual([
    ['a', '1.0'],
    ['b', '"}\\","'],
    ['ü', '[ 1e5 , {"x":"]"} ]'],
    ['a', 'null'],
    ['c', '{}'],
  ]);
  expect(itemsOf('[ 1.0 , "]" ,[2,[ ]],{"a":[3]}, true ]')).toEqual(['1.0', '"]"', '[2,[ ]]', '{"a":[3]}', 'true']);
  expect(itemsOf('[1,2,3]', 2)).toEqual(['1', '2']);
  expect([itemsOf('[ ]'), membersOf('{ }')]).toEqual([[], []]);
});

test.each([
  ['1', 0, 0, false, false],
  ['{}', 0, 0, false, false],
  ['{"a":1}', 1, 1, false, false],
  ['[[[]]]', 2, 0, false, false],
  ['{"a":{"a":[0]},"a":2}', 3, 3, false, false],
  ['[1,\n2]', 1, 0, true, false],
  ['["\\n:1e1000"]', 1, 0, false, false],
  ['[1e999,true,false,null]', 1, 0, false, false],
  ['[1e1000]', 1, 0, false, true],
  ['{"e":-2.5E-998}', 1, 1, false, false],
  ['{"e":-2.5E-999}', 1, 1, false, true],
])('%s is scanned', (text, deepest, names, broken, wide) =>
  expect(scanJson(`${text},`, 0)).toEqual({ end: text.length, deepest, names, broken, wide }),
);

test('a number is storable with as many digits as were sent, or 1,000 with an exponent', () => {
  for (const number of ['9'.repeat(5000), `0.${'1'.repeat(5000)}`, '1e999', '1.5e-998', '0e0', '-1E+5', '1e0999']) {
    expect([number, isStorableNumber(number)]).toEqual([number, true]);
  }
  for (const number of ['1e1000', '12e999', '1e-1000', `1e${'9'.repeat(50)}`, `1e-${'9'.repeat(50)}`, '0e9999']) {
    expect([number, isStorableNumber(number)]).toEqual([number, false]);
  }
});

const valueText = fc
  .tuple(fc.json(), fc.constantFrom(undefined, 1, '\t'))
  .map(([json, indent]) => JSON.stringify(JSON.parse(json), null, indent));

test('any value is taken apart as JSON.parse reads it', () => {
  const property = fc.property(valueText, fc.constantFrom('', ' ', ',1]', '\n}'), (text, after) => {
    const value: unknown = JSON.parse(text);
    const { end, names, deepest } = scanJson(text + after, 0);
    expect([end, names]).toEqual([text.length, namesIn(value)]);
    const depth = (item: unknown): number =>
      typeof item !== 'object' || item === null ? 0 : Math.max(0, ...Object.values(item).map((one) => 1 + depth(one)));
    expect(deepest).toBe(depth(value));
    const compact = compactJson(text, (string) => JSON.stringify(textOf(string)));
    expect(compact).toBe(JSON.stringify(value));
    if (Array.isArray(value)) expect(itemsOf(text).map((item) => JSON.parse(item))).toEqual(value);
    else if (typeof value === 'object' && value !== null) {
      // A second time, because JSON.parse moves names such as "1" to the front.
      const members = membersOf(compact);
      expect(members.map(({ name, text: of }) => [name, JSON.parse(of)])).toEqual(Object.entries(value));
      expect(membersOf(text).map(({ name }) => name)).toEqual(members.map(({ name }) => name));
    }
  });
  fc.assert(property, { seed: 9, numRuns: 500 });
});

test('a value of any depth is scanned without recursion', () => {
  const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  expect(scanJson(text, 0)).toMatchObject({ end: text.length, deepest: 199_999 });
  expect(compactJson(`{"a":${text}}`)).toHaveLength(text.length + 6);
});
