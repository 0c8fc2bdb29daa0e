// The chapters hold every clause, in the order of the documents.
import type { Clause } from '../../../lib/tom/clause';
import { clauseIds } from '../../../lib/tom/clause-id';
import { chapterOf, chapters, chapterTitles } from '../../../lib/tom/clauses/chapters';

describe('the chapters', () => {
  test('come in the order of the documents', () => {
    expect(chapters().map(({ id }) => id)).toEqual([
      'TOM-2',
      'TOM-3',
      'TOM-4',
      'TOM-5',
      'TOM-6',
      'TOM-7',
      'TOM-8',
      'DSS-2',
      'DSS-3',
      'DSS-4',
      'DSS-5',
      'DSS-6',
      'DSS-7',
      'DSS-8',
    ]);
  });

  test('hold every clause once, in order', () => {
    expect(chapters().flatMap(({ clauses }) => clauses)).toEqual(clauseIds);
  });

  test('have each a title of its own', () => {
    expect(chapters().map(({ title }) => title)).toEqual(Object.values(chapterTitles));
    expect(new Set(Object.values(chapterTitles)).size).toBe(chapters().length);
  });

  test('are told by the id of a clause', () => {
    expect(chapterOf('TOM-3.10')).toBe('TOM-3');
    expect(chapterOf('DSS-5.6.3')).toBe('DSS-5');
    expect(chapterOf('TOM-8')).toBe('TOM-8');
  });
});

describe('the type of a clause', () => {
  type Told<More> = { readonly title: string; readonly promise: string } & More;
  type Accepted<More> = Told<More> extends Clause ? true : false;

  // Decided by the type check: a value that is not the type's own does not compile.
  const accepted: readonly [
    Accepted<{ kind: 'technical' }>,
    Accepted<{ kind: 'technical'; rules: [] }>,
    Accepted<{ kind: 'technical'; awaits: [] }>,
    Accepted<{ kind: 'technical'; awaits: ['nowhere: a part'] }>,
    Accepted<{ kind: 'inherited' }>,
    Accepted<{ kind: 'organisational'; attestedBy: string }>,
    Accepted<{ kind: 'technical'; awaits: ['watch: a part'] }>,
  ] = [false, false, false, false, false, false, true];

  test('takes no technical clause that names neither a rule nor what it awaits', () => {
    expect(accepted.filter(Boolean)).toHaveLength(1);
  });
});
