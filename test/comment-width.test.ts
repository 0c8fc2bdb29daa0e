// Comments end before column 120, so that they can be read beside a diff.
import { commentsOf, sourceFiles } from './source-comments';

/** Last column of a comment. */
const lastColumn = 119;

test('no comment reaches column 120', () => {
  const files = sourceFiles();
  expect(files.length).toBeGreaterThan(300);
  const wide = files.flatMap((file) =>
    commentsOf(file).flatMap(({ line, end }) =>
      end > lastColumn ? [`${file}:${line}: expected at most ${lastColumn} columns, got ${end}`] : [],
    ),
  );
  expect(wide).toEqual([]);
});
