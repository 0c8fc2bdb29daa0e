// Filter patterns of metric filters on JSON events, and whether an event matches one. ("Using filter patterns to match
// terms in JSON log events", CloudWatch Logs User Guide)
import { isObject, type Json, valueAt } from './assembly';

/** Whether an event matches. `undefined` if a part of the pattern was not read: it is of another notation. */
type Test = (event: Json) => boolean;

/** A word of a pattern: a parenthesis, a text in quotes, an operator, or letters up to the next of them. */
const word = /\s*("(?:[^"\\]|\\.)*"|&&|\|\||[<>!]=|[()=<>]|[^\s()=<>!&|"]+)/y;

/**
 * Whether an event matches a pattern. A comparison with a selector that the event lacks fails, whatever its operator
 * is, and so does each notation that is not read, as a regular expression: only what matches for certain does.
 */
export function matchesEvent(pattern: string, event: Json): boolean {
  const [, expression] = /^\s*\{([\s\S]*)\}\s*$/.exec(pattern) ?? [];
  const words = expression === undefined ? undefined : wordsOf(expression);
  if (!words) return false;
  const reader = { words, at: 0 };
  const test = alternatives(reader);
  return test !== undefined && reader.at === words.length && test(event);
}

function wordsOf(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const trimmed = text.trimEnd();
  for (word.lastIndex = 0; word.lastIndex < trimmed.length; ) {
    const [, found] = word.exec(trimmed) ?? [];
    if (found === undefined) return undefined;
    words.push(found);
  }
  return words;
}

interface Reader {
  readonly words: readonly string[];
  at: number;
}

/** Terms by `||`, which binds less than `&&`. */
const alternatives = (reader: Reader): Test | undefined =>
  series(reader, '||', conjunction, (tests, event) => tests.some((test) => test(event)));
const conjunction = (reader: Reader): Test | undefined => series(reader, '&&', term, (tests, event) => tests.every((test) => test(event)));

function series(
  reader: Reader,
  operator: string,
  read: (reader: Reader) => Test | undefined,
  join: (tests: readonly Test[], event: Json) => boolean,
): Test | undefined {
  const tests: Test[] = [];
  do {
    const test = read(reader);
    if (!test) return undefined;
    tests.push(test);
  } while (accept(reader, operator));
  return (event) => join(tests, event);
}

function accept(reader: Reader, expected: string): boolean {
  if (reader.words[reader.at] !== expected) return false;
  reader.at += 1;
  return true;
}

function term(reader: Reader): Test | undefined {
  if (accept(reader, '(')) {
    const inner = alternatives(reader);
    return accept(reader, ')') ? inner : undefined;
  }
  const [selector = '', operator = '', operand = ''] = reader.words.slice(reader.at, reader.at + 3);
  reader.at += 3;
  return /^\$\.[\w.]+$/.test(selector) ? comparison(selector.slice(2), operator, operand) : undefined;
}

function comparison(path: string, operator: string, operand: string): Test | undefined {
  if (`${operator} ${operand}` === 'NOT EXISTS') return (event) => valueAt(event, path) === undefined;
  if (`${operator} ${operand}` === 'IS NULL') return (event) => valueAt(event, path) === null;
  if (/^[<>]=?$/.test(operator)) return ordered(path, operator, Number(operand));
  if (operator !== '=' && operator !== '!=') return undefined;
  const wanted = operandOf(operand);
  return (
    wanted &&
    ((event) => {
      const value = valueAt(event, path);
      return value !== undefined && value !== null && !isObject(value) && wanted.test(String(value)) === (operator === '=');
    })
  );
}

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function ordered(path: string, operator: string, operand: number): Test {
  return (event) => {
    const value = valueAt(event, path);
    return typeof value === 'number' && (orders[operator]?.(value, operand) ?? false);
  };
}

/** An operand with `*` for any characters; a regular expression, between `%`, is not read. */
function operandOf(operand: string): RegExp | undefined {
  const text = operand.startsWith('"') ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand;
  if (text.startsWith('%') || operand === '') return undefined;
  const parts = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
}
