// Lines of the load balancer's logs as fields: words and quoted texts, separated by single spaces. Pure.

export interface Field {
  /** The text, without its quotes. */
  readonly text: string;
  readonly quoted: boolean;
}

/** A form of a log: how many fields a line has at least, and how many of them are known. */
export interface LogForm {
  /** Fields of the oldest lines; the load balancer adds fields at the end only ("Access log entries"). */
  readonly least: number;
  readonly known: number;
}

const field = /(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?: (?=.)|$)/y;

/** The fields of a line; undefined for a line of another form. */
export function readFields(line: string, { least }: LogForm): readonly Field[] | undefined {
  const fields: Field[] = [];
  field.lastIndex = 0;
  while (field.lastIndex < line.length) {
    const [, quoted, word] = field.exec(line) ?? [];
    if (quoted === undefined && word === undefined) return undefined;
    fields.push({ text: quoted ?? word ?? '', quoted: quoted !== undefined });
  }
  return fields.length < least ? undefined : fields;
}

export const writeFields = (fields: readonly Field[]): string => fields.map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(' ');

/** The text of a field without a value. */
export const noValue = '-';

/**
 * A line of which nothing could be read, in the form of its log: its time, where the line has one in its place, and no
 * other value.
 */
export function unreadableLine(line: string, { least }: LogForm, timeAt: number): string {
  const time = line.split(' ', timeAt + 1)[timeAt] ?? '';
  return Array.from({ length: least }, (_, index) => (index === timeAt && isTime(time) ? time : noValue)).join(' ');
}

/** A time of these logs, as in `2026-11-29T06:15:10.123456Z` (ISO 8601). */
export const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text);
