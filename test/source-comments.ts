// The comments of the source files, for tests of their text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const folders = ['bin', 'lib', 'lambda', 'runtime', 'services', 'tools', 'test'];

/** Programs and scripts of the repository, by their path from its root. */
export const sourceFiles = (): readonly string[] =>
  folders.flatMap((folder) => filesIn(folder).filter((file) => /\.(?:ts|sh)$/.test(file)));

/** The migrations, and the configuration of the import rules. */
export const otherFiles = (): readonly string[] => [
  '.dependency-cruiser.cjs',
  ...filesIn('database').filter((file) => file.endsWith('.sql')),
];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`);

interface CommentLine {
  readonly line: number;
  /** The comment on the line, without its marks. */
  readonly text: string;
  /** The comment of the next line; empty without one. */
  readonly next: string;
  /** Column at which the line ends. */
  readonly end: number;
}

/** Marks of a comment of one line, by the extension of the file. */
const marks: Readonly<Record<string, string>> = { ts: '//', cjs: '//', sh: '#', sql: '--' };

/** The lines of a file that are comments. */
export function commentsOf(file: string): readonly CommentLine[] {
  const mark = marks[file.split('.').at(-1) ?? ''] ?? '//';
  let inBlock = false;
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const texts = lines.map((content) => {
    const begins = !inBlock && /^\s*\/\*/.test(content);
    const isComment = inBlock || begins || content.trimStart().startsWith(mark);
    if (inBlock || begins) inBlock = !content.includes('*/');
    return isComment ? content.replace(/^\s*(?:\/\/|#|--|\/\*\*?|\*(?!\/))\s?|\s*\*\/\s*$/g, '') : undefined;
  });
  return texts.flatMap((text, index) =>
    text === undefined ? [] : [{ line: index + 1, text, next: texts[index + 1] ?? '', end: lines[index]?.length ?? 0 }],
  );
}
