// Lines as they come, and the wait for one of them.
export class Lines {
  private readonly lines: string[] = [];
  private readonly waiting = new Set<() => void>();

  add(line: string): void {
    this.lines.push(line.trimEnd());
    for (const look of [...this.waiting]) look();
  }

  /** How many there are: a place to look from. */
  get count(): number {
    return this.lines.length;
  }

  last(count: number): readonly string[] {
    return this.lines.slice(-count);
  }

  has(pattern: RegExp, from = 0): boolean {
    return this.lines.slice(from).some((line) => pattern.test(line));
  }

  /**
   * The first line from place `from` on that matches, when it is there.
   *
   * @throws Error if none came in time
   */
  find(pattern: RegExp, milliseconds: number, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let at = from;
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      const look = () => {
        for (; at < this.lines.length; at++) {
          const match = pattern.exec(this.lines[at] ?? '');
          if (!match) continue;
          end();
          resolve(match);
          return;
        }
      };
      const timer = setTimeout(() => {
        end();
        reject(
          new Error(
            `expected a line ${pattern} within ${milliseconds / 1000} seconds, got ${JSON.stringify(this.last(1)[0] ?? 'none')} last`,
          ),
        );
      }, milliseconds);
      this.waiting.add(look);
      look();
    });
  }
}
