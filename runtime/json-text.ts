// The text of JSON values, which keeps what JSON.parse loses: the digits of numbers, repeated names, the order of
// names. Every function expects text that JSON.parse accepts.

/** Facts of one value, found in one pass. */
export interface JsonScan {
  /** Position after the value. */
  readonly end: number;
  /** Objects and lists around its deepest part; 0 for a text, a number or an empty object. */
  readonly deepest: number;
  /** Names in it, at all levels; repeated ones each time. */
  readonly names: number;
  /** Whether there are line breaks between its parts. */
  readonly broken: boolean;
  /** Whether it has a number that {@link isStorableNumber} excludes. */
  readonly wide: boolean;
}

export interface JsonMember {
  readonly name: string;
  /** The value as it was sent. */
  readonly text: string;
  readonly scan: Omit<JsonScan, 'end'>;
}

/** Of every text. */
const textScan: JsonMember['scan'] = { deepest: 0, names: 0, broken: false, wide: false };

/**
 * Digits of a number that is written out. PostgreSQL's numeric has up to 131,072 before and 16,383 after the point
 * ("Numeric Types"), and writes each of them: 8 kB of such numbers would become 100 MB in an export.
 */
const mostDigits = 1000;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a] as const;
const [space, tab, lineFeed, carriageReturn] = [0x20, 9, 10, 13] as const;
/** First letter of `true`, `false` and `null`, or before it; numbers begin before letters. */
const letters = 0x61;
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d] as const;

/** Reads one value. @param start position of its first character */
export function scanJson(text: string, start: number): JsonScan {
  let open = 0;
  let deepest = 0;
  let names = 0;
  let at = start;
  let broken = false;
  let wide = false;
  do {
    const code = text.charCodeAt(at);
    if (code === lineFeed || code === carriageReturn) broken = true;
    else if (code === colon) names++;
    else if (code === closeObject || code === closeList) open--;
    else if (code !== comma && code !== space && code !== tab) {
      if (open > deepest) deepest = open;
      if (code === openObject || code === openList) open++;
      else {
        const end = code === quote ? endOfText(text, at) : endOfWord(text, at);
        if (code !== quote && code < letters && !isStorableNumber(text, at, end)) wide = true;
        at = end - 1;
      }
    }
    at++;
  } while (open > 0);
  return { end: at, deepest, names, broken, wide };
}

/** Position after a text; 0 for one without an end, which JSON.parse refuses. */
export function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === backslash) before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return 0;
}

/** Position after a number, `true`, `false` or `null`. */
function endOfWord(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === comma || code === closeObject || code === closeList || code <= space) return at;
  }
  return text.length;
}

const exponent = /^-?(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/** Whether the database stores a number in text with its value, in at most 1,000 digits or as many as were sent. */
export function isStorableNumber(text: string, start = 0, end = text.length): boolean {
  let at = start;
  while (at < end && (text.charCodeAt(at) | 0x20) !== 0x65) at++;
  if (at === end) return true;
  const [, whole = '', fraction = '', power = ''] = exponent.exec(text.slice(start, end)) ?? [];
  return whole.length + fraction.length + Math.abs(Number(power)) <= mostDigits;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code === space || (code <= carriageReturn && code >= tab); code = text.charCodeAt(at)) at++;
  return at;
}

/** The names and values of an object, in the order of the text, repeated names included. */
export function membersOf(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let at = afterSpace(text, afterSpace(text, 0) + 1);
  while (text.charCodeAt(at) === quote) {
    const end = endOfText(text, at);
    const name = textOf(text.slice(at, end));
    const from = afterSpace(text, afterSpace(text, end) + 1);
    const scan = text.charCodeAt(from) === quote ? undefined : scanJson(text, from);
    const next = scan?.end ?? endOfText(text, from);
    members.push({ name, text: text.slice(from, next), scan: scan ?? textScan });
    at = afterSpace(text, next);
    if (text.charCodeAt(at) === comma) at = afterSpace(text, at + 1);
  }
  return members;
}

/** The items of a list, as they were sent, at most so many. */
export function itemsOf(text: string, most = Number.POSITIVE_INFINITY): readonly string[] {
  const items: string[] = [];
  let at = afterSpace(text, afterSpace(text, 0) + 1);
  while (items.length < most && text.charCodeAt(at) !== closeList) {
    const { end } = scanJson(text, at);
    items.push(text.slice(at, end));
    at = afterSpace(text, end);
    if (text.charCodeAt(at) === comma) at = afterSpace(text, at + 1);
  }
  return items;
}

/** The text that a JSON string stands for. */
export const textOf = (json: string): string => (json.includes('\\') ? (JSON.parse(json) as string) : json.slice(1, -1));

/** The same value without white space between its parts. @param write writes each JSON string */
export function compactJson(json: string, write: (string: string) => string = (string) => string): string {
  let compact = '';
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at);
    const end = code === quote ? endOfText(json, at) : at + 1;
    if (code === quote) compact += write(json.slice(at, end));
    else if (code > space) compact += json[at];
    at = end;
  }
  return compact;
}

/** Names in a value that JSON.parse returned: fewer than in its text, if one is repeated. */
export function namesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + namesIn(item), 0);
  const object = value as { readonly [name: string]: unknown };
  let names = 0;
  for (const name of Object.keys(object)) names += 1 + namesIn(object[name]);
  return names;
}
