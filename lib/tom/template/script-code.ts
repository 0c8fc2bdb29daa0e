// The code of a shell script: its lines without indentation, comments and blank lines, which a shell does not read.
import { createHash } from 'node:crypto';

/** A comment or a blank line after a line that continues ends that line: it is code. */
export function scriptCode(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => {
      const isInterpreter = index === 0 && line.startsWith('#!');
      const continues = lines[index - 1]?.endsWith('\\') ?? false;
      return isInterpreter || continues || !/^[ \t]*(?:#.*)?$/.test(line);
    })
    .map((line) => line.replace(/^[ \t]+/, ''));
}

/** SHA-256 of lines, in hexadecimal digits. */
export const digestOf = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex');
