// Text in columns: words wrapped to a width, cells side by side.

/** Breaks a text into lines of at most `width` characters, between words where that is possible. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((part) => cut(part, width))) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function cut(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
}

/** A cell of a row: its paragraphs, its width, and how it is painted. Paint is put on last, so that it never counts as width. */
export interface Cell {
  readonly paragraphs: readonly string[];
  readonly width: number;
  readonly paint?: (text: string) => string;
}

const gap = '  ';

/** The lines of one row. No line ends in spaces. */
export function row(cells: readonly Cell[]): readonly string[] {
  const columns = cells.map(({ paragraphs, width }) => paragraphs.flatMap((paragraph) => wrap(paragraph, width)));
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, index) => line(cells, columns, index));
}

function line(cells: readonly Cell[], columns: readonly (readonly string[])[], index: number): string {
  const last = columns.findLastIndex((column) => (column[index] ?? '') !== '');
  return cells
    .slice(0, last + 1)
    .map(({ width, paint = (text) => text }, at) => {
      const text = columns[at]?.[index] ?? '';
      const padding = at === last ? '' : ' '.repeat(width - text.length);
      return `${text && paint(text)}${padding}`;
    })
    .join(gap);
}

/** A text behind a label: `required   true`, with the following lines indented. */
export function labelLines(label: string, text: string, indent: number, width: number): readonly string[] {
  const column = 10;
  const room = Math.max(20, width - indent - column - gap.length);
  return wrap(text, room).map((part, index) => `${' '.repeat(indent)}${(index === 0 ? label : '').padEnd(column)}${gap}${part}`);
}
