// Statements of a script, split where PostgreSQL splits them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { splitStatements } from '../../../../lambda/database/migrations/statements';
import { migrationsFolder } from '../../../../tools/local-database/rempart';

test.each([
  ['a; b;', ['a', 'b']],
  ['a; -- x; y\nb', ['a', '-- x; y\nb']],
  ["select ';'; b", ["select ';'", 'b']],
  ["select 'it''s;'; b", ["select 'it''s;'", 'b']],
  ["select 'back\\'; b", ["select 'back\\'", 'b']],
  ["select E'quote\\';'; b", ["select E'quote\\';'", 'b']],
  ["select type'x'; b", ["select type'x'", 'b']],
  ['select ";"; b', ['select ";"', 'b']],
  ['do $$ a; b; $$; c', ['do $$ a; b; $$', 'c']],
  ['do $x$ a; $$; $y$ $x$; c', ['do $x$ a; $$; $y$ $x$', 'c']],
  ['/* a; /* b; */ c; */ d; e', ['/* a; /* b; */ c; */ d', 'e']],
  ['-- only a comment;\n/* and another */', []],
  [';;a;;', ['a']],
])('%s', (script, expected) => expect(splitStatements(script)).toEqual(expected));

test('joined and split again, statements are what they were', () => {
  const piece = fc.constantFrom(
    'select 1',
    "select ';'",
    'do $$ x; $$',
    'select ";"',
    "select E'\\';'",
    '/* ; */ select 2',
    '-- ;\nselect 3',
    "select 'a''b'",
  );
  const property = fc.property(fc.array(piece), (pieces) => {
    expect(splitStatements(pieces.join(';\n'))).toEqual(pieces);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});

test('no migration has a body that the splitter does not support', () => {
  for (const file of readdirSync(migrationsFolder)) {
    expect(readFileSync(join(migrationsFolder, file), 'utf8')).not.toMatch(/begin\s+atomic|^\s*--\s*(up|down) migration/im);
  }
});
