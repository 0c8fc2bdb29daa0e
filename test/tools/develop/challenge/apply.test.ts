// Every challenge applies to the templates of production at its home site, and is different from the others.
import { createHash } from 'node:crypto';
import { type Challenge, stackNames, type Template, type Templates } from '../../../../tools/develop/challenge/challenge';
import { challengeSets } from '../../../../tools/develop/challenge/sets';
import { synthesized } from '../../../synthesized/synthesized';

const challenges: readonly (Challenge & { readonly set: string })[] = Object.entries(challengeSets).flatMap(([set, of]) =>
  of.map((challenge) => ({ ...challenge, set })),
);
const production = synthesized('production');

const templates = (): Templates =>
  Object.fromEntries(stackNames.map((name) => [name, structuredClone(production.stack(name).template) as Template])) as Templates;

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

const untouched = digest(templates());
const titles = new Map<string, string>();

test.each(challenges.map((challenge) => [challenge.title, challenge] as const))('%s applies', (title, challenge) => {
  const changed = templates();
  challenge.change(changed);
  // The sets have different authors, who may have the same idea.
  const result = `${challenge.set} ${digest(changed)}`;
  expect(result).not.toContain(untouched);
  expect(titles.get(result)).toBeUndefined();
  titles.set(result, title);
});

test.each(Object.entries(challengeSets))('titles of the set %s are noun phrases, and no two are equal', (_, set) => {
  const phrases = set.map(({ title }) => title);
  expect(new Set(phrases).size).toBe(phrases.length);
  expect(phrases.filter((title) => !/^[a-z].*[^.\s]$/.test(title))).toEqual([]);
});

test('each names a clause', () => {
  expect(challenges.filter(({ clause }) => !/^(?:TOM|DSS)-\d+(?:\.\d+)*$/.test(clause))).toEqual([]);
});

test('the change of one challenge leaves the templates of the next as they are', () => {
  expect(digest(templates())).toBe(untouched);
});
