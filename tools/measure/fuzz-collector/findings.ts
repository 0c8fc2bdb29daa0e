// What a fuzz run counts, and what it found that must not be.

export interface Finding {
  readonly what: string;
  /** The input in JSON as Latin-1 text, cut. */
  readonly input: string;
}

export class Findings {
  requests = 0;
  readonly statuses: { [status: string]: number } = {};
  readonly kinds: { [kind: string]: number } = {};
  readonly list: Finding[] = [];

  status(status: number): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }

  kind(kind: string): void {
    this.requests++;
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
  }

  found(what: string, input: Buffer): void {
    // The first tell enough.
    if (this.list.length < 20) this.list.push({ what, input: JSON.stringify(input.toString('latin1').slice(0, 4000)) });
  }
}

export const isAllowedStatus = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500) || status === 503;
