// Every challenge applies to the templates of production at its home site, and is different from the others.
import { createHash } from 'node:crypto';
import { synthesized } from '../synthesized/synthesized';
import { type Challenge, stackNames, type Template, type Templates } from './challenge';
import { firstChallenges } from './first';

const challenges: readonly Challenge[] = firstChallenges;
const production = synthesized('production');

const templates = (): Templates =>
  Object.fromEntries(stackNames.map((name) => [name, structuredClone(production.stack(name).template) as Template])) as Templates;

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

const untouched = digest(templates());
const titles = new Map<string, string>();

test.each(challenges.map((challenge) => [challenge.title, challenge] as const))('%s applies', (title, challenge) => {
  const changed = templates();
  challenge.change(changed);
  const result = digest(changed);
  expect(result).not.toBe(untouched);
  expect(titles.get(result)).toBeUndefined();
  titles.set(result, title);
});

test('titles are noun phrases, and no two are equal', () => {
  const phrases = challenges.map(({ title }) => title);
  expect(new Set(phrases).size).toBe(phrases.length);
  expect(phrases.filter((title) => !/^[a-z].*[^.\s]$/.test(title))).toEqual([]);
});

test('each names a clause', () => {
  expect(challenges.filter(({ clause }) => !/^(?:TOM|DSS)-\d+(?:\.\d+)*$/.test(clause))).toEqual([]);
});

test('the change of one challenge leaves the templates of the next as they are', () => {
  expect(digest(templates())).toBe(untouched);
});
