// Splits a migration into statements, so that an error can state the one that failed.

/** Start of each token that may contain a semicolon; the functions below find its end. */
const opening = /'|"|--|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;/g;

/**
 * The statements of a PostgreSQL script in order, without those that consist of comments. Supports strings (also
 * `E''`), quoted names, dollar quotes and nested comments ("Lexical Structure", PostgreSQL). Bodies in `begin atomic`
 * are not supported: use dollar quotes.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let blank = '';
  let at = 0;
  for (;;) {
    opening.lastIndex = at;
    const found = opening.exec(script);
    if (!found) break;
    const token = found[0];
    const end = endOf(script, token, found.index);
    blank += script.slice(at, found.index);
    at = end;
    if (token === ';') {
      if (blank.trim() !== '') statements.push(script.slice(start, found.index).trim());
      start = end;
      blank = '';
    } else if (token !== '--' && token !== '/*') {
      blank += token;
    }
  }
  if ((blank + script.slice(at)).trim() !== '') statements.push(script.slice(start).trim());
  return statements;
}

function endOf(script: string, token: string, from: number): number {
  if (token === ';') return from + 1;
  if (token === '--') return orEnd(script, script.indexOf('\n', from), 1);
  if (token === '/*') return endOfComment(script, from);
  if (token === "'" && /(?:^|[^\w$])e$/i.test(script.slice(Math.max(0, from - 2), from))) return endOfEscapeString(script, from);
  // A doubled quote ends one string and starts the next, with the same result.
  return orEnd(script, script.indexOf(token, from + token.length), token.length);
}

const orEnd = (script: string, index: number, length: number) => (index < 0 ? script.length : index + length);

function endOfEscapeString(script: string, from: number): number {
  for (let at = from + 1; at < script.length; at++) {
    if (script[at] === '\\') at++;
    else if (script[at] === "'") return at + 1;
  }
  return script.length;
}

function endOfComment(script: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from + 2;
  for (let depth = 1; ; ) {
    const found = edge.exec(script);
    if (!found) return script.length;
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return found.index + 2;
  }
}
