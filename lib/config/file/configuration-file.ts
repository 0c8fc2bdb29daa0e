// A configuration file as checks see it: plain data, the line of each key, and what is wrong with it.
import type { LineCounter } from 'yaml';
import { type Objection, type Path, type Problem, show, showPath } from './problem';

/** Stands where the file has a value that cannot be read; no schema accepts it, and the problem is reported already. */
export const unreadable: unique symbol = Symbol('unreadable');

interface Position {
  readonly line: number;
  /** A number as the file writes it: 012 is not 12. */
  readonly text?: string | undefined;
}

export class ConfigurationFile {
  /** Plain objects, lists, strings, numbers, booleans and null, with `unreadable` where something is not. */
  content: unknown = {};
  /** Whether the content is all that the file says. If not, it says nothing about what is missing. */
  wellFormed = true;

  private readonly found: { readonly line: number; readonly problem: Problem }[] = [];
  private readonly positions = new Map<string, Position>();

  constructor(
    /** What errors call the file, as in `config/production.yaml`. */
    readonly name: string,
    private readonly lines: LineCounter,
  ) {}

  /** All problems, in the order of their lines. */
  get problems(): readonly Problem[] {
    return this.found.toSorted((a, b) => a.line - b.line).map(({ problem }) => problem);
  }

  /** Keeps where a key or list entry stands. */
  mark(path: Path, line: number): void {
    this.positions.set(JSON.stringify(path), { line });
  }

  lineAt(offset: number): number {
    return this.lines.linePos(offset).line;
  }

  /** Keeps how the file writes a number. */
  markText(path: Path, text: string): void {
    this.positions.set(JSON.stringify(path), { line: this.line(path), text: text.slice(0, 60) });
  }

  has(path: Path): boolean {
    return this.positions.has(JSON.stringify(path));
  }

  /** The line of a path, or of the nearest key above it that the file has; 1 for the whole file. */
  line(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const position = this.positions.get(JSON.stringify(path.slice(0, length)));
      if (position) return position.line;
    }
    return 1;
  }

  /** A value as errors show it; a number as the file writes it. */
  shown(path: Path, value: unknown): string {
    return this.positions.get(JSON.stringify(path))?.text ?? show(value);
  }

  /** Adds a problem with a value. */
  object({ path, expected, got, todo }: Objection, line = this.line(path)): void {
    const where = `${this.name}:${line} ${showPath(path)}`.trimEnd();
    this.found.push({ line, problem: { where, expected, got, todo } });
  }

  /** Adds a problem with the YAML at an offset; nothing else can be said of the file then. */
  malformed(offset: number, expected: string, got: string, todo: string): void {
    const { line, col } = this.lines.linePos(offset);
    this.wellFormed = false;
    this.found.push({ line, problem: { where: `${this.name}:${line}:${col}`, expected, got, todo } });
  }
}
