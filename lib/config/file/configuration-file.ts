// A parsed configuration file: plain data, and the line of each key.
import { type Objection, type Path, type PlacedProblem, place, show } from './problem';

/** Stands for a value that cannot be read; no schema accepts it, and the parser has reported its problem. */
export const unreadable: unique symbol = Symbol('unreadable');

interface Position {
  readonly line: number;
  /** A number as the file writes it: 012 is not 12. */
  readonly text?: string;
}

/** Lines of the keys and list entries of one file. */
export class Positions {
  private readonly byPath = new Map<string, Position>();

  mark(path: Path, line: number): void {
    this.byPath.set(JSON.stringify(path), { line });
  }

  /** Keeps the notation of a number. */
  markText(path: Path, text: string): void {
    this.byPath.set(JSON.stringify(path), { line: this.line(path), text: text.slice(0, 60) });
  }

  has(path: Path): boolean {
    return this.byPath.has(JSON.stringify(path));
  }

  /** The line of a path, or of the nearest key above it that the file has; 1 for the whole file. */
  line(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const position = this.byPath.get(JSON.stringify(path.slice(0, length)));
      if (position) return position.line;
    }
    return 1;
  }

  text(path: Path): string | undefined {
    return this.byPath.get(JSON.stringify(path))?.text;
  }
}

export class ConfigurationFile {
  constructor(
    /** The name in errors, as in `config/production.yaml`. */
    readonly name: string,
    /**
     * Plain objects, lists, strings, numbers, booleans and null, with `unreadable` in the place of a refused value.
     */
    readonly content: unknown,
    private readonly positions: Positions,
  ) {}

  has(path: Path): boolean {
    return this.positions.has(path);
  }

  /** The line of a path, or of the nearest key above it that the file has; 1 for the whole file. */
  line(path: Path): number {
    return this.positions.line(path);
  }

  /** A value as errors show it; a number as the file writes it. */
  valueText(path: Path, value: unknown): string {
    return this.positions.text(path) ?? show(value);
  }

  /** The problem of an objection, at the line of its path. */
  place(objection: Objection): PlacedProblem {
    return place(this.name, this.line(objection.path), objection);
  }
}
