// Mutants of the lines of a text: of the scripts, units and configuration that servers fetch, and of texts with
// several lines in templates.
import { isIgnoredLine, isWordsForPeople, type LineSyntax } from '../../../lib/tom/world/harmless-lines';

export const lineKinds = ['line removed', 'line changed', 'line added'] as const;
export type LineKind = (typeof lineKinds)[number];

/** One changed line of a text. */
export interface LineMutation {
  readonly kind: LineKind;
  /** Number of the line from 1; of an added line, its own number. */
  readonly line: number;
  readonly text: string;
  /** Whether harmless-lines.ts lists the line before and after the change. */
  readonly isHarmless: boolean;
}

/** Every mutation of the lines, one at a time. `syntax` is that of the program that reads the text. @default - none */
export function* lineMutations(text: string, syntax?: LineSyntax): Generator<LineMutation> {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    yield without(lines, index, syntax);
    for (const changed of changesOf(line)) yield withChange(lines, index, changed, syntax);
  }
  for (const [index, added] of additionsTo(lines)) yield withAddition(lines, index, added, syntax);
}

function without(lines: readonly string[], index: number, syntax: LineSyntax | undefined): LineMutation {
  const text = lines.toSpliced(index, 1).join('\n');
  return { kind: 'line removed', line: index + 1, text, isHarmless: isIgnoredLine(syntax, lines, index) };
}

function withChange(lines: readonly string[], index: number, changed: string, syntax: LineSyntax | undefined): LineMutation {
  const after = lines.with(index, changed);
  const isIgnored = isIgnoredLine(syntax, lines, index) && isIgnoredLine(syntax, after, index);
  const isWords = isWordsForPeople(syntax, lines[index] as string) && isWordsForPeople(syntax, changed);
  return { kind: 'line changed', line: index + 1, text: after.join('\n'), isHarmless: isIgnored || isWords };
}

function withAddition(lines: readonly string[], index: number, added: string, syntax: LineSyntax | undefined): LineMutation {
  const after = lines.toSpliced(index, 0, added);
  return { kind: 'line added', line: index + 1, text: after.join('\n'), isHarmless: isIgnoredLine(syntax, after, index) };
}

/** Other values of a line: its first, middle and last character, its first number, and the value that it sets. */
function changesOf(line: string): readonly string[] {
  const places = [...line.matchAll(/\S/g)].map(({ index }) => index);
  const characters = [places[0], places[Math.floor(places.length / 2)], places.at(-1)].filter((place) => place !== undefined);
  const number = line.replace(/\d+/, (digits) => String(Number(digits) + 1));
  const value = line.replace(/(?<==)\S.*$/, 'stranger');
  const changed = [...characters.map((place) => `${line.slice(0, place)}${otherThan(line[place])}${line.slice(place + 1)}`), number, value];
  return [...new Set(changed)].filter((other) => other !== line);
}

const otherThan = (character: string | undefined): string => (character === 'x' ? 'y' : 'x');

/** Before, between and after the lines, a setting or command of a stranger; and each line once more. */
function* additionsTo(lines: readonly string[]): Generator<readonly [number, string]> {
  for (let index = 0; index <= lines.length; index += 1) yield [index, 'Stranger=stranger'];
  for (const [index, line] of lines.entries()) yield [index + 1, line];
}
